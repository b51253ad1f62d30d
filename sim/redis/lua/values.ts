import { createHash } from 'node:crypto';
import { parsedInteger } from '../store/number-text.js';

const MINIMUM_TEXT = '-9223372036854775808';
const MINIMUM = Number(MINIMUM_TEXT);
const NUMERAL = /^[ \f\n\r\t\v]*([+-]?(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))[ \f\n\r\t\v]*$/;

/** The number a text stands for in Lua 5.1; undefined when it is none. */
export function numeral(text: string): number | undefined {
  if (isShortInteger(text)) return Number(text);
  const match = NUMERAL.exec(text);
  if (match === null) return undefined;
  const digits = match[1]!;
  const unsigned = digits.replace(/^[+-]/, '');
  return digits.startsWith('-') ? -Number(unsigned) : Number(unsigned);
}

function isShortInteger(text: string): boolean {
  if (text.length === 0 || text.length > 15) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** The integer that Redis makes of a number which a script returns. */
export function toInteger(value: number): number {
  if (Number.isNaN(value) || value >= -MINIMUM || value < MINIMUM) return parsedInteger(MINIMUM_TEXT);
  const integer = Math.trunc(value);
  if (integer === 0) return 0;
  return Number.isSafeInteger(integer) ? integer : parsedInteger(String(BigInt(integer)));
}

/** `redis.error_reply`: a text without a code gets `ERR`. */
export function withCode(text: string): string {
  const bare = text.startsWith('-') ? text.slice(1) : text;
  return bare.includes(' ') ? bare : `ERR ${bare}`;
}

/** Statuses and errors are lines. */
export function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, ' ');
}

/** 40 hex digits. */
export function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
