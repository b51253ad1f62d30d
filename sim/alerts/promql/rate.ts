import type { Sample } from '../series-store.js';

/**
 * Growth of a counter over a range, as Prometheus' `increase` works it out (promql/functions.go, extrapolatedRate): resets are made up for, and
 * the growth between the first and the last sample is stretched to the ends of the range, but no further than half a sample's distance when they lie
 * far away, and not below a counter of 0.
 * @param samples within (toMs - rangeMs, toMs], without markers
 * @returns null with fewer than two samples
 */
export function increase(samples: readonly Sample[], rangeMs: number, toMs: number): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || samples.length < 2) return null;
  const start = first.value as number;
  let growth = (last.value as number) - start;
  let before = start;
  for (const { value } of samples) {
    if ((value as number) < before) growth += before;
    before = value as number;
  }
  const sampledS = (last.atMs - first.atMs) / 1_000;
  const averageS = sampledS / (samples.length - 1);
  const limitS = averageS * 1.1;
  let toStartS = (first.atMs - (toMs - rangeMs)) / 1_000;
  let toEndS = (toMs - last.atMs) / 1_000;
  if (toStartS >= limitS) toStartS = averageS / 2;
  if (growth > 0 && start >= 0) toStartS = Math.min(toStartS, sampledS * (start / growth));
  if (toEndS >= limitS) toEndS = averageS / 2;
  return growth * ((sampledS + toStartS + toEndS) / sampledS);
}
