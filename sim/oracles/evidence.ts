import type { CallPolicy } from '../../core/call/call-policy.js';
import type { PersonView } from '../../core/call/call-protocol.js';
import type { CallDisplay } from '../../core/client/call-display.js';
import type { Policy } from '../../core/policy.js';
import type { SfuRoom } from '../../core/ports.js';
import type { Member, Mode } from '../../core/protocol.js';
import type { RolloutPlan } from '../../core/rollout/rollout-plan.js';
import type { ClientController, Observer } from '../clients/index.js';
import type { Ears } from '../media/ears/index.js';
import type { Gap, Hearing } from '../media/index.js';

/** What one tab shows of calls. */
export interface CallEvidence {
  readonly display: CallDisplay;
  /** The newest view; null before the first. */
  readonly seen: PersonView | null;
  /** Organisation whose calls the person wants to take; 0: none. */
  readonly wantedOrg: number;
}

/** What one tab believes. */
export interface SessionEvidence {
  readonly userId: string;
  readonly sessionId: string;
  readonly controller: ClientController;
  /** The person has left here, and the tab is about to close. */
  readonly leaving: boolean;
  /** What the tab shows of calls; left out or null where nobody calls. */
  readonly calls?: { readonly controller: CallEvidence } | null;
  /** An earlier tab was still asking for a channel when this one was opened. */
  readonly crossed: boolean;
}

/** Read-only look into the present primary, without traffic and without trace. */
export interface StoreEvidence {
  hash(key: string): ReadonlyMap<string, string>;
  set(key: string): ReadonlySet<string>;
  list(key: string): readonly string[];
  string(key: string): string | null;
  /** Members of a sorted set with their scores, lowest first. */
  sorted(key: string): readonly { readonly member: string; readonly score: number }[];
  /** The store's own clock, in ms since the Unix epoch. */
  nowMs(): number;
  keys(prefix: string): readonly string[];
  /** Remaining time of a key; Infinity when it has no end, 0 when there is no such key. */
  ttlMs(key: string): number;
}

/** A command as executed by the primary; commands inside a script are reported with the script's client. */
export interface StoreCommand {
  readonly client: string;
  readonly words: readonly string[];
  readonly reply: unknown;
  readonly writes: readonly string[];
}

/** A client has followed a view of its channel. */
export interface ViewApplied {
  readonly userId: string;
  readonly sessionId: string;
  readonly channelId: number;
  readonly version: number;
  readonly epoch: number;
  readonly mode: Mode;
  /** Members as the client is shown them. */
  readonly roster: readonly Member[];
}

/** Somebody inside an SFU room. */
export interface Bearer {
  readonly userId: string;
  readonly sessionId: string;
  readonly room: string;
  /** Of the token that let it in, by Redis' clock in ms. */
  readonly stamp: number;
}

/** What is known of signed tokens. */
export interface TokenEvidence {
  /** The promised limit. */
  readonly perWindow: number;
  readonly windowMs: number;
  /** Who is inside an SFU room, with the stamp of the token that let it in. */
  bearers(): Iterable<Bearer>;
  /** A token was signed for a user, in the place of the window that its stamp says (Redis' clock). */
  onIssued(listener: (userId: string, stampMs: number) => void): void;
}

/** A decision of a rollout, as it was written. */
export interface RolloutDecision {
  readonly atUs: number;
  readonly status: string;
  /** Index in the plan. */
  readonly stage: number;
  readonly ppm: number;
  readonly reason: string;
  /** What it was based on. */
  readonly figures: Readonly<Record<string, number | null>>;
}

/** What is known of a rollout. */
export interface RolloutEvidence {
  readonly plan: RolloutPlan;
  /** Whether a user has the flag now. */
  hasFlag(userId: string): boolean;
  /** The last decision is not older than that. */
  changedWithin(us: number): boolean;
  onDecision(listener: (decision: RolloutDecision) => void): void;
}

/** Everything oracles may know of the world. */
export interface Evidence {
  readonly nowUs: number;
  /** What the service has promised. */
  readonly policy: Policy;
  /** What the service has promised of calls; left out or null where nobody calls. */
  readonly callPolicy?: CallPolicy | null;
  /** Open tabs; those of one user from the oldest to the newest. */
  sessions(): Iterable<SessionEvidence>;
  readonly store: StoreEvidence;
  readonly hearing: Hearing;
  /** How voice is heard; null in worlds without voice. */
  readonly ears: Ears | null;
  rooms(): readonly SfuRoom[];
  /** The SFU has no place for somebody new in a channel: its node takes nobody, or it has none and no node takes rooms. Left out: it always has. */
  noPlace?(channelId: number): boolean;
  /** A fault is active, or ended less than `settleUs` ago. */
  disturbed(settleUs: number): boolean;
  /** True while two primaries may exist or acknowledged writes may be lost. A client that is cut off does not count. */
  storeDisturbed(): boolean;
  /** True while acknowledged writes may be lost, or are missing: a partition or a pause of a store without replicas loses nothing. */
  storeMayForget(): boolean;
  /** What clients ask for and are answered, as they see it. */
  onClients(listener: Partial<Observer>): void;
  onView(listener: (event: ViewApplied) => void): void;
  onReadySent(listener: (event: { userId: string; sessionId: string; channelId: number; epoch: number }) => void): void;
  /** A client has said that it cannot build the new path. */
  onFailedSent(listener: (event: { userId: string; channelId: number }) => void): void;
  onStoreCommand(listener: (command: StoreCommand) => void): void;
  /** Only commands that have written a key of one of these families: a family is what stands before the first colon. */
  onStoreWrite(families: readonly string[], listener: (command: StoreCommand) => void): void;
  /** Null where tokens are not signed. */
  readonly tokens: TokenEvidence | null;
  /** Left out or null where everybody has the hybrid service. */
  readonly rollout?: RolloutEvidence | null;
  onGap(listener: (gap: Gap) => void): void;
  onDoubled(listener: (listenerId: string, talkerId: string, channelId: number) => void): void;
}
