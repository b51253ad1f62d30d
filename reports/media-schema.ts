import { z } from 'zod';

/** How voice was heard. Only in results of worlds with voice. */
export const mediaSchema = z.object({
  /** `packet`: each packet travelled; `flow`: sums per link and interval. */
  fidelity: z.enum(['flow', 'packet']),
  /** How MOS was computed. */
  model: z.object({
    /** Formula, with its ITU-T number. */
    formula: z.string(),
    /** The row of constants for each layer, and the scale it lives on. */
    rows: z.array(
      z.object({ layer: z.string(), codec: z.string(), scale: z.string(), ie: z.number(), bpl: z.number() }),
    ),
  }),
  /** Shorter silences are no gaps. */
  audibleGapMs: z.number(),
  /** Shares of the frames spoken, by opinion score: [from, share], each `step` wide. Empty: nobody spoke. */
  mosDistribution: z.object({ step: z.number(), bars: z.array(z.tuple([z.number(), z.number()])) }),
  /** Over time: [at in s, 5th percentile, median]. */
  mosOverTime: z.array(z.tuple([z.number(), z.number(), z.number()])),
  /** Delays over time, percentiles of all frames played: [at in s, p50, p95, p99]. */
  delays: z.array(
    z.object({
      /** Metric of the same quantity. */
      name: z.string(),
      points: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
    }),
  ),
  /** The people who heard worst, worst first; at most 20. */
  listeners: z.array(
    z.object({
      userId: z.string(),
      /** Average opinion score of all frames. */
      mos: z.number(),
      /** Share of the time in which others talked that was an audible gap. */
      dropoutShare: z.number(),
      /** Share of frames neither arrived in time nor repaired. */
      lostShare: z.number(),
      spokenS: z.number(),
    }),
  ),
  /** Who hears whom: the channels with most trouble, then the largest; at most 3. */
  channels: z.array(
    z.object({
      channelId: z.int(),
      /** Pairs that were watched, and of these those that stand here. */
      pairs: z.int(),
      rows: z.array(
        z.object({
          listener: z.string(),
          talker: z.string(),
          /** [from in s, state]: holds until the next. 0 nobody spoke, 1 heard, 2 heard twice, 3 silent, 4 not watched. */
          steps: z.array(z.tuple([z.number(), z.int().min(0).max(4)])),
        }),
      ),
    }),
  ),
  /** The smallest unit of time of `channels`, in s: each shows the worst that was in it. */
  cellS: z.number(),
  /** Layers received: [at in s, kbit/s of the encoder]; the last value holds until the end. */
  layers: z.array(
    z.object({
      channelId: z.int(),
      listener: z.string(),
      talker: z.string(),
      points: z.array(z.tuple([z.number(), z.number()])),
    }),
  ),
  /** Bandwidth estimates beside the truth: [at in s, estimate in kbit/s, capacity in kbit/s or null for no limit]. */
  estimates: z.array(
    z.object({
      host: z.string(),
      direction: z.enum(['up', 'down']),
      points: z.array(z.tuple([z.number(), z.number(), z.number().nullable()])),
    }),
  ),
  /** Audible gaps, at most 200, the longest. */
  gaps: z.array(
    z.object({
      atS: z.number(),
      durationMs: z.number(),
      listener: z.string(),
      talker: z.string(),
      channelId: z.int(),
      cause: z.string(),
    }),
  ),
  /** All audible gaps by cause. */
  gapCauses: z.array(z.object({ cause: z.string(), count: z.int(), totalMs: z.number() })),
  /** Links that became worse, and how voice came through it; at most 100. null: not to be said. */
  impairments: z.array(
    z.object({
      host: z.string(),
      kind: z.string(),
      fromS: z.number(),
      /** null: until the end. */
      untilS: z.number().nullable(),
      adaptationMs: z.number().nullable(),
      recoveryMs: z.number().nullable(),
      layerRecoveryMs: z.number().nullable(),
    }),
  ),
});

/** How voice was heard. */
export type MediaResult = z.output<typeof mediaSchema>;
