import type { ClientRef } from '../clients/index.js';
import type { VoiceInterval } from '../media/ears/index.js';
import { WeightedHistogram } from '../media/ears/weighted-histogram.js';
import { type LabelledSamples, Samples } from '../metrics/recorder.js';
import { type Measured, MIGRATION_REASONS, parseSelector, rateOf, type Selector } from '../scenario/index.js';
import type { World } from './world.js';

type Labels = Readonly<Record<string, string>>;

/** Widths of the bins of voice metrics, as `Ears` has them. */
const WIDTHS: Readonly<Record<string, number>> = {
  mos: 0.001,
  r_factor: 0.01,
  mouth_to_ear_ms: 0.1,
  media_latency_ms: 0.1,
  playout_delay_ms: 0.1,
  media_loss_rate: 0.0001,
};

/** One metric with labels that an expectation names, and the samples that fit. */
class Submetric {
  readonly samples = new Samples();
  readonly weighted: WeightedHistogram | null;
  part = 0;
  whole = 0;
  /** What the core has observed with these labels, if it is the core's. */
  core: LabelledSamples | null = null;

  constructor(
    readonly key: string,
    readonly selector: Selector,
  ) {
    const width = WIDTHS[selector.metric];
    this.weighted = width === undefined ? null : new WeightedHistogram(width);
  }

  fits(label: string, value: string | readonly string[]): boolean {
    const wanted = this.selector.labels[label];
    return wanted === undefined || (typeof value === 'string' ? value === wanted : value.includes(wanted));
  }
}

/** Metrics with labels: measured only where an expectation names them, so that others cost nothing. */
export class LabelledMetrics {
  private readonly all: readonly Submetric[];
  private readonly byMetric = new Map<string, Submetric[]>();

  constructor(private readonly world: World) {
    this.all = Object.keys(world.scenario.expectations)
      .filter((key) => key.includes('{'))
      .map((key) => new Submetric(key, parseSelector(key)));
    for (const each of this.all) {
      const same = this.byMetric.get(each.selector.metric);
      if (same === undefined) this.byMetric.set(each.selector.metric, [each]);
      else same.push(each);
    }
    if (this.all.length > 0) this.listen();
  }

  /** A sample of somebody's, labelled with the network of the person. */
  sample(metric: string, client: Pick<ClientRef, 'userId'>, atS: number, value: number): void {
    const wanted = this.byMetric.get(metric);
    if (wanted === undefined) return;
    const network = this.networkOf(client.userId);
    for (const each of wanted) if (each.fits('network', network)) each.samples.add(atS, value);
  }

  /** Counts for a rate, or a counter: `part` of `whole`. */
  count(metric: string, client: Pick<ClientRef, 'userId'>, part: number, whole = 0, code = ''): void {
    const wanted = this.byMetric.get(metric);
    if (wanted === undefined) return;
    const network = this.networkOf(client.userId);
    for (const each of wanted) {
      if (!each.fits('network', network) || !each.fits('code', code)) continue;
      each.part += part;
      each.whole += whole;
    }
  }

  /** Every metric with labels that an expectation names. Call once, at the end. */
  measured(): [name: string, measured: Measured][] {
    return this.all.map((each) => [each.key, this.valueOf(each)]);
  }

  private valueOf({ selector: { metric, labels }, samples, weighted, part, whole, core }: Submetric): Measured {
    const counter = (value: number): Measured => ({ kind: 'counter', value });
    switch (metric) {
      case 'migrations_started':
        return counter(this.total('voice_migrations_started_total', labels));
      case 'migrations_completed':
        return counter(this.total('voice_migrations_completed_total', labels));
      case 'migrations_rolled_back':
        return counter(this.total('voice_rollbacks_total', labels));
      case 'migrations_failed':
        return counter(this.failed(labels));
      case 'migration_success_rate': {
        const completed = this.total('voice_migrations_completed_total', labels);
        return rateOf(completed, completed + this.failed(labels));
      }
      case 'refused_joins':
      case 'reconnects':
      case 'voice_gaps':
        return counter(part);
      case 'error_rate':
      case 'concealed_rate':
      case 'relayed_rate':
        return rateOf(part, whole);
      default:
        return core?.samples ?? weighted ?? samples;
    }
  }

