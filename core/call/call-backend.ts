import { keys } from '../keys.js';
import type { Clock, Log, Metrics, Randomness, RedisClient, Timers } from '../ports.js';
import type { CallCollaborators } from './call-collaborators.js';
import { callCollaborators } from './call-collaborators.js';
import { type CallDesk, CallUnavailable } from './call-desk.js';
import type { CallDraft } from './call-draft.js';
import { type CallKeeper, CallKept } from './call-keeper.js';
import { isOver } from './call-machine.js';
import type { CallPolicy } from './call-policy.js';
import type { CallAnswer, CallMessage, CallRefusal, PersonView } from './call-protocol.js';
import { type CallOutcome, type CallRules, channelOfCall } from './call-rules.js';
import type { CallQuery, CallStore } from './call-store.js';
import { callTick, type HeardPerson, WAITING_PAGE, waitingCalls } from './call-tick.js';
import { personView } from './person-view.js';

/** The connection through which a message has come. */
export interface CallSpeaker {
  readonly localId: string;
  readonly userId: string;
  readonly sessionId: string;
}

/** Something that another backend keeps, and has to decide about. */
export type HandedOn =
  | { readonly from: string; readonly speaker: CallSpeaker; readonly message: CallMessage }
  | { readonly left: CallSpeaker }
  /** What was due. */
  | { readonly item: string };

/** The other backends, for calls that are kept by one of them (E5). Messages may get lost. */
export interface CallPeers {
  /** Of this backend. */
  readonly instance: string;
  /** Whether the user is connected to this backend. */
  isHere(userId: string): boolean;
  /** @returns false when nobody has heard it */
  handOn(instance: string, request: HandedOn): Promise<boolean>;
  /** Answers over a connection of another backend. */
  answerAt(instance: string, localId: string, message: CallAnswer): Promise<void>;
}

export interface CallBackendOptions {
  readonly policy: CallPolicy;
  /** Period of the tick, in ms. */
  readonly tickMs: number;
  readonly redis: RedisClient;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Randomness;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Sends to wherever a user is connected. Rejects when that cannot be found out. */
  readonly tell: (userId: string, message: CallAnswer) => Promise<void>;
  /** Answers over the connection that has asked. */
  readonly answer: (localId: string, message: CallAnswer) => void;
  readonly collaborators?: Partial<CallCollaborators>;
  /** Needed for `policy.holdMs`. */
  readonly peers?: CallPeers;
}

/**
 * Ringing on one backend (E1 to E4): requests in, views out. All backends share Redis; each ticks, and takes on what is due, whoever has started it.
 */
export class CallBackend {
  readonly rules: CallRules;
  readonly desk: CallDesk;
  readonly store: CallStore;
  /** null: calls are not kept, and without Redis none is accepted. */
  readonly keeper: CallKeeper | null;
  /** user id -> what its client has said since the last tick */
  protected heard = new Map<string, HeardPerson>();
  protected readonly routing = new Map<number, boolean>();
  protected stopped = false;
  /** Where the next tick goes on among the leases that have run out. */
  protected fromExpired = 0;

  constructor(protected readonly options: CallBackendOptions) {
    const { policy, redis, timers, random, clock } = options;
    const use = { ...callCollaborators, ...options.collaborators };
    this.rules = new use.CallRules(policy);
    const { peers } = options;
    const keeping =
      policy.holdMs > 0 && peers
        ? { instance: peers.instance, holdMs: policy.holdMs, isHere: (userId: string) => peers.isHere(userId) }
        : null;
    this.store = new use.CallStore(redis, keeping !== null);
    this.keeper =
      keeping === null
        ? null
        : new use.CallKeeper({
            keeping,
            store: this.store,
            rules: this.rules,
            clock,
            onAccepted: (draft) => this.acceptedHere(draft),
          });
    this.desk = new use.CallDesk({
      store: this.store,
      policy,
      timers,
      random,
      clock,
      onCommitted: (draft, orgs) => this.committed(draft, orgs),
      ...(this.keeper === null ? {} : { keeper: this.keeper }),
    });
    this.keeper?.use(this.desk);
  }

