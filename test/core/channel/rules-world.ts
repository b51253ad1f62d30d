import { ChannelDraft } from '../../../core/channel/channel-draft.js';
import { type ChannelRecord, emptyChannel } from '../../../core/channel/channel-record.js';
import { ChannelRules, type Outcome, type RuleContext } from '../../../core/channel/channel-rules.js';
import { type Policy, PolicyProfiles } from '../../../core/policy.js';

export const policy = PolicyProfiles.calls;

/** One channel and its rules, changed by hand: what the store and the nodes would do is written out in the test. */
export class RulesWorld {
  record: ChannelRecord = emptyChannel(1);
  nowMs = 1_700_000_000_000;
  readonly dead = new Set<string>();
  readonly nodes = {
    alive: (node: string) => !this.dead.has(node),
    choose: (avoid: string | null) =>
      ['n1', 'n2']
        .filter((node) => !this.dead.has(node))
        .sort((a, b) => Number(a === avoid) - Number(b === avoid))[0] ?? null,
  };
  readonly rules: ChannelRules;
  lastDraft: ChannelDraft | null = null;

  constructor(own: Policy = policy) {
    this.rules = new ChannelRules(own, this.nodes);
  }

  change(operation: (context: RuleContext) => void): Outcome {
    const draft = new ChannelDraft(this.record, this.nowMs);
    const context: RuleContext = { draft, nowMs: this.nowMs, outcome: { work: [], measurements: [] } };
    operation(context);
    this.rules.settle(context);
    if (!draft.exists) {
      // versions may run ahead of the clock: a channel that is created again knows where they were
      const goneVersion = this.record.version;
      this.record = { ...emptyChannel(1), goneVersion };
    }
    this.lastDraft = draft;
    return context.outcome;
  }

  join(user: number, tab = 0): void {
    this.change(
      (context) =>
        void this.rules.admission.join(context, {
          userId: String(user),
          sessionId: `${user}.${tab}`,
          connection: `b#${user}.${tab}`,
        }),
    );
  }

  /** Everything that would answer in time answers: rooms start, members acknowledge, rooms see everybody. */
  finish(): void {
    for (let round = 0; round < 6 && this.record.migration; round++) {
      const { migration } = this.record;
      if (migration.state === 'preparing')
        this.change((context) => this.rules.migrations.targetStarted(context, migration.epoch, null));
      else if (migration.state === 'verifying')
        this.change((context) =>
          this.rules.migrations.targetSeen(context, migration.epoch, [...this.record.members.keys()]),
        );
      else
        for (const member of [...this.record.members.values()])
          this.change((context) =>
            this.rules.migrations.ready(context, member.userId, member.sessionId, migration.epoch),
          );
    }
  }
}
