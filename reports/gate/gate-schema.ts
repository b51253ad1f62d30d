import { z } from 'zod';
import { metricSchema, poolSchema } from '../result-schema.js';
import { comparisonSchema } from './comparison-schema.js';

/** Version of the gate result file. It grows with every change that older readers cannot take. */
export const GATE_SCHEMA_VERSION = 1;

/** How a value per seed becomes one; `pooled`: of the samples of all seeds together. */
export const OVER = ['worst', 'best', 'median', 'mean', 'pooled'] as const;

const entrySchema = z.object({
  name: z.string(),
  description: z.string(),
  /** The scenario as `deadair run` takes it, and its overrides. */
  reference: z.string(),
  overrides: z.array(z.string()),
  /** Identity of what is run: the scenario as it is written, after overrides, without its service levels. */
  hash: z.string(),
  /** Identity of its service levels. */
  levels: z.string(),
  seeds: z.array(z.int()),
});

const suiteSchema = z.object({
  name: z.string(),
  /** As `deadair gate` was given it: a name or a path. Absent: written by an earlier version. */
  reference: z.string().optional(),
  description: z.string(),
  /** Identity of all of it: scenarios, levels and seeds. */
  hash: z.string(),
  scenarios: z.array(entrySchema),
});

/** What is kept of one run. */
export const gateRunSchema = z.object({
  scenario: z.string(),
  seed: z.int(),
  /** `broken`: there is no result, see `problem`. */
  verdict: z.enum(['pass', 'slo-missed', 'safety', 'liveness', 'broken']),
  traceHash: z.string(),
  simulatedSeconds: z.number(),
  events: z.int().min(0),
  metrics: z.record(z.string(), metricSchema),
  expectations: z.array(
    z.object({
      metric: z.string(),
      expression: z.string(),
      level: z.enum(['fail', 'warn']),
      over: z.enum(OVER),
      /** One for each comparison of the expression; null: no samples. */
      values: z.array(z.number().nullable()),
      /** The samples, where `over` is `pooled`. */
      pool: poolSchema.optional(),
    }),
  ),
  /** The first of each oracle. */
  violations: z.array(
    z.object({ oracle: z.string(), kind: z.enum(['safety', 'liveness']), atS: z.number(), message: z.string() }),
  ),
  problem: z.object({ code: z.string(), message: z.string() }).optional(),
});

const levelSchema = z.object({
  metric: z.string(),
  unit: z.string(),
  expression: z.string(),
  level: z.enum(['fail', 'warn']),
  over: z.enum(OVER),
  /** Measured over the seeds; null: no samples. */
  actual: z.number().nullable(),
  pass: z.boolean(),
  reason: z.string().optional(),
  /** The seed that was worst; of samples of all seeds together: that contributed most. */
  seed: z.int(),
  /** Seeds at which it does not hold. */
  missedSeeds: z.int(),
});

const foundSchema = z.object({
  oracle: z.string(),
  kind: z.enum(['safety', 'liveness']),
  message: z.string(),
  atS: z.number(),
  /** The first seed at which it was seen, and how many seeds saw it. */
  seed: z.int(),
  seeds: z.int(),
});

const problemSchema = z.object({ code: z.string(), message: z.string(), seed: z.int(), seeds: z.int() });

/** `interrupted`: runs are missing, and those that were made met everything. */
const verdictSchema = z.enum(['pass', 'slo-missed', 'regression', 'safety', 'liveness', 'broken', 'interrupted']);

const scenarioSchema = z.object({
  name: z.string(),
  verdict: verdictSchema,
  /** Seeds that were run. */
  seeds: z.int(),
  levels: z.array(levelSchema),
  violations: z.array(foundSchema),
  problems: z.array(problemSchema),
});

/** The result of a gate: plain JSON, the same bytes for the same suite and program; no wall time in it. */
export const gateSchema = z.object({
  kind: z.literal('deadair-gate'),
  schemaVersion: z.literal(GATE_SCHEMA_VERSION),
  deadairVersion: z.string(),
  suite: suiteSchema,
  /** Absent: all of it. */
  shard: z.object({ index: z.int().min(1), of: z.int().min(1) }).optional(),
  /** Points that were not run: the gate was interrupted. Absent: none. */
  missing: z.array(z.object({ scenario: z.string(), seed: z.int() })).optional(),
  verdict: verdictSchema,
  scenarios: z.array(scenarioSchema),
  comparison: comparisonSchema.optional(),
  /** In the order of the suite, then of seeds. */
  runs: z.array(gateRunSchema),
});

export type GateResult = z.output<typeof gateSchema>;
export type GateSuite = GateResult['suite'];
export type GateRun = z.output<typeof gateRunSchema>;
export type GateLevel = z.output<typeof levelSchema>;
export type GateFinding = z.output<typeof foundSchema>;
export type GateScenario = z.output<typeof scenarioSchema>;
export type GateVerdict = z.output<typeof verdictSchema>;
export type Over = (typeof OVER)[number];