  /** As the metric without labels, only those that nobody has abandoned; named, they count. */
  private failed(labels: Labels): number {
    const all = this.total('voice_migrations_failed_total', labels);
    if (labels.reason !== undefined) return all;
    return all - this.total('voice_migrations_failed_total', { ...labels, reason: 'abandoned' });
  }

  private total(name: string, wanted: Labels): number {
    let sum = 0;
    for (const { name: each, labels, value } of this.world.recorder.labelled()) {
      if (each !== name) continue;
      const fits = Object.entries(wanted).every(([label, text]) => {
        const given = labels[label] ?? '';
        return label === 'reason' ? reasonOf(given) === text : given === text;
      });
      if (fits) sum += value;
    }
    return sum;
  }

  private listen(): void {
    const { events, recorder, ears } = this.world;
    for (const each of this.all) {
      const { metric, labels } = each.selector;
      if (metric === 'migration_duration_ms') each.core = recorder.watch('voice_migration_duration_ms', labels);
      if (metric === 'join_service_ms') each.core = recorder.watch('voice_join_latency_ms', labels);
    }
    events.listen({
      gap: ({ fromUs, toUs, listener, cause }) => this.gap('audible_gap_ms', fromUs, toUs, listener, cause),
    });
    if (ears === null) return;
    ears.listen({
      gap: ({ fromUs, toUs, listener, cause }) => {
        this.gap('voice_gap_ms', fromUs, toUs, listener, cause);
        this.gap('voice_gaps', fromUs, toUs, listener, cause);
      },
    });
    if (this.all.some(({ selector: { metric } }) => metric in WIDTHS || /^(concealed|relayed)_rate$/.test(metric)))
      ears.watch((listener, voice, r, mos) => this.heard(listener, voice, r, mos));
  }

  private gap(metric: string, fromUs: number, toUs: number, listener: string, cause: string): void {
    const wanted = this.byMetric.get(metric);
    if (wanted === undefined) return;
    const causes = cause.split(/: |, /).map((text) => text.replaceAll(' ', '-'));
    for (const each of wanted) {
      if (!each.fits('cause', causes) || !each.fits('network', this.networkOf(listener))) continue;
      each.samples.add(fromUs / 1e6, (toUs - fromUs) / 1e3);
      each.part++;
    }
  }

  private heard(listener: string, voice: VoiceInterval, r: number, mos: number): void {
    const { frames, lost } = voice;
    const played = frames - lost;
    const network = this.networkOf(listener);
    for (const each of this.all) {
      if (!each.fits('network', network) || !each.fits('mode', voice.path)) continue;
      const { metric } = each.selector;
      if (metric === 'concealed_rate' || metric === 'relayed_rate') {
        each.part += metric === 'concealed_rate' ? lost : voice.relayed === true ? frames : 0;
        each.whole += frames;
        continue;
      }
      if (metric === 'mos') each.weighted?.add(mos, frames);
      else if (metric === 'r_factor') each.weighted?.add(r, frames);
      else if (metric === 'media_loss_rate') each.weighted?.add((voice.networkLost ?? lost) / frames, frames);
      else if (metric === 'mouth_to_ear_ms') each.weighted?.add(voice.mouthToEarMs, played);
      else if (metric === 'media_latency_ms') each.weighted?.add(voice.networkDelayMs, played);
      else if (metric === 'playout_delay_ms') each.weighted?.add(voice.playoutDelayMs, played);
    }
  }

  /** Name of somebody's access network now. */
  private networkOf(userId: string): string {
    const host = this.world.hosts.get(`client-${userId}`);
    const profile = host === undefined ? '' : this.world.network.profileOf(host);
    return typeof profile === 'string' ? profile : '';
  }
}

/** The labels' word for what a server has said. */
function reasonOf(reason: string): string {
  const known: readonly string[] = MIGRATION_REASONS;
  return known.includes(reason) ? reason : 'other';
}
