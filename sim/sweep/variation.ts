import { DeadairError } from '../errors.js';

/** A field of the scenario and the values that it takes, as texts of `--set`. */
export interface Variation {
  /** Path of the field, e.g. `policy.enableThreshold`. */
  readonly key: string;
  readonly values: readonly string[];
}

/** More settings than anybody looks at: a slip of the pen. */
const VALUES_MAX = 10_000;

const RANGE = /^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?$/;

const EXAMPLE = 'write for example --vary policy.enableThreshold=4..15, =4..16:4 or =4,8,12';

/*
 *   variation = key "=" item { "," item }
 *   item      = number ".." number [ ":" step ] | value
 *
 * A range takes in both ends (the last one only when a step lands on it) and runs upwards, so that tables and charts read one way. The step is
 * above 0; without it, it is 1. Numbers are decimals and added as such. A comma within brackets, braces or quotes belongs to its value.
 */

/**
 * Reads one `--vary`.
 * @throws DeadairError `vary.syntax`
 */
export function parseVariation(text: string): Variation {
  const equals = text.indexOf('=');
  const key = text.slice(0, Math.max(0, equals)).trim();
  if (key === '') throw syntax(text, EXAMPLE);
  const values: string[] = [];
  for (const item of itemsOf(text.slice(equals + 1))) {
    if (item === '') throw syntax(text, `a value is missing; ${EXAMPLE}`);
    for (const value of valuesOf(text, item)) {
      if (values.includes(value)) throw syntax(text, `${value} is there twice; give each value once`);
      values.push(value);
      if (values.length > VALUES_MAX)
        throw syntax(text, `these are more than ${VALUES_MAX} values; give a larger step, e.g. a..b:10`);
    }
  }
  return { key, values };
}

function valuesOf(text: string, item: string): Iterable<string> {
  const match = RANGE.exec(item);
  if (match !== null) return range(text, match[1] as string, match[2] as string, match[3] ?? '1');
  if (/\.\./.test(item) && /^[-+.\d:eE]+$/.test(item)) throw syntax(text, `"${item}" is no range; ${EXAMPLE}`);
  return [item];
}

/** Decimals are counted in whole units of the last digit: 0.1..0.3:0.1 ends with 0.3. */
function* range(text: string, first: string, last: string, step: string): Generator<string> {
  const digits = Math.max(...[first, last, step].map((number) => (number.split('.')[1] ?? '').length));
  const [from, to, by] = [first, last, step].map((number) => unitsOf(number, digits)) as [number, number, number];
  if (by === 0) throw syntax(text, 'a step must be above 0');
  if (![from, to, by].every(Number.isSafeInteger)) throw syntax(text, 'these numbers have too many digits');
  if (from > to) throw syntax(text, `${first}..${last} runs downwards; write ${last}..${first}`);
  for (let at = from; at <= to; at += by) yield decimal(at, digits);
}

function unitsOf(number: string, digits: number): number {
  const [whole = '', fraction = ''] = number.split('.');
  return Number(whole + fraction.padEnd(digits, '0'));
}

function decimal(units: number, digits: number): string {
  if (digits === 0) return String(units);
  const text = String(Math.abs(units)).padStart(digits + 1, '0');
  const fraction = text.slice(-digits).replace(/0+$/, '');
  return `${units < 0 ? '-' : ''}${text.slice(0, -digits)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Parts between commas that lie within no brackets, braces or quotes. */
function itemsOf(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let quote = '';
  let item = '';
  for (const letter of text) {
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '[' || letter === '{') depth++;
    else if (letter === ']' || letter === '}') depth--;
    if (letter === ',' && depth <= 0 && quote === '') {
      items.push(item.trim());
      item = '';
    } else item += letter;
  }
  return [...items, item.trim()];
}

function syntax(text: string, problem: string): DeadairError {
  return new DeadairError('vary.syntax', `--vary ${text}: ${problem}`);
}
