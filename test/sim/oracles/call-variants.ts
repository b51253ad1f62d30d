import { CallBackend } from '../../../core/call/call-backend.js';
import type { CallDraft } from '../../../core/call/call-draft.js';
import type { CallPolicy } from '../../../core/call/call-policy.js';
import type { CallAnswer } from '../../../core/call/call-protocol.js';
import { type CallOutcome, CallRules } from '../../../core/call/call-rules.js';
import { CallStore } from '../../../core/call/call-store.js';
import { CallController } from '../../../core/client/call-controller.js';
import { acceptNoCas } from '../../../scenarios/hazards/accept-no-cas.js';
import { collaboratorsOf } from '../../../scenarios/hazards/hazard.js';
import { routeTwoCalls } from '../../../scenarios/hazards/route-two-calls.js';
import type { Variant } from './variants.js';

export const acceptedUnchecked: Variant = {
  what: acceptNoCas.documented,
  collaborators: collaboratorsOf(acceptNoCas),
};

export const routedUnchecked: Variant = {
  what: routeTwoCalls.documented,
  collaborators: collaboratorsOf(routeTwoCalls),
};

/** A worker for which a call is missed when its time is over, whatever it is doing. */
export const missedAnyway: Variant = {
  what: 'a worker that marks as missed what it finds when it looks',
  collaborators: {
    CallRules: class extends CallRules {
      override attend(draft: CallDraft): void {
        const { call } = draft;
        if (call?.state !== 'accepted') {
          super.attend(draft);
          return;
        }
        const [answeredBy, acceptedMs] = [call.answeredBy, call.acceptedMs];
        this.over(draft, 'HANG_UP', 'no-answer');
        Object.assign(call, { state: 'missed', answeredBy, acceptedMs });
        for (const person of draft.touched) person.last = `${call.id}|missed|no-answer`;
      }
    },
  },
};

export const neverMissed: Variant = {
  what: 'a worker that never looks whether the time of a call is over',
  collaborators: {
    CallRules: class extends CallRules {
      override attend(): void {}
    },
  },
};

export const neverFreed: Variant = {
  what: 'rules that leave staff busy when its call is over',
  collaborators: {
    CallRules: class extends CallRules {
      protected override free(draft: CallDraft, userId: string, last: string): void {
        if (draft.person(userId).org === 0) super.free(draft, userId, last);
      }
    },
  },
};

export const allForOne: Variant = {
  what: 'rules that have all staff take the calls of the first organisation',
  collaborators: {
    CallRules: class extends CallRules {
      override on(draft: CallDraft, userId: string, _org: number, session: string): CallOutcome {
        return super.on(draft, userId, 1, session);
      }
    },
  },
};

export const endMissed: Variant = {
  what: 'a client that is not told that its call is over',
  collaborators: {
    CallController: class extends CallController {
      override onMessage(message: CallAnswer): void {
        if (message.type !== 'call-view' || message.view.last?.state !== 'ended') super.onMessage(message);
      }
    },
  },
};

export const keptForLong: Variant = {
  what: 'a store that keeps records for a day',
  collaborators: {
    CallStore: class extends CallStore {
      override commit(draft: CallDraft, policy: CallPolicy): Promise<readonly number[] | null> {
        return super.commit(draft, { ...policy, keepMs: 86_400_000 });
      }
    },
  },
};

export const neverRouted: Variant = {
  what: 'a backend that lets a call ring only when it is offered',
  collaborators: {
    CallBackend: class extends CallBackend {
      protected override route(): void {}
    },
  },
};