  start(): void {
    void this.run();
  }

  stop(): void {
    this.stopped = true;
  }

  /** A message about calls has arrived; it has been checked against the protocol. */
  onMessage(speaker: CallSpeaker, message: CallMessage): void {
    void this.request(speaker, message);
  }

  /** A heartbeat of a person with a part in calls. @param version of the view that its client has seen last; 0: none */
  onHeartbeat({ userId, sessionId }: CallSpeaker, version: number): void {
    this.heard.set(userId, { userId, session: sessionId, version });
  }

  /** The person has closed its tab on purpose. */
  async left(speaker: CallSpeaker): Promise<void> {
    const { userId, sessionId } = speaker;
    this.heard.delete(userId);
    await this.change({ callId: '', users: [userId] }, (draft) => this.rules.left(draft, userId, sessionId)).catch(
      (error: unknown) => {
        if (error instanceof CallKept) return this.options.peers?.handOn(error.keeper, { left: speaker });
        throw error;
      },
    );
  }

  /** Another backend has something for a call that is kept here. */
  onHandedOn(request: HandedOn): void {
    if ('item' in request) this.quietly(this.attend(request.item, true));
    else if ('left' in request) this.quietly(this.left(request.left));
    else void this.request(request.speaker, request.message, request.from);
  }

  protected change<T>(query: CallQuery, operation: (draft: CallDraft) => T): Promise<T> {
    return this.keeper === null ? this.desk.change(query, operation) : this.keeper.change(query, operation);
  }

  /** Free staff to read with a call that is to ring: as many again as may be asked at once, some of them may have gone. */
  protected get candidates(): number {
    return 2 * this.options.policy.ringWidth;
  }

  /** @param from the backend whose connection it is; empty: this one */
  protected async request(speaker: CallSpeaker, message: CallMessage, from = ''): Promise<void> {
    const { requestId } = message;
    const { policy, log, peers } = this.options;
    const answer = (localId: string, said: CallAnswer): void => {
      if (from === '') this.options.answer(localId, said);
      else peers?.answerAt(from, localId, said).catch(() => undefined); // asked again by the client
    };
    const refuse = (code: CallRefusal, version: number, retryAfterMs = 0) =>
      answer(speaker.localId, { type: 'call-refused', requestId, code, version, retryAfterMs });
    try {
      const { outcome, callId, version, view } = await this.carryOut(speaker, message);
      if (outcome === 'done') answer(speaker.localId, { type: 'call-done', requestId, callId, version });
      else {
        // a record that is about to vanish is not shown by a later heartbeat
        if (view !== null) answer(speaker.localId, { type: 'call-view', view });
        refuse(outcome, version);
      }
    } catch (error) {
      if (error instanceof CallKept) {
        const heard = from === '' && (await this.handOn(error.keeper, speaker, message));
        if (!heard) refuse('try-again', 0, policy.claimMs / 5);
        return;
      }
      const code = error instanceof CallUnavailable ? error.code : 'store-unavailable';
      if (!(error instanceof CallUnavailable)) log.write('error', 'call request failed', { error: String(error) });
      refuse(code === 'busy' ? 'try-again' : code, 0, policy.claimMs / 5);
    }
  }

  protected async handOn(keeper: string, speaker: CallSpeaker, message: CallMessage): Promise<boolean> {
    const { peers } = this.options;
    if (!peers) return false;
    return peers.handOn(keeper, { from: peers.instance, speaker, message }).catch(() => false);
  }

