import { metricCatalogue } from '../../core/metrics.js';
import type { RunResult } from '../../reports/result-schema.js';
import type { Detail } from '../detail.js';
import type { Samples } from '../metrics/recorder.js';
import { type Judge, oracles } from '../oracles/index.js';
import {
  evaluateExpectations,
  type Measured,
  metricDescription,
  parseSelector,
  scenarioHash,
} from '../scenario/index.js';
import { DEADAIR_VERSION } from '../version.js';
import { alertsResult } from './alerts-result.js';
import type { Measurements } from './measurements.js';
import { mediaResult } from './media-result.js';
import { eventLabel } from './recent-events.js';
import { rolloutResult } from './rollout-result.js';
import type { World } from './world.js';

const SAMPLES_KEPT = 2_000;

/** Puts everything that was measured and judged into the result file's shape. */
export function buildResult(parts: {
  readonly world: World;
  readonly judge: Judge;
  readonly measurements: Measurements;
  /** Of figures: what only pages show is left out. */
  readonly detail: Detail;
  readonly quietAfterUs: number | null;
  readonly seed: number;
  readonly wallSeconds: number;
  /** The run was broken off: simulated time it should have taken, in seconds. Then nothing is judged that needs the end. */
  readonly interruptedOfS: number | null;
}): RunResult {
  const { world, judge, measurements, quietAfterUs, interruptedOfS, detail } = parts;
  const pictures = detail === 'all';
  const { scenario, sim, hearing, faults, recorder, ears } = world;
  const measured = measurements.all(judge, quietAfterUs);
  const interrupted = interruptedOfS !== null;
  const expectations = interrupted ? [] : evaluateExpectations(scenario.expectations, measured);
  const violations = judge.violations.map(({ oracle, kind, atUs, message, subjects, events }) => ({
    oracle,
    kind,
    atS: atUs / 1e6,
    message,
    subjects: [...subjects],
    events: events.map((event) => ({
      atUs: event.atUs,
      from: event.host,
      to: event.to ?? null,
      kind: event.kind,
      label: eventLabel(event),
    })),
  }));
  const points = (name: string, samples: Samples) => ({ name, points: samples.points(SAMPLES_KEPT) });
  return {
    schemaVersion: 1,
    deadairVersion: DEADAIR_VERSION,
    scenario: {
      name: scenario.name,
      description: scenario.description,
      hash: scenarioHash(scenario),
      options: scenario as unknown as Record<string, unknown>,
    },
    seed: parts.seed,
    traceHash: sim.trace.hash,
    simulatedSeconds: sim.nowUs / 1e6,
    wallSeconds: parts.wallSeconds,
    events: sim.eventsRun,
    clients: world.population.clients.length,
    metrics: Object.fromEntries(Object.entries(measured).map(([name, value]) => [name, metricOf(name, value)])),
    expectations,
    violations,
    series: pictures
      ? measurements.series.map(({ name, unit, points: values }) => ({ name, unit, points: values }))
      : [],
    samples: pictures
      ? [
          points('join_latency_ms', measurements.joinLatency),
          points('first_connection_ms', measurements.firstConnection),
          points('migration_duration_ms', recorder.samples('voice_migration_duration_ms')),
        ]
      : [],
    gaps: (pictures ? hearing.gaps.longest() : []).map(({ fromUs, toUs, listener, talker, channelId, cause }) => ({
      atS: fromUs / 1e6,
      durationMs: (toUs - fromUs) / 1e3,
      listener,
      talker,
      channelId,
      cause,
    })),
    faults: faults.records.map(({ kind, target, fromUs, toUs }) => ({
      kind,
      target,
      fromS: fromUs / 1e6,
      toS: Math.min(toUs, sim.nowUs) / 1e6,
    })),
    notes: [...(interrupted ? [`interrupted at ${sim.nowUs / 1e6} s of ${interruptedOfS} s`] : []), ...notesOf(parts)],
    verdict: violations.some(({ kind }) => kind === 'safety')
      ? 'safety'
      : violations.length > 0
        ? 'liveness'
        : expectations.some(({ pass, level }) => !pass && level === 'fail')
          ? 'slo-missed'
          : interrupted
            ? 'interrupted'
            : 'pass',
    oracles: oracles.filter(({ needs }) => needs !== 'voice' || ears !== null).map(({ id }) => id),
    ...(interrupted ? { interrupted } : {}),
    ...(ears === null || !pictures ? {} : { media: mediaResult(ears, scenario.media.fidelity) }),
    ...(world.rolloutWatch === null ? {} : { rollout: rolloutResult(world.rolloutWatch) }),
    ...(world.alerting === null ? {} : { alerts: alertsResult(world.alerting, world.machines !== null) }),
  };
}

function metricOf(name: string, measured: Measured): RunResult['metrics'][string] {
  const unit = metricDescription(parseSelector(name).metric)?.unit ?? '1';
  if (measured.kind !== 'histogram') return { kind: measured.kind, unit, value: measured.value };
  const { count } = measured;
  const figure = (value: number) => (count > 0 ? value : null);
  const quantile = (share: number) => figure(count > 0 ? measured.quantile(share) : 0);
  return {
    kind: 'histogram',
    unit,
    count,
    min: figure(measured.min),
    avg: figure(measured.avg),
    med: quantile(0.5),
    p90: quantile(0.9),
    p95: quantile(0.95),
    p99: quantile(0.99),
    max: figure(measured.max),
  };
}

function notesOf({ world, judge }: { readonly world: World; readonly judge: Judge }): string[] {
  const notes: string[] = [];
  for (const [oracle, count] of judge.counts)
    if (count > 5) notes.push(`${oracle}: ${count} violations, the first 5 are kept`);
  for (const { name, labels, value } of world.recorder.labelled()) {
    if (!/failed|rollbacks|reconciled|refused/.test(name)) continue;
    const help = metricCatalogue.find((each) => each.name === name)?.help ?? name;
    const which = Object.entries(labels).map(([label, text]) => `${label} ${text}`);
    notes.push(`${help} (${which.join(', ')}): ${value}`);
  }
  const warnings = new Map<string, number>();
  for (const { message } of world.warnings) {
    const text = message.split(' {')[0]!;
    warnings.set(text, (warnings.get(text) ?? 0) + 1);
  }
  for (const [text, count] of warnings) notes.push(`${count} x ${text}`);
  return notes;
}
