import { keys } from '../keys.js';
import type { Clock, Log, Metrics, Randomness, RedisClient, Timers } from '../ports.js';
import type { CallCollaborators } from './call-collaborators.js';
import { callCollaborators } from './call-collaborators.js';
import { type CallDesk, CallUnavailable } from './call-desk.js';
import type { CallDraft } from './call-draft.js';
import { isOver } from './call-machine.js';
import type { CallPolicy } from './call-policy.js';
import type { CallAnswer, CallMessage, CallRefusal, CallRequest } from './call-protocol.js';
import { type CallOutcome, type CallRules, channelOfCall } from './call-rules.js';
import type { CallStore } from './call-store.js';
import { callTick, type HeardPerson, waitingCalls } from './call-tick.js';
import { personView } from './person-view.js';

/** The connection through which a message has come. */
export interface CallSpeaker {
  readonly localId: string;
  readonly userId: string;
  readonly sessionId: string;
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
}

/**
 * Ringing on one backend (E1 to E4): requests in, views out. All backends share Redis; each ticks, and takes on what is due, whoever has started it.
 */
export class CallBackend {
  readonly rules: CallRules;
  readonly desk: CallDesk;
  readonly store: CallStore;
  /** user id -> what its client has said since the last tick */
  protected heard = new Map<string, HeardPerson>();
  protected readonly routing = new Map<number, boolean>();
  protected stopped = false;

  constructor(protected readonly options: CallBackendOptions) {
    const { policy, redis, timers, random, clock } = options;
    const use = { ...callCollaborators, ...options.collaborators };
    this.rules = new use.CallRules(policy);
    this.store = new use.CallStore(redis);
    this.desk = new use.CallDesk({
      store: this.store,
      policy,
      timers,
      random,
      clock,
      onCommitted: (draft) => this.committed(draft),
    });
  }

  start(): void {
    void this.run();
  }

  stop(): void {
    this.stopped = true;
  }

  /** A message about calls has arrived; it has been checked against the protocol. */
  onMessage(speaker: CallSpeaker, message: CallMessage): void {
    if (message.type === 'call-ping') {
      const { userId, sessionId } = speaker;
      this.heard.set(userId, { userId, session: sessionId, version: message.version });
    } else void this.request(speaker, message);
  }

  /** The person has closed its tab on purpose. */
  async left({ userId, sessionId }: CallSpeaker): Promise<void> {
    const { people } = await this.store.read({ callId: '', users: [userId] });
    const person = people.get(userId);
    if (person === undefined || person.session !== sessionId || person.state === 'off') return;
    const users = [userId];
    if (person.call !== '') {
      await this.desk.change(this.query(person.call, users), (draft) => this.rules.hangUp(draft, userId));
    }
    await this.desk.change(this.query(person.state === 'ringing' ? person.call : '', users), (draft) =>
      this.rules.off(draft, userId, sessionId),
    );
  }

  protected query(callId: string, users: readonly string[]) {
    // as many again as may be asked at once: some of the free may have gone
    return { callId, users, candidates: 2 * this.options.policy.ringWidth };
  }

  protected async request(speaker: CallSpeaker, message: CallRequest): Promise<void> {
    const { requestId } = message;
    const { answer, policy, log } = this.options;
    const refuse = (code: CallRefusal, retryAfterMs = 0) =>
      answer(speaker.localId, { type: 'call-refused', requestId, code, retryAfterMs });
    try {
      const { outcome, callId } = await this.carryOut(speaker, message);
      if (outcome === 'done') answer(speaker.localId, { type: 'call-done', requestId, callId });
      else refuse(outcome);
    } catch (error) {
      const code = error instanceof CallUnavailable ? error.code : 'store-unavailable';
      if (!(error instanceof CallUnavailable)) log.write('error', 'call request failed', { error: String(error) });
      refuse(code === 'busy' ? 'try-again' : code, policy.claimMs / 5);
    }
  }

