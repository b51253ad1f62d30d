const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/**
 * A duration as Prometheus writes it, e.g. `5m`, `1h30m` or `0`, in ms; null when it is none.
 * Source: Prometheus, "Querying basics", float literals and time durations.
 */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0;
  const match = text === '' ? null : DURATION.exec(text);
  if (match === null) return null;
  let ms = 0;
  for (const [index, unit] of ['y', 'w', 'd', 'h', 'm', 's', 'ms'].entries())
    ms += Number(match[index + 1] ?? 0) * (UNITS_MS[unit] as number);
  return Number.isSafeInteger(ms) ? ms : null;
}

/** The inverse, in the largest units that fit. */
export function formatDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const unit of ['w', 'd', 'h', 'm', 's', 'ms']) {
    const size = UNITS_MS[unit] as number;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0s' : text;
}
