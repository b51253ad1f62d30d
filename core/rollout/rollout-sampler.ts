import type { ChannelRecord } from '../channel/channel-record.js';
import type { Metrics } from '../ports.js';
import type { HeardReport } from '../protocol.js';
import { latencyField } from './rollout-samples.js';
import type { RolloutStore } from './rollout-store.js';

/**
 * Collects what one backend sees of the hybrid service, and adds it to the stage's samples with each tick. What could not be added is added later; what a dying
 * backend had collected since its last tick is lost.
 */
export class RolloutSampler {
  private counts = new Map<string, number>();
  private flushing = false;

  constructor(private readonly store: RolloutStore) {}

  /** Passes measurements on and takes note of the ends of migrations. */
  watching(metrics: Metrics): Metrics {
    return new WatchedMetrics(metrics, this);
  }

  /** A migration has ended. */
  migration(to: string, end: 'completed' | 'failed', by: number): void {
    this.count(`${to}.${end}`, by);
  }

  /** A join was answered. @param record of the channel, as far as known: joins into channels that the rollout does not touch say nothing */
  joined(record: ChannelRecord | null, outcome: 'joined' | 'queued' | 'refused', latencyMs: number): void {
    if (record === null || !touched(record)) return;
    this.count('joins', 1);
    if (outcome === 'refused') this.count('errors', 1);
    else this.count(latencyField(latencyMs), 1);
  }

  /** A member has told how it hears the others. */
  heard(record: ChannelRecord | null, { ms, missedMs, score }: HeardReport): void {
    if (record === null || !touched(record)) return;
    this.count('heardMs', ms);
    this.count('missedMs', missedMs);
    if (score === undefined) return;
    this.count('scoreSum', score * 1_000);
    this.count('scores', 1);
  }

  /** Adds what was collected. Never rejects. */
  async flush(): Promise<void> {
    if (this.flushing || this.counts.size === 0) return;
    this.flushing = true;
    const { counts } = this;
    this.counts = new Map();
    try {
      await this.store.add(counts);
    } catch {
      for (const [field, by] of counts) this.count(field, by);
    } finally {
      this.flushing = false;
    }
  }

  private count(field: string, by: number): void {
    this.counts.set(field, (this.counts.get(field) ?? 0) + by);
  }
}

/** On the SFU, or on the way there or back. */
const touched = ({ mode, migration }: ChannelRecord): boolean => mode === 'sfu' || migration !== null;

const ENDED = /^voice_migrations_(completed|failed)_total$/;

class WatchedMetrics implements Metrics {
  constructor(
    private readonly metrics: Metrics,
    private readonly sampler: RolloutSampler,
  ) {}

  count(name: string, labels?: Readonly<Record<string, string>>, by = 1): void {
    this.metrics.count(name, labels, by);
    const end = ENDED.exec(name)?.[1] as 'completed' | 'failed' | undefined;
    if (end !== undefined && labels?.to !== undefined && labels.reason !== 'abandoned')
      this.sampler.migration(labels.to, end, by);
  }

  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void {
    this.metrics.observe(name, value, labels);
  }
}
