import type { ChannelDesk } from '../channel/channel-desk.js';
import { keys } from '../keys.js';
import type { Log, Metrics, RedisClient } from '../ports.js';
import type { RolloutPlan, RolloutStage } from './rollout-plan.js';
import { figuresOf, type RolloutFigures } from './rollout-samples.js';
import type { RolloutState, RolloutStore } from './rollout-store.js';
import { type GateVerdict, judgeStage, type StageAttempt } from './stage-gate.js';

/** Collaborators of the controller. */
export interface RolloutControllerParts {
  readonly redis: RedisClient;
  readonly store: RolloutStore;
  readonly plan: RolloutPlan;
  readonly desk: ChannelDesk;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * Takes the flag from stage to stage, or back. Whoever is caretaker calls it with each tick; everything it knows is in Redis, and a decision is written only if
 * nobody has made another one since the state was read, so that two caretakers at once do no harm. After a decision every channel is looked at:
 * the flag itself is read with each channel, under its lock.
 */
export class RolloutController {
  /** Epoch of the newest decision after which all channels were looked at; 0: not known yet. */
  protected attended = 0;
  protected newest: RolloutState | null = null;
  protected busy = false;

  constructor(protected readonly parts: RolloutControllerParts) {}

  /** The caretaker's round. Rejects when Redis cannot be reached. @param nowMs Redis time */
  async care(nowMs: number): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const state = await this.step(await this.parts.store.read(), nowMs);
      if (state === null || state.epoch === this.attended) return;
      await this.attendAll();
      this.attended = state.epoch;
    } finally {
      this.busy = false;
    }
  }

  /** Decides if anything is to be decided. Returns the state that is in force, as far as known. */
  protected async step(state: RolloutState | null, nowMs: number): Promise<RolloutState | null> {
    const { plan, store } = this.parts;
    const { newest } = this;
    // a failover has lost a decision: it still counts, above all if the flag had gone back
    if (newest !== null && (state === null || state.epoch < newest.epoch))
      return this.decide(state, { ...newest, epoch: newest.epoch + 1 }, {});
    if (state === null) return this.decide(null, this.begun(nowMs), {});
    this.newest = state;
    if (state.status === 'rolled-back') return state;
    if (state.status === 'waiting')
      return nowMs >= state.sinceMs + plan.startAfterMs ? this.enter(state, 0, nowMs, {}) : state;
    const stage = plan.stages[state.stage] as RolloutStage;
    const samples = await store.samples(state.epoch);
    const figures = figuresOf(samples);
    const attempt = { ...samples, repeats: repeatsOf(state) };
    const verdict = this.judge(stage, figures, samples.heardMs, nowMs - state.sinceMs, attempt);
    switch (verdict.do) {
      case 'roll-back':
        return this.decide(
          state,
          { ...state, epoch: state.epoch + 1, status: 'rolled-back', ppm: 0, sinceMs: nowMs, reason: verdict.reason },
          figures,
        );
      case 'advance':
        return state.status === 'complete' ? state : this.enter(state, state.stage + 1, nowMs, figures);
      case 'repeat':
        return this.decide(
          state,
          { ...state, epoch: state.epoch + 1, sinceMs: nowMs, reason: verdict.reason },
          figures,
        );
      case 'hold':
        return state;
    }
  }

  protected judge(
    stage: RolloutStage,
    figures: RolloutFigures,
    heardMs: number,
    elapsedMs: number,
    attempt: StageAttempt,
  ): GateVerdict {
    return judgeStage(this.parts.plan, stage, figures, heardMs, elapsedMs, attempt);
  }

  protected begun(nowMs: number): RolloutState {
    const { salt } = this.parts.plan;
    return { epoch: 1, status: 'waiting', stage: 0, ppm: 0, salt, sinceMs: nowMs, reason: '' };
  }

  /** After the last stage the rollout is complete, and still watched. */
  protected enter(
    state: RolloutState,
    index: number,
    nowMs: number,
    figures: RolloutFigures | object,
  ): Promise<RolloutState | null> {
    const { stages, salt } = this.parts.plan;
    const stage = stages[index];
    const next = stage ?? (stages.at(-1) as RolloutStage);
    return this.decide(
      state,
      {
        epoch: state.epoch + 1,
        status: stage === undefined ? 'complete' : 'running',
        stage: Math.min(index, stages.length - 1),
        ppm: next.ppm,
        salt,
        sinceMs: nowMs,
        reason: '',
      },
      figures,
    );
  }

  protected async decide(
    before: RolloutState | null,
    after: RolloutState,
    figures: object,
  ): Promise<RolloutState | null> {
    const { store, metrics, log } = this.parts;
    if (!(await store.write(before, after, figures))) return before;
    this.newest = after;
    metrics.count('voice_rollout_decisions_total', { status: after.status });
    const { status, stage, ppm, reason } = after;
    log.write(status === 'rolled-back' ? 'warn' : 'info', 'rollout', { status, stage, ppm, reason });
    return after;
  }

  protected async attendAll(): Promise<void> {
    const { redis, desk } = this.parts;
    for (const id of (await redis.call('ZRANGE', keys.changed, 0, -1)) as string[]) await desk.attend(Number(id));
  }
}

/** How often stages have begun anew: every decision has an epoch of its own, the first two are the beginning and the first stage. */
export function repeatsOf({ epoch, stage }: Pick<RolloutState, 'epoch' | 'stage'>): number {
  return Math.max(0, epoch - 2 - stage);
}
