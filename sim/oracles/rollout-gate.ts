import type { Evidence, RolloutDecision } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** What backends have seen reaches the one that decides within this. */
const LAG_US = 6_000_000;

interface Ended {
  readonly atUs: number;
  readonly failed: boolean;
}

/**
 * A stage is left forwards only on evidence: it has lasted, enough channels have moved to the SFU, and so many of these moves succeeded as the stage asks for. Counted
 * here from what becomes of the channels, and not from what the service counts.
 */
export const rolloutGate: Oracle = {
  id: 'rollout-gate',
  kind: 'safety',
  claim: 'a stage of a rollout never advances while its gate fails',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const { rollout } = evidence;
    if (rollout == null) return;
    const { plan } = rollout;
    let ended: Ended[] = [];
    let stage: RolloutDecision | null = null;
    const moving = new Map<string, boolean>();
    evidence.onStoreWrite(['migration'], ({ writes }) => {
      for (const key of writes) {
        if (!key.startsWith('migration:')) continue;
        const channelId = key.slice(10);
        const state = evidence.store.hash(`channel_state:${channelId}`);
        const migration = evidence.store.hash(key);
        const under = migration.get('to') === 'sfu' && migration.get('state') !== 'completed';
        if (!under && moving.delete(channelId) && state.size > 0)
          ended.push({ atUs: evidence.nowUs, failed: state.get('mode') !== 'sfu' });
        else if (under && state.get('mode') === 'p2p') moving.set(channelId, true);
      }
    });
    rollout.onDecision((decision) => {
      const before = stage;
      const seen = ended;
      stage = decision;
      ended = [];
      if (before === null || before.status !== 'running') return;
      const { name, minMs, minMigrations, successAbove } = plan.stages[before.stage]!;
      const forward =
        decision.status !== 'rolled-back' && (decision.stage > before.stage || decision.status === 'complete');
      if (!forward || evidence.storeDisturbed()) return;
      const find = (problem: string) =>
        report({ message: `stage ${name} was left forwards ${problem}`, subjects: ['voice:rollout'] });
      const lastedMs = (decision.atUs - before.atUs) / 1_000;
      if (lastedMs < minMs - LAG_US / 1_000) find(`after ${Math.round(lastedMs / 1_000)} s`);
      // what ended just before the stage may have been counted in it
      if (seen.length < minMigrations - 5) find(`on ${seen.length} migrations`);
      const cuts = [...seen.keys()].filter((index) => seen[index]!.atUs >= decision.atUs - LAG_US);
      const shares = [...cuts, seen.length].map((count) => success(seen.slice(0, count)));
      if (seen.length > 0 && shares.every((share) => share !== null && share <= successAbove))
        find(`with a success of ${(100 * (shares.at(-1) ?? 0)).toFixed(1)} %`);
    });
  },
};

function success(ended: readonly Ended[]): number | null {
  return ended.length === 0 ? null : ended.filter(({ failed }) => !failed).length / ended.length;
}
