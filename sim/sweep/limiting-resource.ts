import type { CapacityOutcome, RunFigures } from '../../reports/capacity/schema.js';

type Limiting = CapacityOutcome['limiting'];

/** How the use of a resource is read from the metrics of a run. */
interface Resource {
  readonly resource: string;
  /** Measured only where the machines of the SFU nodes are simulated. */
  readonly machine?: true;
  /** Metrics that tell its use, as a share of what there is; the first that was measured counts. */
  readonly metrics: readonly string[];
  readonly field: 'p95' | 'p99' | 'max';
  /** Full, for a metric that is no share: what counts as 1. */
  readonly full?: number;
  /** Share from which on queues grow so that it limits. */
  readonly limit: number;
}

/**
 * The rule. At the smallest load that fails, on its worst seed, each resource has a use from 0 to 1. Those above their limit are the
 * candidates; of these the one furthest above it limits. Limits are where queueing doubles a wait (M/D/1 at 0.8 waits two service times) or where
 * nothing is left. When none is above its limit the level was missed for another reason, and that is said.
 */
const RESOURCES: readonly Resource[] = [
  { resource: 'CPU of the SFU nodes', metrics: ['sfu_cpu_max', 'sfu_cpu'], machine: true, field: 'max', limit: 0.8 },
  {
    resource: 'memory of the SFU nodes',
    metrics: ['sfu_memory_max', 'sfu_memory'],
    machine: true,
    field: 'max',
    limit: 0.9,
  },
  {
    resource: 'network card of the SFU nodes',
    metrics: ['sfu_card_max', 'sfu_card'],
    machine: true,
    field: 'max',
    limit: 0.8,
  },
  { resource: 'places on the SFU nodes', metrics: ['sfu_full_max'], field: 'max', limit: 1 },
  { resource: "clients' uplinks (mesh)", metrics: ['uplink_use'], field: 'max', limit: 1 },
  { resource: 'Redis', metrics: ['redis_use'], field: 'max', limit: 0.7 },
  // a join should be answered within 200 ms; a single retry for a lock takes half of that
  { resource: 'lock of a channel', metrics: ['lock_wait_ms'], field: 'p95', full: 200, limit: 1 },
];

const UNSIMULATED =
  'CPU, memory and network card of the SFU nodes are not simulated in this scenario: --set topology.sfuNode={} adds them.';

/** Which resource limits, from what was measured at a load that failed. */
export function limitingResource(runs: readonly RunFigures[]): Limiting {
  const resources = RESOURCES.flatMap(({ resource, metrics, field, full = 1, limit }) => {
    let used = Number.NEGATIVE_INFINITY;
    let metric = '';
    for (const run of runs) {
      const name = metrics.find((candidate) => run.metrics[candidate] !== undefined);
      const measured = name === undefined ? undefined : run.metrics[name];
      const value = measured === undefined ? null : measured.kind === 'histogram' ? measured[field] : measured.value;
      if (value === null || name === undefined || value / full <= used) continue;
      used = value / full;
      metric = name;
    }
    return metric === '' ? [] : [{ resource, metric, used, limit }];
  });
  const over = resources.filter(({ used, limit }) => used >= limit);
  over.sort((a, b) => b.used / b.limit - a.used / a.limit);
  const [first] = over;
  const machine = RESOURCES.filter((resource) => resource.machine === true).map(({ resource }) => resource);
  const simulated = resources.some(({ resource }) => machine.includes(resource));
  if (first === undefined) {
    const listed = resources.map(({ resource, used }) => `${resource} ${percent(used)}`).join(', ');
    const near = `None was near its limit (${listed || 'nothing was measured'})`;
    return {
      resource: 'none that is measured',
      why: simulated ? `${near}: what the people and their networks do misses the level.` : `${near}. ${UNSIMULATED}`,
      resources,
    };
  }
  const others = over.slice(1).map(({ resource, used }) => `${resource} ${percent(used)}`);
  const also = others.length === 0 ? '' : `; also over their limits: ${others.join(', ')}`;
  return {
    resource: first.resource,
    why: `${first.metric} is at ${percent(first.used)} of ${wholeOf(first.metric)}, limit ${percent(first.limit)}${also}.${simulated ? '' : ` ${UNSIMULATED}`}`,
    resources,
  };
}

function wholeOf(metric: string): string {
  const full = RESOURCES.find(({ metrics }) => metrics.includes(metric))?.full;
  return full === undefined ? 'what there is' : `${full} ms`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
