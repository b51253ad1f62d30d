import { z } from 'zod';

const share = z.number().min(0).max(1);
const milliseconds = z.number().min(0).max(3_600_000);

/**
 * Loss in bursts: a Markov chain of two states, one step a packet (Gilbert 1960, Elliott 1963). Share of bad packets p/(p+r), mean
 * bad run 1/r.
 */
export const burstLossSchema = z.strictObject({
  /** Probability of good to bad after a packet. */
  p: share,
  /** Probability of bad to good after a packet; above 0. */
  r: z.number().gt(0).max(1),
  /** Share of packets lost in the good state. Default 0. */
  lossGood: share.default(0),
  /** Share of packets lost in the bad state. Default 1. */
  lossBad: share.default(1),
});

/** Loss in bursts, resolved. */
export type BurstLoss = z.output<typeof burstLossSchema>;

const impairments = {
  /** Propagation delay in ms. Default 0. */
  delayMs: milliseconds,
  /** Width of the jitter in ms: half range (`uniform`), standard deviation (`normal`) or mean (`exponential`). Default 0. */
  jitterMs: milliseconds,
  /** Shape of the jitter. `uniform` and `normal` lie around the delay, `exponential` only adds. Default `uniform`. */
  jitterShape: z.enum(['uniform', 'normal', 'exponential']),
  /** Share of packets lost, each on its own. Default 0. */
  lossRate: share,
  /** Loss in bursts; it takes the place of `lossRate`. Default none (null). */
  burstLoss: burstLossSchema.nullable(),
  /** Share of packets that arrive twice. Default 0. */
  duplicateRate: share,
  /** Share of packets held back so that later ones overtake them. Nothing else reorders. Default 0. */
  reorderRate: share,
  /** How long such a packet is held back, in ms. Default 20. */
  reorderDelayMs: milliseconds,
  /** Rate of the link in kbit/s; null: so fast that it does not matter. Default null. */
  rateKbps: z.number().gt(0).max(1e9).nullable(),
} as const;

const queue = {
  /** Capacity trace (name in `traces` of the network options) instead of a constant rate. Default null. */
  trace: z.string().min(1).nullable(),
  /** A packet that would wait longer than this in the queue of a link with a rate or trace is dropped, in ms; null: no limit. Default 300 (RFC 8867, section 4.3). */
  queueMs: milliseconds.nullable(),
  /** A packet that finds the queue with more than this many bytes, its own included, is dropped, unless the queue is empty; null: no limit. Default null. */
  queueBytes: z.number().min(0).max(1e9).nullable(),
} as const;

/** A part of the time in which some fields differ. */
const phaseSchema = z
  .strictObject({
    /** Begin in ms of virtual time, or within the cycle. */
    fromMs: z.number().min(0),
    /** End in ms; the phase covers [fromMs, untilMs). */
    untilMs: z.number().gt(0),
    /** Length of the cycle in ms after which it repeats, at least 1; null: it happens once. Default null. */
    everyMs: z.number().min(1).nullable().default(null),
    ...z.object(impairments).partial().shape,
  })
  .refine((phase) => phase.untilMs > phase.fromMs, { path: ['untilMs'], message: 'must be above fromMs' })
  .refine((phase) => phase.everyMs === null || phase.untilMs <= phase.everyMs, {
    path: ['untilMs'],
    message: 'must be at most everyMs: what begins in a cycle ends in it',
  });

/** Schema of one direction of an access link. */
export const linkOptionsSchema = z.strictObject({ ...impairments, ...queue, phases: z.array(phaseSchema) });

/** One direction of an access link, resolved. */
export type LinkOptions = z.output<typeof linkOptionsSchema>;

const partialLinkSchema = linkOptionsSchema.partial();

/**
 * The address translator in front of a host. `open`: lets in whoever knows the address. `port-restricted`: only who was written to, by
 * address and port. `symmetric`: likewise, and shows each peer another port (RFC 5128, section 2.1; RFC 4787, sections 4.1 and 5).
 */
export const natSchema = z.enum(['open', 'port-restricted', 'symmetric']);

/** Kind of address translator. */
export type Nat = z.output<typeof natSchema>;

/** Schema of an access link: fields for both directions, and what differs `up` (from the host) and `down` (to the host). */
export const linkProfileSchema = z.strictObject({
  ...partialLinkSchema.shape,
  up: partialLinkSchema.optional(),
  down: partialLinkSchema.optional(),
  /** Two clients of which one is behind a symmetric NAT and the other not open need a relay. Default `open`. */
  nat: natSchema.optional(),
});

/** An access link as written in profiles and scenario files. */
export type LinkProfile = z.input<typeof linkProfileSchema>;

/** A link that adds nothing: the default of every field. */
export const PERFECT_LINK: LinkOptions = {
  delayMs: 0,
  jitterMs: 0,
  jitterShape: 'uniform',
  lossRate: 0,
  burstLoss: null,
  duplicateRate: 0,
  reorderRate: 0,
  reorderDelayMs: 20,
  rateKbps: null,
  trace: null,
  queueMs: 300,
  queueBytes: null,
  phases: [],
};

/** Both directions of an access link with every default filled in. The profile must have passed {@link linkProfileSchema}. */
export function resolveLinkProfile(profile: z.output<typeof linkProfileSchema>): {
  up: LinkOptions;
  down: LinkOptions;
} {
  const { up, down, nat: _nat, ...both } = profile;
  return { up: fill(both, up), down: fill(both, down) };
}

type Partially = z.output<typeof partialLinkSchema>;

function fill(both: Partially, own: Partially | undefined): LinkOptions {
  const filled: Record<string, unknown> = { ...PERFECT_LINK };
  for (const part of [both, own ?? {}]) {
    for (const [field, value] of Object.entries(part)) if (value !== undefined) filled[field] = value;
  }
  return filled as LinkOptions;
}
