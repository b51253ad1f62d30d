/**
 * C's `%.<precision>g`, which Redis 7.0 and Lua 5.1 write numbers with.
 * @param precision significant digits: 17 for scores and arguments of `redis.call`, 14 for Lua's `tostring`
 */
export function formatGeneral(value: number, precision: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e14) return Object.is(value, -0) ? '-0' : String(value);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const scientific = value.toExponential(precision - 1);
  const split = scientific.indexOf('e');
  const exponent = Number(scientific.slice(split + 1));
  if (exponent >= -4 && exponent < precision)
    return trimZeros(value.toFixed(Math.min(100, Math.max(0, precision - 1 - exponent))));
  const size = Math.abs(exponent);
  return `${trimZeros(scientific.slice(0, split))}e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`;
}

function trimZeros(text: string): string {
  if (!text.includes('.')) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end--;
  if (text.charCodeAt(end - 1) === 46) end--;
  return text.slice(0, end);
}

const INTEGER = /^(?:0|-?[1-9]\d*)$/;
const FLOAT = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf|infinity|0x[\da-f]+)$/i;
const MIN_INTEGER = -9223372036854775808n;
const MAX_INTEGER = 9223372036854775807n;

/** A 64-bit integer as Redis accepts it (no sign `+`, no leading zeros or blanks); undefined otherwise. Above 2^53 the value is rounded. */
export function parseInteger(text: string): number | undefined {
  if (!INTEGER.test(text)) return undefined;
  if (text.length > 18) {
    const exact = BigInt(text);
    if (exact < MIN_INTEGER || exact > MAX_INTEGER) return undefined;
  }
  return Number(text);
}

/** A double as `strtod` reads it; undefined when it is none or not a number. */
export function parseFloatText(text: string): number | undefined {
  if (!FLOAT.test(text)) return undefined;
  const sign = text.charCodeAt(0) === 45 ? -1 : 1;
  const digits = text.charCodeAt(0) === 45 || text.charCodeAt(0) === 43 ? text.slice(1) : text;
  if (digits.charCodeAt(0) === 105 || digits.charCodeAt(0) === 73) return sign * Number.POSITIVE_INFINITY;
  return sign * Number(digits);
}

/** Sum of two 64-bit integers in decimal; undefined on overflow. Both must have passed {@link parseInteger}. */
export function addIntegers(a: string, b: string): string | undefined {
  if (a.length < 15 && b.length < 15) return String(Number(a) + Number(b));
  const sum = BigInt(a) + BigInt(b);
  return sum < MIN_INTEGER || sum > MAX_INTEGER ? undefined : String(sum);
}

/** An integer as the parser of `ioredis` reads it: digit by digit, which differs from the nearest double above 2^53. */
export function parsedInteger(text: string): number {
  if (text.length < 16) return Number(text);
  const negative = text.startsWith('-');
  let value = 0;
  for (let i = negative ? 1 : 0; i < text.length; i++) value = value * 10 + (text.charCodeAt(i) - 48);
  return negative ? -value : value;
}