  protected async carryOut(
    { userId, sessionId }: CallSpeaker,
    message: CallRequest,
  ): Promise<{ outcome: CallOutcome; callId: string | null }> {
    const users = [userId];
    const change = async (callId: string, operation: (draft: CallDraft) => CallOutcome) => ({
      outcome: await this.desk.change(this.query(callId, users), operation),
      callId: callId === '' ? null : callId,
    });
    switch (message.type) {
      case 'call-on':
        return change('', (draft) => this.rules.on(draft, userId, message.org, sessionId));
      case 'call-off': {
        const ringing = await this.callOf(userId);
        return change(ringing, (draft) => this.rules.off(draft, userId, sessionId));
      }
      case 'call-offer': {
        const callId = `${userId}.${message.requestId}`;
        const channelId = channelOfCall(await this.store.nextNumber());
        const query = { ...this.query(callId, users), org: message.org };
        const outcome = await this.desk.change(query, (draft) =>
          this.rules.offer(draft, userId, message.org, sessionId, channelId),
        );
        return { outcome, callId };
      }
      case 'call-accept':
        return change(message.callId, (draft) => this.rules.accept(draft, userId, sessionId));
      case 'call-decline':
        return change(message.callId, (draft) => this.rules.decline(draft, userId));
      case 'call-hang-up':
        return change(message.callId, (draft) => this.rules.hangUp(draft, userId));
    }
  }

  /** The call that a person has a part in; empty: none. */
  protected async callOf(userId: string): Promise<string> {
    const call = (await this.options.redis.call('HGET', keys.person(userId), 'call')) as string | null;
    return call ?? '';
  }

  // after a change

  protected committed(draft: CallDraft): void {
    this.measure(draft);
    for (const person of draft.touched) {
      const call = person.call === draft.call?.id ? draft.call : null;
      const view = personView(person, call, draft.nowMs);
      this.options.tell(person.userId, { type: 'call-view', view }).catch(() => undefined); // its next heartbeat shows that it is behind
    }
    for (const org of draft.orgsToRoute()) this.route(org);
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
    for (let rang = true; rang && !this.stopped; ) {
      rang = false;
      for (const callId of await waitingCalls(this.options.redis, org)) {
        const ringing = await this.desk.change(this.query(callId, []), (draft) => {
          this.rules.ring(draft);
          return draft.call?.state === 'ringing';
        });
        rang ||= ringing;
      }
    }
  }

  // periodic work

  protected async run(): Promise<void> {
    const { tickMs, random, timers } = this.options;
    while (!this.stopped) {
      await this.tick().catch(() => undefined); // Redis is away: the next one
      await new Promise<void>((resolve) => timers.after(tickMs * (0.9 + 0.2 * random.uniform()), resolve));
    }
  }

  protected async tick(): Promise<void> {
    const heard = [...this.heard.values()];
    this.heard = new Map();
    const { due, behind } = await callTick(this.options.redis, heard, this.options.policy);
    for (const userId of behind) this.quietly(this.show(userId));
    for (const item of due) this.quietly(this.attend(item));
  }

  /** Shows a person what there is to see: its client has missed it. */
  protected async show(userId: string): Promise<void> {
    const { tell } = this.options;
    const reading = await this.store.read({ callId: await this.callOf(userId), users: [userId] });
    const person = reading.people.get(userId);
    if (person === undefined) return;
    const call = reading.call !== null && reading.call.id === person.call ? reading.call : null;
    await tell(userId, { type: 'call-view', view: personView(person, call, reading.nowMs) });
  }

  /** Does what is due. What fails is due again when the claim is over. */
  protected async attend(item: string): Promise<void> {
    const { redis } = this.options;
    const id = item.slice(item.indexOf(':') + 1);
    if (item.startsWith('org:')) this.route(Number(id));
    else if (item.startsWith('call:')) {
      const exists = await this.desk.change(this.query(id, []), (draft) => {
        this.rules.attend(draft);
        return (draft.call?.version ?? 0) > 0;
      });
      if (!exists) await redis.call('ZREM', keys.callsDue, item);
    } else {
      const left = await this.desk.change(this.query(await this.callOf(id), [id]), (draft) => {
        this.rules.lost(draft, id);
        if (draft.person(id).state === 'off') return 'off';
        return draft.isThere(id) ? 'there' : 'waiting';
      });
      if (left !== 'waiting') await redis.call('ZREM', keys.callsDue, item);
      if (left === 'off') await redis.call('ZREM', keys.personLeases, id);
    }
  }

  protected quietly(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.options.log.write('debug', 'calls: will try again', { error: String(error) }));
  }
}
