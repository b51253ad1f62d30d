import { repeatsOf } from '../../core/rollout/rollout-controller.js';
import { hasFlag } from '../../core/rollout/rollout-flag.js';
import type { RolloutPlan } from '../../core/rollout/rollout-plan.js';
import { decodeSamples, figuresOf } from '../../core/rollout/rollout-samples.js';
import { judgeStage } from '../../core/rollout/stage-gate.js';
import type { RolloutDecision, RolloutEvidence } from '../oracles/index.js';
import type { World } from './world.js';

const LOG = 'voice:rollout_log';

/** Follows a rollout from outside: what the service writes down, and when channels are where it wants them. */
export class RolloutWatch implements RolloutEvidence {
  readonly decisions: RolloutDecision[] = [];
  /** From a rollback until no channel was on the SFU any more; null: not yet, or there was none. */
  returnedAfterUs: number | null = null;
  private readonly listeners: ((decision: RolloutDecision) => void)[] = [];

  constructor(
    private readonly world: Pick<World, 'sim' | 'redis'>,
    readonly plan: RolloutPlan,
  ) {
    const { redis } = world;
    redis.onCommand(({ server, footprint: { writes } }) => {
      if (server !== redis.primary) return;
      for (const key of writes) {
        if (key === LOG) this.note();
        else if (key.startsWith('channel_state:')) this.look();
      }
    });
  }

  /** Why the stage in force has not gone on; null: there is none. */
  held(): { readonly reason: string; readonly figures: RolloutDecision['figures'] } | null {
    const last = this.decisions.at(-1);
    const stage = this.plan.stages[last?.stage ?? 0];
    if (last?.status !== 'running' || stage === undefined) return null;
    const store = this.world.redis.inspect();
    const epoch = Number(store.hgetall('voice:rollout').get('epoch'));
    const samples = decodeSamples(store.hgetall(`voice:rollout_samples:${epoch}`));
    const figures = figuresOf(samples);
    const elapsedMs = (this.world.sim.nowUs - last.atUs) / 1_000;
    const verdict = judgeStage(this.plan, stage, figures, samples.heardMs, elapsedMs, {
      ...samples,
      repeats: repeatsOf({ epoch, stage: last.stage }),
    });
    return { reason: verdict.do === 'advance' ? '' : verdict.reason, figures: { ...figures } };
  }

  hasFlag(userId: string): boolean {
    const state = this.world.redis.inspect().hgetall('voice:rollout');
    return hasFlag(userId, { salt: state.get('salt') ?? '', ppm: Number(state.get('ppm') ?? 0) });
  }

  changedWithin(us: number): boolean {
    const last = this.decisions.at(-1);
    return last !== undefined && this.world.sim.nowUs - last.atUs <= us;
  }

  onDecision(listener: (decision: RolloutDecision) => void): void {
    this.listeners.push(listener);
  }

  private note(): void {
    const line = this.world.redis.inspect().lrange(LOG).at(-1);
    if (line === undefined) return;
    const { status, stage, ppm, reason, figures } = JSON.parse(line) as Omit<RolloutDecision, 'atUs'>;
    const decision = { atUs: this.world.sim.nowUs, status, stage, ppm, reason, figures };
    this.decisions.push(decision);
    for (const listener of this.listeners) listener(decision);
    this.look();
  }

  private look(): void {
    const last = this.decisions.at(-1);
    if (last?.status !== 'rolled-back' || this.returnedAfterUs !== null) return;
    const store = this.world.redis.inspect();
    if (store.keys('channel_state:').some((key) => store.hgetall(key).get('mode') === 'sfu')) return;
    this.returnedAfterUs = this.world.sim.nowUs - last.atUs;
  }
}