  protected async carryOut({ userId, sessionId }: CallSpeaker, message: CallMessage): Promise<Carried> {
    const change = async (callId: string, operation: (draft: CallDraft) => CallOutcome, org = 0) => {
      const offered = org === 0 ? {} : { org, candidates: this.candidates, numbered: true };
      const query = { callId, users: [userId], ...offered };
      return carried(userId, callId, await this.change(query, (draft) => ({ outcome: operation(draft), draft })));
    };
    switch (message.type) {
      case 'call-on':
        return change('', (draft) => this.rules.on(draft, userId, message.org, sessionId));
      case 'call-off':
        return change('', (draft) => this.rules.off(draft, userId, sessionId));
      case 'call-offer':
        return change(
          `${userId}.${message.requestId}`,
          (draft) => this.rules.offer(draft, userId, message.org, sessionId, channelOfCall(draft.number)),
          message.org,
        );
      case 'call-accept':
        if (this.keeper !== null) return this.acceptKept(this.keeper, userId, sessionId, message.callId);
        return change(message.callId, (draft) => this.rules.accept(draft, userId, sessionId));
      case 'call-decline':
        return change(message.callId, (draft) => this.rules.decline(draft, userId));
      case 'call-hang-up':
        return change(message.callId, (draft) => this.rules.hangUp(draft, userId));
    }
  }

  /** Through Redis, or without it by whoever keeps the call. */
  protected async acceptKept(keeper: CallKeeper, userId: string, sessionId: string, callId: string): Promise<Carried> {
    const accept = (draft: CallDraft) => ({ outcome: this.rules.accept(draft, userId, sessionId), draft });
    const reply = await keeper.accept({ callId, users: [userId] }, accept, userId, sessionId);
    return carried(userId, callId, 'through' in reply ? reply.through : reply);
  }

  /** A call was accepted while Redis is away: shown to those who are here. */
  protected acceptedHere(draft: CallDraft): void {
    this.options.metrics.count('voice_calls_accepted_offline_total');
    this.options.log.write('warn', 'a call was accepted without Redis', { callId: draft.call?.id ?? '' });
    for (const person of draft.touched) {
      if (!this.options.peers?.isHere(person.userId)) continue;
      const view = personView(person, person.call === draft.call?.id ? draft.call : null, draft.nowMs);
      this.options.tell(person.userId, { type: 'call-view', view }).catch(() => undefined);
    }
  }

  // after a change

  protected committed(draft: CallDraft, orgs: readonly number[]): void {
    this.measure(draft);
    for (const person of draft.touched) {
      if (person.call !== '' && person.call !== draft.call?.id) continue; // in no part of this; its next heartbeat shows it the whole
      const call = person.call === draft.call?.id ? draft.call : null;
      const view = personView(person, call, draft.nowMs);
      this.options.tell(person.userId, { type: 'call-view', view }).catch(() => undefined); // its next heartbeat shows that it is behind
    }
    for (const org of orgs) this.route(org);
  }

  protected measure({ call, callState }: CallDraft): void {
    if (call === null || call.state === callState) return;
    const { metrics } = this.options;
    if (callState === 'new') metrics.count('voice_calls_offered_total');
    if (call.state === 'accepted') {
      metrics.count('voice_calls_accepted_total');
      metrics.observe('voice_call_answer_ms', call.acceptedMs - call.offeredMs);
    }
    if (isOver(call.state)) metrics.count('voice_calls_over_total', { state: call.state, reason: call.reason });
  }

  /** Brings waiting calls and free staff together. One at a time an organisation; a wish in between makes one more. */
  protected route(org: number): void {
    if (this.routing.has(org)) {
      this.routing.set(org, true);
      return;
    }
    this.routing.set(org, false);
    this.routeAll(org)
      .catch(() => undefined) // still due: whoever ticks next tries again
      .finally(() => {
        const again = this.routing.get(org);
        this.routing.delete(org);
        if (again && !this.stopped) this.route(org);
      });
  }

  protected async routeAll(org: number): Promise<void> {
    // what rings waits no more, so that the next page begins where those are left who were declined by everybody free
    for (let left = 0, more = true; more && !this.stopped; ) {
      const calls = await waitingCalls(this.options.redis, org, left);
      for (const callId of calls) if (!(await this.ring(callId))) left++;
      more = calls.length === WAITING_PAGE;
    }
  }

