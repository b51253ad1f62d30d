import type { NodeDirectory } from '../cluster/node-directory.js';
import type { MetricName } from '../metrics.js';
import { Migrations } from '../migration/migrations.js';
import type { Policy } from '../policy.js';
import type { SfuRoom } from '../ports.js';
import { Admission } from './admission.js';
import type { ChannelDraft } from './channel-draft.js';
import { holdsJoins } from './channel-record.js';
import { ModeChoice } from './mode-choice.js';

/** Work outside Redis that a committed change asks for. It may be done twice, and by any backend. */
export interface ChannelWork {
  readonly kind: 'start-target' | 'verify-target';
  readonly channelId: number;
  readonly migrationEpoch: number;
  readonly room: SfuRoom;
}

/** A measurement that counts only if the change is committed. */
export interface Measurement {
  readonly name: MetricName;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a change under the lock produces besides the draft itself. */
export interface Outcome {
  readonly work: ChannelWork[];
  readonly measurements: Measurement[];
}

/** The draft and everything a rule may look at. */
export interface RuleContext {
  readonly draft: ChannelDraft;
  readonly nowMs: number;
  readonly outcome: Outcome;
}

/** Classes that the rules are composed of; each can be replaced. */
export interface ChannelRulesParts {
  readonly Admission: typeof Admission;
  readonly Migrations: typeof Migrations;
  readonly ModeChoice: typeof ModeChoice;
}

/**
 * The decisions about one channel: pure functions over a draft. Operations change what they are about; `settle` then
 * brings the channel to where the policy wants it, step by step, whoever calls it and however late.
 */
export class ChannelRules {
  readonly admission: Admission;
  readonly migrations: Migrations;
  readonly modeChoice: ModeChoice;

  constructor(
    readonly policy: Policy,
    readonly nodes: NodeDirectory,
    parts: Partial<ChannelRulesParts> = {},
  ) {
    this.migrations = new (parts.Migrations ?? Migrations)(policy, nodes);
    this.admission = new (parts.Admission ?? Admission)(policy, nodes);
    this.modeChoice = new (parts.ModeChoice ?? ModeChoice)(policy, nodes, this.migrations);
  }

  /** Applies everything that time and circumstances ask for, until nothing changes any more. */
  settle(context: RuleContext): void {
    const { draft, nowMs } = context;
    this.admission.evict(context);
    for (let step = 0; ; step++) {
      if (step > 1_000) throw new Error(`channel ${draft.record.channelId} does not settle`);
      if (draft.record.members.size === 0 && draft.record.migration) {
        this.migrations.fire(context, 'ABANDONED');
      } else if (draft.record.migration) {
        if (!this.migrations.advance(context) && (holdsJoins(draft.record) || !this.admission.admitNext(context)))
          break;
      } else if (!this.admission.admitNext(context) && !this.modeChoice.decide(context)) {
        break;
      }
    }
    if (!draft.exists) {
      if (draft.record.sfu) draft.retired.push(draft.record.sfu);
      return;
    }
    const due = [this.admission.dueMs(draft), this.migrations.dueMs(draft), this.modeChoice.dueMs(draft, nowMs)].filter(
      (at) => at > 0,
    );
    draft.setFields({ dueMs: due.length > 0 ? Math.min(...due) : 0 });
  }
}
