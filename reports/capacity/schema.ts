import { z } from 'zod';
import { metricSchema } from '../result-schema.js';

/** Version of the file of a sweep or of a search for the capacity. It grows with every change that older readers cannot take. */
export const CAPACITY_SCHEMA_VERSION = 1;

const problemSchema = z.object({ code: z.string(), message: z.string() });

const runSchema = z.object({
  seed: z.int(),
  /** Why there is no result; then nothing else is there. */
  problem: problemSchema.optional(),
  verdict: z.enum(['pass', 'slo-missed', 'safety', 'liveness', 'interrupted']).optional(),
  traceHash: z.string().optional(),
  simulatedSeconds: z.number().optional(),
  metrics: z.record(z.string(), metricSchema).default({}),
  /** In the order of `levels`. */
  levels: z
    .array(z.object({ actual: z.number().nullable(), pass: z.boolean(), reason: z.string().optional() }))
    .default([]),
  /** Violations by oracle. */
  violations: z.record(z.string(), z.int()).default({}),
  /** Command that makes this run again. */
  replay: z.string().optional(),
});

const costSchema = z.object({
  totalUsd: z.number(),
  items: z.array(
    z.object({ label: z.string(), quantity: z.number(), unit: z.string(), unitUsd: z.number(), usd: z.number() }),
  ),
  /** What SFU nodes and relays send in a month, in GB of 1e9 bytes. */
  egressGb: z.number(),
  relayGb: z.number(),
});

const settingSchema = z.object({
  /** One for each variation. */
  values: z.array(z.string()),
  overrides: z.array(z.string()),
  /** Participants at which channels move to the SFU, and back; null: the setting is not valid. */
  thresholds: z.object({ enable: z.int(), disable: z.int() }).nullable(),
  /** The setting is not valid: nothing was run. */
  problem: problemSchema.optional(),
  runs: z.array(runSchema),
  /** A month like the load phase, mean over the seeds; null: traffic was not simulated. */
  cost: costSchema.nullable(),
});

/** What there is of a metric: figures of a histogram, or `value`. */
export const METRIC_FIELDS = ['count', 'min', 'avg', 'med', 'p90', 'p95', 'p99', 'max', 'value'] as const;

const figureSchema = z.object({
  metric: z.string(),
  field: z.enum(METRIC_FIELDS),
  unit: z.string(),
  /** Which direction is worse, for the worst seed. */
  worse: z.enum(['higher', 'lower']),
});

const cliffSchema = z.object({
  /** Index of the variation along which it lies, and the values of the others. */
  variation: z.int(),
  at: z.array(z.string()),
  /** The last setting that held, and the next one, which did not; indices of settings. */
  held: z.int(),
  missed: z.int(),
  /** Expression of the first level missed there, with its metric. */
  level: z.string(),
});

const recommendationSchema = z.object({
  /** Index of the setting; null: none can be recommended. */
  setting: z.int().nullable(),
  /** Why, one sentence a line. */
  reasons: z.array(z.string()),
});

const resourceSchema = z.object({
  resource: z.string(),
  metric: z.string(),
  /** Share of what there is that was used, at the failing load, on the worst seed. */
  used: z.number(),
  /** Share from which it limits. */
  limit: z.number(),
});

const capacitySchema = z.object({
  key: z.string(),
  min: z.number(),
  max: z.number(),
  /** Largest load at which every level held on every seed; null: none. */
  passed: z.number().nullable(),
  /** Smallest load at which one was missed; null: none up to `max`. */
  failed: z.number().nullable(),
  /** Loads at which the outcome contradicts a simple limit: failed below one that passed. */
  exceptions: z.array(z.number()),
  /** Loads that were stepped over because they make no valid scenario; nothing is known of those that nobody looked at. */
  skipped: z.array(z.object({ from: z.number(), to: z.number(), why: z.string() })).default([]),
  /** Level missed first at `failed`, with its metric; null without a failure. */
  level: z.string().nullable(),
  limiting: z.object({
    /** `none measured` when no resource was near its limit. */
    resource: z.string(),
    why: z.string(),
    resources: z.array(resourceSchema),
  }),
  /** Command that makes the failing run again. */
  replay: z.string().nullable(),
});

const pricesSchema = z.object({
  id: z.string(),
  title: z.string(),
  date: z.string(),
  source: z.string(),
  traffic: z.object({ title: z.string(), date: z.string(), source: z.string() }),
  hoursPerMonth: z.number(),
  /** The documents' budgets, for comparison. */
  budgets: z.array(z.object({ document: z.string(), totalUsd: z.number(), toleranceShare: z.number() })),
});

/** A sweep, or a search for the capacity: plain JSON, and the only thing that capacity reports read. No wall times: the same seeds give the same bytes. */
export const capacityFileSchema = z.object({
  schemaVersion: z.literal(CAPACITY_SCHEMA_VERSION),
  kind: z.enum(['sweep', 'capacity']),
  deadairVersion: z.string(),
  /** The command that makes this file again. */
  command: z.string(),
  scenario: z.object({
    name: z.string(),
    description: z.string(),
    /** Identity of the resolved scenario without the variations. */
    hash: z.string(),
    options: z.record(z.string(), z.unknown()),
  }),
  overrides: z.array(z.string()),
  variations: z.array(z.object({ key: z.string(), values: z.array(z.string()) })),
  links: z.array(z.object({ key: z.string(), expression: z.string() })),
  seeds: z.array(z.int()),
  levels: z.array(z.object({ metric: z.string(), expression: z.string(), level: z.enum(['fail', 'warn']) })),
  /** What tables and charts show. */
  figures: z.array(figureSchema),
  settings: z.array(settingSchema),
  prices: pricesSchema,
  analysis: z.object({
    cliffs: z.array(cliffSchema),
    /** The front of cost against quality; null when either was not measured. */
    pareto: z
      .object({
        quality: figureSchema,
        /** Indices of settings on the front, cheapest first. */
        front: z.array(z.int()),
      })
      .nullable(),
    recommendation: recommendationSchema.nullable(),
  }),
  capacity: capacitySchema.optional(),
});

export type CapacityFile = z.output<typeof capacityFileSchema>;
export type SettingResult = CapacityFile['settings'][number];
export type RunFigures = SettingResult['runs'][number];
export type Figure = CapacityFile['figures'][number];
export type MonthCost = NonNullable<SettingResult['cost']>;
export type CapacityOutcome = NonNullable<CapacityFile['capacity']>;