  /** Lets a call that waits ring. False when it waits on. */
  protected ring(callId: string): Promise<boolean> {
    return this.change({ callId, candidates: this.candidates }, (draft) => {
      this.rules.ring(draft);
      return draft.call?.state !== 'waiting';
    });
  }

  // periodic work

  protected async run(): Promise<void> {
    const { tickMs, random, timers } = this.options;
    while (!this.stopped) {
      await this.tick().catch(() => this.keeper?.tickFailed()); // Redis is away: the next one
      await new Promise<void>((resolve) => timers.after(tickMs * (0.9 + 0.2 * random.uniform()), resolve));
    }
  }

  protected async tick(): Promise<void> {
    if (this.keeper !== null) await this.keeper.settle();
    const heard = [...this.heard.values()];
    this.heard = new Map();
    const { due, behind, nextExpired } = await callTick(
      this.options.redis,
      heard,
      this.options.policy,
      this.fromExpired,
    );
    this.fromExpired = nextExpired;
    for (const userId of behind) this.quietly(this.show(userId, heard.find((one) => one.userId === userId)!.version));
    for (const item of due) this.quietly(this.attend(item));
    if (this.keeper !== null) this.quietly(this.keeper.hold());
  }

  /** Shows a person what there is to see: its client has missed it, or the store has lost what the client has seen; then it gets a newer version. */
  protected async show(userId: string, seen: number): Promise<void> {
    const view = await this.change({ callId: '', users: [userId] }, (draft) => {
      const person = draft.person(userId);
      if (person.version > 0 && seen > person.version) draft.touched.add(person);
      return draft.dirty ? null : personView(person, draft.call, draft.nowMs);
    });
    if (view !== null) await this.options.tell(userId, { type: 'call-view', view });
  }

  /** Does what is due. What fails is due again when the claim is over. @param handedOn by a backend that does not keep the call */
  protected async attend(item: string, handedOn = false): Promise<void> {
    try {
      await this.attendTo(item);
    } catch (error) {
      if (!(error instanceof CallKept) || handedOn) throw error;
      await this.options.peers?.handOn(error.keeper, { item });
      // heard or not: looked at again when it may have been given up
      if (item.startsWith('call:')) await this.store.remind(error.callId, error.untilMs);
    }
  }

  protected async attendTo(item: string): Promise<void> {
    const { redis, policy } = this.options;
    const id = item.slice(item.indexOf(':') + 1);
    if (item.startsWith('org:')) this.route(Number(id));
    else if (item.startsWith('call:')) {
      const nextMs = await this.change({ callId: id }, (draft) => {
        this.rules.attend(draft);
        const { call } = draft;
        if (call === null || call.version === 0 || isOver(call.state)) return 0;
        return draft.dirty ? null : draft.dueMs(call, policy);
      });
      if (nextMs === 0) await redis.call('ZREM', keys.callsDue, item);
      else if (nextMs !== null) await this.store.remind(id, nextMs);
    } else {
      const left = await this.change({ callId: '', users: [id] }, (draft) => {
        this.rules.lost(draft, id);
        if (draft.person(id).state === 'off') return 'off';
        return draft.isThere(id) ? 'there' : 'waiting';
      });
      if (left === 'off') await this.store.dropLease(id);
      // one who is waited for has time to come back; whoever is lost after that is found by the lease
      if (left !== 'waiting') await redis.call('ZREM', keys.callsDue, item);
    }
  }

  protected quietly(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.options.log.write('debug', 'calls: will try again', { error: String(error) }));
  }
}

/** What came of a request. */
interface Carried {
  readonly outcome: CallOutcome;
  readonly callId: string | null;
  readonly version: number;
  readonly view: PersonView | null;
}

function carried(
  userId: string,
  callId: string,
  { outcome, draft }: { readonly outcome: CallOutcome; readonly draft: CallDraft },
): Carried {
  const person = draft.person(userId);
  const here = person.call === draft.call?.id ? draft.call : null;
  const view = person.call === '' || here !== null ? personView(person, here, draft.nowMs) : null;
  return { outcome, callId: callId === '' ? null : callId, version: person.version, view };
}
