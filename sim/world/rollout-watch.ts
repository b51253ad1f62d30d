import { hasFlag } from '../../core/rollout/rollout-flag.js';
import type { RolloutPlan } from '../../core/rollout/rollout-plan.js';
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
