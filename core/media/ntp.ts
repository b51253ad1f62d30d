/** From 1900 (NTP) to 1970 (Unix), in seconds (RFC 5905, figure 4). */
const NTP_EPOCH_S = 2_208_988_800;
const FRACTION = 4_294_967_296;

/** A 64-bit NTP timestamp (RFC 3550, section 4), as two whole numbers of 32 bits. */
export interface NtpTime {
  /** Since 1900; wraps in 2036. */
  readonly seconds: number;
  /** In 2^-32 s. */
  readonly fraction: number;
}

/** @param unixMs ms since 1970 or since any other moment: only differences matter to RTCP */
export function ntpTime(unixMs: number): NtpTime {
  const wholeS = Math.floor(unixMs / 1000);
  const fraction = Math.floor(((unixMs - wholeS * 1000) / 1000) * FRACTION);
  return { seconds: (wholeS + NTP_EPOCH_S) >>> 0, fraction: Math.min(fraction, FRACTION - 1) };
}

/** Middle 32 bits: units of 1/65 536 s, wraps every 18.2 h (RFC 3550, section 4). */
export function compactNtp({ seconds, fraction }: NtpTime): number {
  return (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0;
}

/** A span in units of 1/65 536 s, as `DLSR` has it; at most what fits into 32 bits. */
export function compactSpan(ms: number): number {
  return Math.min(Math.max(0, Math.floor(ms * 65.536)), 0xffff_ffff);
}

/** The reverse of {@link compactSpan}, in ms. */
export function compactSpanMs(span: number): number {
  return span / 65.536;
}
