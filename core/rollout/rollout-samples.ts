import { LATENCY_BUCKETS_MS } from '../metrics.js';

/** What has been seen of the hybrid service during one stage, over all backends. */
export interface RolloutSamples {
  /** Migrations that have ended, by direction; abandoned ones do not count. */
  readonly toSfu: { readonly completed: number; readonly failed: number };
  readonly toMesh: { readonly completed: number; readonly failed: number };
  /** Joins into channels that are on the SFU or on their way. */
  readonly joins: number;
  readonly errors: number;
  /** From the request to the answer, by upper bound; the last one has none. */
  readonly latencies: readonly number[];
  /** Time in which others were to be heard, over all pairs, and how much of it was silent. In ms. */
  readonly heardMs: number;
  readonly missedMs: number;
  /** Sum and number of the scores (MOS) that clients have reported. */
  readonly scoreSum: number;
  readonly scores: number;
}

/** Decodes the hash that backends add to. Fields that are missing are 0. */
export function decodeSamples(fields: ReadonlyMap<string, string>): RolloutSamples {
  const value = (name: string) => Number(fields.get(name) ?? 0);
  return {
    toSfu: { completed: value('sfu.completed'), failed: value('sfu.failed') },
    toMesh: { completed: value('p2p.completed'), failed: value('p2p.failed') },
    joins: value('joins'),
    errors: value('errors'),
    latencies: [...LATENCY_BUCKETS_MS.map((_, index) => value(`latency.${index}`)), value('latency.over')],
    heardMs: value('heardMs'),
    missedMs: value('missedMs'),
    scoreSum: value('scoreSum') / 1_000,
    scores: value('scores'),
  };
}

/** Field that a latency is counted in. */
export function latencyField(ms: number): string {
  const index = LATENCY_BUCKETS_MS.findIndex((bound) => ms <= bound);
  return index < 0 ? 'latency.over' : `latency.${index}`;
}

/** The figures that gates look at; null: nobody has measured it. */
export interface RolloutFigures {
  /** Migrations to the SFU that have ended. */
  readonly migrations: number;
  /** Of the direction in which more fail. */
  readonly failures: number | null;
  readonly failed: number;
  readonly dropouts: number | null;
  readonly score: number | null;
  /** Upper bound of the bucket in which the 95th percentile lies. */
  readonly latencyP95Ms: number | null;
  readonly errors: number | null;
}

export function figuresOf(samples: RolloutSamples): RolloutFigures {
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : null);
  const failing = ({ completed, failed }: { completed: number; failed: number }) =>
    share(failed, completed + failed) ?? 0;
  const { toSfu, toMesh } = samples;
  const worse = failing(toMesh) > failing(toSfu) ? toMesh : toSfu;
  return {
    migrations: toSfu.completed + toSfu.failed,
    failures: share(worse.failed, worse.completed + worse.failed),
    failed: worse.failed,
    dropouts: share(samples.missedMs, samples.heardMs),
    score: share(samples.scoreSum, samples.scores),
    latencyP95Ms: percentile95(samples.latencies),
    errors: share(samples.errors, samples.joins),
  };
}

function percentile95(counts: readonly number[]): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let below = 0;
  const index = counts.findIndex((count) => {
    below += count;
    return below >= 0.95 * total;
  });
  return LATENCY_BUCKETS_MS[index] ?? Number.POSITIVE_INFINITY;
}
