/**
 * How much a codec spoils by itself, and how well it bears loss (ITU-T G.113, appendix I; for EVS, G.113 amendment on
 * full-band codecs). Narrow-band rows and full-band rows live on different scales.
 */
export interface CodecRow {
  /** As printed in reports. */
  readonly name: string;
  readonly scale: 'narrow-band' | 'full-band';
  /** Equipment impairment factor without loss. */
  readonly ie: number;
  /** Packet loss robustness. */
  readonly bpl: number;
}

/** Narrow band, R without any impairment but the defaults of G.107. */
const R0_NARROW = 93.2;
/** Full band (G.107.2). */
const R0_FULL = 148;
/** The scale of full band is this much longer: R / 1.48 goes into the same curve of opinion. */
const FULL_BAND = 1.48;
/** Ceiling of the effective impairment: what a codec becomes when everything is lost. */
const IE_MAX_NARROW = 95;
const IE_MAX_FULL = 132;

/**
 * Impairment by delay (ITU-T G.107, section 7.4), on the narrow-band scale: 0 up to 100 ms from mouth to ear.
 * @param mouthToEarMs Ta, one way
 */
export function delayImpairment(mouthToEarMs: number): number {
  if (mouthToEarMs <= 100) return 0;
  const x = Math.log(mouthToEarMs / 100) / Math.LN2;
  return 25 * (sixthRoot(1 + sixthPower(x)) - 3 * sixthRoot(1 + sixthPower(x / 3)) + 2);
}

/**
 * Effective equipment impairment under loss, Ie,eff (ITU-T G.107, section 7.5; ceiling for full band: G.107.2).
 * @param lossShare share of packets lost to the decoder, 0..1
 * @param burstRatio BurstR, 1 for losses that do not know of each other; lower values count as 1
 */
export function lossImpairment(row: CodecRow, lossShare: number, burstRatio: number): number {
  const ppl = 100 * Math.min(1, Math.max(0, lossShare));
  const ceiling = row.scale === 'full-band' ? IE_MAX_FULL : IE_MAX_NARROW;
  return row.ie + ((ceiling - row.ie) * ppl) / (ppl / Math.max(1, burstRatio) + row.bpl);
}

/**
 * Transmission rating on the narrow-band scale, 0..100: R = R0 - Idd - Ie,eff (ITU-T G.107); of full-band rows it is R / 1.48
 * of R = 148 - 1.48 Idd - Ie,eff (G.107.2).
 */
export function rating(row: CodecRow, mouthToEarMs: number, lossShare: number, burstRatio: number): number {
  const loss = lossImpairment(row, lossShare, burstRatio);
  const delay = delayImpairment(mouthToEarMs);
  const r = row.scale === 'full-band' ? (R0_FULL - FULL_BAND * delay - loss) / FULL_BAND : R0_NARROW - delay - loss;
  return Math.min(100, Math.max(0, r));
}

/** Mean opinion score, 1..4.5, of a rating on the narrow-band scale (ITU-T G.107, annex B). The cubic dips below 1 for R < 6.5: clamped. */
export function meanOpinion(r: number): number {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

function sixthPower(x: number): number {
  const cube = x * x * x;
  return cube * cube;
}

function sixthRoot(x: number): number {
  return Math.sqrt(Math.cbrt(x));
}
