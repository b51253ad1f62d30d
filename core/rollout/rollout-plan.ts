/** One step of a rollout. */
export interface RolloutStage {
  readonly name: string;
  /** Share of the users, in parts per million. */
  readonly ppm: number;
  /** It lasts at least this long. */
  readonly minMs: number;
  /** It does not advance on fewer migrations to the SFU than this: no samples are no evidence. */
  readonly minMigrations: number;
  /** It advances when more than this share of migrations has succeeded. 0 to 1. */
  readonly successAbove: number;
  /**
   * It lasts until there are enough migrations to say so with this confidence, 0.5 to below 1 (see `success-test.ts`); 0: `minMigrations` are enough, and the share among
   * them decides.
   */
  readonly confidence: number;
}

/** Stages, gates and triggers (C5, C6). Shares are 0 to 1, times in ms. */
export interface RolloutPlan {
  readonly salt: string;
  /** The flag stays at 0 for so long after the service is first seen. */
  readonly startAfterMs: number;
  readonly stages: readonly RolloutStage[];
  /** Gates of every stage: it advances only while all of them hold. What nobody has measured is not judged, migrations apart. */
  readonly dropoutsBelow: number;
  readonly scoreAbove: number;
  readonly latencyP95BelowMs: number;
  readonly errorsBelow: number;
  /** Above these the flag goes back, if at least `rollbackMinFailures` migrations have failed ... */
  readonly rollbackFailuresAbove: number;
  readonly rollbackMinFailures: number;
  /** ... or if so much time of listening has been reported. */
  readonly rollbackDropoutsAbove: number;
  readonly rollbackMinHeardMs: number;
  /** Worse than this is worth an alert. */
  readonly alertScoreBelow: number;
  readonly alertLatencyP95AboveMs: number;
  readonly alertErrorsAbove: number;
}

const HOUR_MS = 3_600_000;

const stage = (
  name: string,
  ppm: number,
  hours: number,
  minMigrations: number,
  successAbove: number,
): RolloutStage => ({
  name,
  ppm,
  minMs: hours * HOUR_MS,
  minMigrations,
  successAbove,
  confidence: 0.95,
});

/** The stages of C5. To say that more than 98 % succeed takes 240 migrations without a failure, in alpha 94 for 95 %. */
export const defaultRolloutPlan: RolloutPlan = {
  salt: 'hybrid-voice',
  startAfterMs: 0,
  stages: [
    stage('alpha', 1_000, 48, 20, 0.95),
    stage('beta', 50_000, 72, 100, 0.98),
    stage('10 %', 100_000, 48, 100, 0.98),
    stage('25 %', 250_000, 48, 100, 0.98),
    stage('50 %', 500_000, 48, 100, 0.98),
    stage('100 %', 1_000_000, 48, 100, 0.98),
  ],
  dropoutsBelow: 0.005,
  scoreAbove: 4,
  latencyP95BelowMs: 200,
  errorsBelow: 0.01,
  rollbackFailuresAbove: 0.1,
  rollbackMinFailures: 3,
  rollbackDropoutsAbove: 0.05,
  rollbackMinHeardMs: 60_000,
  alertScoreBelow: 3.5,
  alertLatencyP95AboveMs: 500,
  alertErrorsAbove: 0.02,
};
