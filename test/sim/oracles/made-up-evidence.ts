import { defaultCallPolicy } from '../../../core/call/call-policy.js';
import { type Policy, PolicyProfiles } from '../../../core/policy.js';
import type { SfuRoom } from '../../../core/ports.js';
import type { ClientController, Observer } from '../../../sim/clients/index.js';
import { Ears } from '../../../sim/media/ears/index.js';
import type { Gap, Hearing } from '../../../sim/media/index.js';
import type {
  Bearer,
  Evidence,
  Finding,
  Oracle,
  SessionEvidence,
  StoreCommand,
  TokenEvidence,
  ViewApplied,
} from '../../../sim/oracles/index.js';

type Ready = Parameters<Parameters<Evidence['onReadySent']>[0]>[0];

/** What can be made up of a tab's controller; everything else is out. */
type Belief = Partial<Pick<ClientController, 'state' | 'channelId' | 'mode' | 'epoch' | 'version' | 'roster'>>;

/** Evidence of a world that does not exist, for what a real one cannot be brought to. */
export class MadeUpEvidence implements Evidence {
  nowUs = 0;
  readonly strings = new Map<string, string>();
  readonly policy: Policy = { ...PolicyProfiles.calls, roomsPerUser: 5 };
  readonly callPolicy = defaultCallPolicy;
  /** Keys without an end. */
  lasting: readonly string[] = [];
  readonly hashes = new Map<string, Map<string, string>>();
  readonly sets = new Map<string, Set<string>>();
  readonly sortedSets = new Map<string, { member: string; score: number }[]>();
  readonly lists = new Map<string, string[]>();
  readonly tabs: SessionEvidence[] = [];
  readonly running: SfuRoom[] = [];
  fault = false;
  /** Inside rooms of the SFU. */
  readonly inside: Bearer[] = [];
  tellIssued: (userId: string, stampMs: number) => void = () => undefined;
  readonly tokens: TokenEvidence = {
    perWindow: 2,
    windowMs: 1_000,
    bearers: () => this.inside,
    onIssued: (listener) => this.hearIssued(listener),
  };
  readonly ears = new Ears({ untilUs: 600e6 });
  readonly hearing = { pairsWithoutOnePath: () => [] } as unknown as Hearing;
  readonly store: Evidence['store'] = {
    hash: (key) => this.hashes.get(key) ?? new Map(),
    set: (key) => this.sets.get(key) ?? new Set(),
    list: (key) => this.lists.get(key) ?? [],
    string: (key) => this.strings.get(key) ?? null,
    nowMs: () => this.nowUs / 1e3,
    sorted: (key) => this.sortedSets.get(key) ?? [],
    ttlMs: (key) => (this.lasting.includes(key) ? Number.POSITIVE_INFINITY : this.strings.has(key) ? 5_000 : 0),
    keys: (prefix) =>
      [...this.hashes.keys(), ...this.sets.keys(), ...this.lists.keys()].filter((key) => key.startsWith(prefix)),
  };
  /** Tells what a client sees. */
  clients: Partial<Observer> = {};
  tellView: (event: ViewApplied) => void = () => undefined;
  tellReady: (event: Ready) => void = () => undefined;
  tellFailed: (event: { userId: string; channelId: number }) => void = () => undefined;
  tellGap: (gap: Gap) => void = () => undefined;
  private tellCommand: (command: StoreCommand) => void = () => undefined;

  sessions(): Iterable<SessionEvidence> {
    return this.tabs;
  }
  rooms(): readonly SfuRoom[] {
    return this.running;
  }
  disturbed(): boolean {
    return this.fault;
  }
  storeDisturbed(): boolean {
    return this.fault;
  }
  storeMayForget(): boolean {
    return this.fault;
  }
  onClients(listener: Partial<Observer>): void {
    this.clients = listener;
  }
  onView(listener: (event: ViewApplied) => void): void {
    this.tellView = listener;
  }
  onReadySent(listener: (event: Ready) => void): void {
    this.tellReady = listener;
  }
  onFailedSent(listener: MadeUpEvidence['tellFailed']): void {
    this.tellFailed = listener;
  }
  onStoreCommand(listener: (command: StoreCommand) => void): void {
    this.tellCommand = listener;
  }
  onStoreWrite(_families: readonly string[], listener: (command: StoreCommand) => void): void {
    this.tellCommand = listener;
  }
  onGap(listener: (gap: Gap) => void): void {
    this.tellGap = listener;
  }
  onDoubled(): void {}
  private hearIssued(listener: MadeUpEvidence['tellIssued']): void {
    this.tellIssued = listener;
  }

  // ---- making it up

  tab(
    userId: string,
    sessionId: string,
    belief: Belief,
    { leaving = false, crossed = false }: Partial<Pick<SessionEvidence, 'leaving' | 'crossed'>> = {},
  ): this {
    const controller = { state: 'out', channelId: null, mode: null, epoch: 0, version: 0, roster: [], ...belief };
    this.tabs.push({
      userId,
      sessionId,
      controller: controller as unknown as ClientController,
      leaving,
      crossed,
    });
    return this;
  }
  hash(key: string, fields: Record<string, string | number>): this {
    this.hashes.set(key, new Map(Object.entries(fields).map(([name, value]) => [name, String(value)])));
    return this;
  }
  /** A command of a client that writes some keys. */
  command(client: string, words: string, writes: readonly string[], reply: unknown = 'OK'): this {
    this.tellCommand({ client, words: words.split(' '), reply, writes });
    return this;
  }
}

/** Lets an oracle listen to what happens, and then judge the end. Returns what it says. */
export function judged(oracle: Oracle, happen: (evidence: MadeUpEvidence) => void): string[] {
  const evidence = new MadeUpEvidence();
  const said: string[] = [];
  const hear = ({ message }: Finding) => said.push(message);
  oracle.attach?.(evidence, hear);
  happen(evidence);
  for (const finding of oracle.whenQuiet?.(evidence) ?? []) hear(finding);
  return said;
}
