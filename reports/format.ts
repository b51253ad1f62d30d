/** A number for people: thin thousands (`12 345`), at most `digits` decimals, no trailing zeros. */
export function formatNumber(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return String(value);
  const fixed = Math.abs(value) >= 1000 ? value.toFixed(0) : value.toFixed(digits);
  const [whole = '0', fraction = ''] = fixed.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
  const tail = fraction.replace(/0+$/, '');
  const text = tail === '' ? grouped : `${grouped}.${tail}`;
  return text === '-0' ? '0' : text;
}

/** A value with its unit: `ms` above ten seconds becomes `s`, `share` becomes per cent, `1` has none. */
export function formatValue(value: number | null, unit: string): string {
  if (value === null) return 'no samples';
  if (unit === 'share') return `${formatNumber(value * 100, value < 0.01 ? 3 : 2)}\u00a0%`;
  if (unit === 'ms') return formatMs(value);
  if (unit === '1' || unit === '') return formatNumber(value);
  return `${formatNumber(value)}\u00a0${unit}`;
}

/** A duration given in ms, in ms or s. */
export function formatMs(ms: number): string {
  if (Math.abs(ms) >= 10_000) return `${formatNumber(ms / 1000, 1)}\u00a0s`;
  return `${formatNumber(ms, Math.abs(ms) >= 100 ? 0 : 1)}\u00a0ms`;
}

/** A point in simulated time: `m:ss`, or `h:mm:ss` from an hour on. */
export function formatClock(seconds: number): string {
  const total = Math.floor(seconds);
  const ss = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return `${minutes}:${ss}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${ss}`;
}

/** `1 check`, `2 checks`. */
export function plural(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `migration_duration_ms` becomes `migration duration`: the unit is shown with the value. */
export function metricLabel(name: string): string {
  return name
    .replace(/_ms(?=$|\{)/, '')
    .replaceAll('_', ' ')
    .replace('{', ' {');
}
