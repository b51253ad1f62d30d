import { CallDraft } from '../../../core/call/call-draft.js';
import { defaultCallPolicy } from '../../../core/call/call-policy.js';
import type { CallMessage, PersonView } from '../../../core/call/call-protocol.js';
import { type CallRecord, newCall, newPerson, type PersonRecord } from '../../../core/call/call-record.js';
import { type CallOutcome, CallRules } from '../../../core/call/call-rules.js';
import { personView } from '../../../core/call/person-view.js';

export const ORG = 7;

/** The rules of calls with a store that is plain memory and one who decides: what clients have to agree with. */
export class CallService {
  readonly people = new Map<string, PersonRecord>();
  readonly rules = new CallRules(defaultCallPolicy);
  nowMs = 1_000_000;
  private readonly calls = new Map<string, CallRecord>();

  constructor(private readonly tell: (userId: string, view: PersonView) => void) {}

  /** What a person has to see now. */
  view(userId: string): PersonView {
    const person = this.people.get(userId) ?? newPerson(userId);
    return personView(person, this.calls.get(person.call) ?? null, this.nowMs);
  }

  request(userId: string, message: CallMessage): { outcome: CallOutcome; version: number } {
    switch (message.type) {
      case 'call-on':
        return this.change(userId, '', (draft) => this.rules.on(draft, userId, message.org, 's'));
      case 'call-off':
        return this.change(userId, '', (draft) => this.rules.off(draft, userId, 's'));
      case 'call-offer':
        return this.change(userId, `${userId}.${message.requestId}`, (draft) =>
          this.rules.offer(draft, userId, message.org, 's', 500_001 + this.calls.size),
        );
      case 'call-accept':
        return this.change(userId, message.callId, (draft) => this.rules.accept(draft, userId, 's'));
      case 'call-decline':
        return this.change(userId, message.callId, (draft) => this.rules.decline(draft, userId));
      case 'call-hang-up':
        return this.change(userId, message.callId, (draft) => this.rules.hangUp(draft, userId));
    }
  }

  /** Time-outs and waiting calls. */
  work(): void {
    for (const [callId, { caller }] of this.calls) {
      this.change(caller, callId, (draft) => {
        this.rules.attend(draft);
        this.rules.ring(draft);
        return 'done';
      });
    }
  }

  private change(
    userId: string,
    given: string,
    operation: (draft: CallDraft) => CallOutcome,
  ): { outcome: CallOutcome; version: number } {
    this.nowMs++;
    const callId = given || this.people.get(userId)?.call || '';
    const call = callId === '' ? null : structuredClone(this.calls.get(callId) ?? newCall(callId));
    const people = new Map(
      [
        ...new Set([
          userId,
          call?.caller ?? '',
          call?.answeredBy ?? '',
          ...(call?.ringing ?? []),
          ...this.people.keys(),
        ]),
      ]
        .filter((id) => id !== '')
        .map((id) => [id, structuredClone(this.people.get(id) ?? newPerson(id))]),
    );
    const draft = new CallDraft({
      nowMs: this.nowMs,
      call,
      people,
      leases: new Map([...people.keys()].map((id) => [id, Number.MAX_SAFE_INTEGER])),
      candidates: [...people.values()]
        .filter(({ state }) => state === 'available')
        .sort((a, b) => a.idleMs - b.idleMs)
        .map((person) => person.userId),
    });
    const outcome = operation(draft);
    if (draft.dirty) {
      draft.commands(defaultCallPolicy); // versions grow here
      if (call !== null && call.version > 0) this.calls.set(callId, call);
      for (const person of draft.touched) this.people.set(person.userId, person);
      for (const person of draft.touched) this.tell(person.userId, this.view(person.userId));
    }
    return { outcome, version: draft.person(userId).version };
  }
}
