import { z } from 'zod';
import { alertsSchema } from './alerts-schema.js';
import { mediaSchema } from './media-schema.js';
import { rolloutSchema } from './rollout-schema.js';

/** Version of the result file. It grows with every change that older readers cannot take. */
export const RESULT_SCHEMA_VERSION = 1;

const point = z.tuple([z.number(), z.number()]);

/** One metric of a run. */
export const metricSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('histogram'),
    unit: z.string(),
    count: z.int().min(0),
    /** The figures are null when `count` is 0. */
    min: z.number().nullable(),
    avg: z.number().nullable(),
    med: z.number().nullable(),
    p90: z.number().nullable(),
    p95: z.number().nullable(),
    p99: z.number().nullable(),
    max: z.number().nullable(),
  }),
  z.object({
    kind: z.enum(['counter', 'gauge', 'rate']),
    unit: z.string(),
    /** null: nothing was measured. */
    value: z.number().nullable(),
  }),
]);

/** Samples that can be put together with those of other runs. */
export const poolSchema = z.object({
  /** Sum of all weights; of a rate, what it is of. */
  count: z.number(),
  sum: z.number(),
  /** null: no samples, or a rate. */
  min: z.number().nullable(),
  max: z.number().nullable(),
  /** [value of four digits, weight], rising; none of a rate. */
  values: z.array(point),
});

const expectationSchema = z.object({
  metric: z.string(),
  expression: z.string(),
  level: z.enum(['fail', 'warn']),
  actual: z.number().nullable(),
  pass: z.boolean(),
  /** Of `actual`, if it is not that of the metric. */
  unit: z.string().optional(),
  /** The values of all comparisons of the expression, if there are several; null: no samples. */
  values: z.array(z.number().nullable()).optional(),
  reason: z.string().optional(),
  /** Of a level that is judged over the samples of several runs together. */
  pool: poolSchema.optional(),
});

const violationEventSchema = z.object({
  /** Simulated time in microseconds. */
  atUs: z.number(),
  /** Host where it happened, or that sent. */
  from: z.string(),
  /** Host that received; null when nothing travelled. */
  to: z.string().nullable(),
  kind: z.string(),
  label: z.string(),
});

const violationSchema = z.object({
  /** Oracle that saw it. */
  oracle: z.string(),
  kind: z.enum(['safety', 'liveness']),
  atS: z.number(),
  message: z.string(),
  /** Users, channels or hosts that it is about. */
  subjects: z.array(z.string()),
  /** The last events before it, in order. */
  events: z.array(violationEventSchema),
});

const seriesSchema = z.object({
  /** `migrations_in_progress`, `channels_p2p`, `channels_sfu`, `participants_p2p`, `participants_sfu`, `clients_connected` */
  name: z.string(),
  unit: z.string(),
  /** [time in s, value]; a value holds until the next point. */
  points: z.array(point),
});

const sampleSchema = z.object({
  /** Name of the histogram metric. */
  name: z.string(),
  /** [time in s, value in the unit of the metric], at most 2 000, evenly thinned. */
  points: z.array(point),
});

const gapSchema = z.object({
  atS: z.number(),
  durationMs: z.number(),
  listener: z.string(),
  talker: z.string(),
  channelId: z.int(),
  cause: z.string(),
});

const faultSchema = z.object({ kind: z.string(), target: z.string(), fromS: z.number(), toS: z.number() });

/** The result of one run: plain JSON, and the only thing that reports read. */
export const resultSchema = z.object({
  schemaVersion: z.literal(RESULT_SCHEMA_VERSION),
  deadairVersion: z.string(),
  scenario: z.object({
    name: z.string(),
    description: z.string(),
    /** Identity of the resolved scenario. */
    hash: z.string(),
    /** The whole resolved scenario. */
    options: z.record(z.string(), z.unknown()),
  }),
  seed: z.int(),
  /** 16 hex digits; equal for equal program, scenario and seed. */
  traceHash: z.string(),
  simulatedSeconds: z.number(),
  /** Wall time; not part of any output that must be the same for the same seed. */
  wallSeconds: z.number(),
  events: z.int().min(0),
  clients: z.int().min(0),
  metrics: z.record(z.string(), metricSchema),
  expectations: z.array(expectationSchema),
  violations: z.array(violationSchema),
  series: z.array(seriesSchema),
  samples: z.array(sampleSchema),
  /** At most 500, the longest. */
  gaps: z.array(gapSchema),
  faults: z.array(faultSchema),
  notes: z.array(z.string()),
  /** `interrupted`: broken off before anything was objected to. */
  verdict: z.enum(['pass', 'slo-missed', 'safety', 'liveness', 'interrupted']),
  /** Command that makes this result again; filled in by the command line. */
  replay: z.string().optional(),
  /** Oracles that judged the run; names only. */
  oracles: z.array(z.string()).optional(),
  /** The run was broken off before its end: expectations, and what must hold at the end, were not judged. */
  interrupted: z.literal(true).optional(),
  /** How voice was heard; absent when voice was not simulated. Older readers leave it out. */
  media: mediaSchema.optional(),
  /** A rollout; absent where everybody had the service from the start. */
  rollout: rolloutSchema.optional(),
  /** Alerts; absent when nothing was monitored. */
  alerts: alertsSchema.optional(),
});

export type { AlertEvent, AlertsResult } from './alerts-schema.js';
export type { MediaResult } from './media-schema.js';
export type { RolloutResult } from './rollout-schema.js';
export type RunResult = z.output<typeof resultSchema>;
export type Verdict = RunResult['verdict'];
export type Metric = z.output<typeof metricSchema>;
export type Histogram = Extract<Metric, { kind: 'histogram' }>;
export type Violation = z.output<typeof violationSchema>;
export type ViolationEvent = z.output<typeof violationEventSchema>;
export type Series = z.output<typeof seriesSchema>;
export type Gap = z.output<typeof gapSchema>;
export type FaultWindow = z.output<typeof faultSchema>;
export type ExpectationVerdict = z.output<typeof expectationSchema>;
