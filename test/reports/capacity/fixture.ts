import type { CapacityFile } from '../../../reports/index.js';

interface Made {
  readonly values: readonly string[];
  readonly mos?: number;
  readonly usd?: number;
  readonly switches?: number;
  readonly uplink?: number;
  /** Seeds on which the level was missed. */
  readonly missed?: readonly number[];
  /** Seeds on which there were no samples for it. */
  readonly unmeasured?: readonly number[];
  readonly invalid?: true;
  readonly thresholds?: { readonly enable: number; readonly disable: number };
}

/** A file with made-up figures. */
export function madeUp(
  variations: readonly { readonly key: string; readonly values: readonly string[] }[],
  settings: readonly Made[],
  seeds = [1, 2],
): CapacityFile {
  return {
    schemaVersion: 1,
    kind: 'sweep',
    deadairVersion: '0.0.0',
    command: 'deadair sweep made-up --vary <a>',
    scenario: { name: 'made-up', description: 'Not <real>.', hash: '0123456789abcdef', options: {} },
    overrides: [],
    variations: variations.map(({ key, values }) => ({ key, values: [...values] })),
    links: [],
    seeds,
    levels: [{ metric: 'mos', expression: 'avg>4', level: 'fail' }],
    figures: [{ metric: 'mos', field: 'avg', unit: '1', worse: 'lower' }],
    settings: settings.map((made) => ({
      values: [...made.values],
      overrides: [],
      thresholds: made.thresholds ?? { enable: Number(made.values[0]), disable: Number(made.values[0]) - 3 },
      ...(made.invalid ? { problem: { code: 'scenario.invalid', message: 'not <valid>' } } : {}),
      runs: made.invalid ? [] : seeds.map((seed) => run(made, seed)),
      cost:
        made.usd === undefined
          ? null
          : {
              totalUsd: made.usd,
              items: [{ label: 'egress', quantity: 10, unit: 'GB', unitUsd: made.usd / 10, usd: made.usd }],
              egressGb: 8,
              relayGb: 2,
            },
    })),
    prices: {
      id: 'p',
      title: 'prices',
      date: 'today',
      source: 'us',
      traffic: { title: 't', date: 'd', source: 's' },
      hoursPerMonth: 730,
      budgets: [{ document: 'A16', totalUsd: 830, toleranceShare: 0 }],
    },
    analysis: { cliffs: [], pareto: null, recommendation: null },
  };
}

function run({ mos = 4.3, switches = 10, uplink = 0.5, missed = [], unmeasured = [] }: Made, seed: number) {
  const histogram = (value: number) => ({
    kind: 'histogram' as const,
    unit: '1',
    count: 5,
    min: value,
    avg: value + (seed - 1) / 1000,
    med: value,
    p90: value,
    p95: value,
    p99: value,
    max: value,
  });
  const pass = ![...missed, ...unmeasured].includes(seed);
  return {
    seed,
    verdict: pass ? ('pass' as const) : ('slo-missed' as const),
    traceHash: 'abc',
    simulatedSeconds: 3_600,
    metrics: {
      mos: histogram(mos),
      uplink_use: histogram(uplink),
      mode_switches: { kind: 'counter' as const, unit: '1', value: switches },
    },
    levels: [{ actual: unmeasured.includes(seed) ? null : mos, pass }],
    violations: {},
    replay: `deadair run made-up --seed ${seed}`,
  };
}
