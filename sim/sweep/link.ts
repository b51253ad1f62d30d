import { DeadairError } from '../errors.js';

/** A field that follows another one that is varied. */
export interface Link {
  readonly key: string;
  /** As it was written, e.g. `policy.enableThreshold-3`. */
  readonly expression: string;
  /** The field that is followed. */
  readonly source: string;
  readonly operator: '+' | '-' | '*' | '/' | null;
  readonly operand: number;
  /** Smallest value that it is given. */
  readonly atLeast?: number;
  /** Nobody wrote it: it comes with the field that is varied. */
  readonly implied?: true;
}

/*
 *   link = key "=" source [ ( "+" | "-" | "*" | "/" ) number ]
 *
 * The source is a field that is varied, by its path or by the last word of it. Quotients are rounded to whole numbers.
 */
const LINK = /^([^=\s]+)\s*=\s*([A-Za-z][\w.]*)\s*(?:([-+*/])\s*(\d+(?:\.\d+)?))?$/;

/**
 * Reads one `--with`.
 * @param varied the fields that are varied
 * @throws DeadairError `with.syntax` or `with.unknown`
 */
export function parseLink(text: string, varied: readonly string[]): Link {
  const match = LINK.exec(text.trim());
  const example = 'write for example --with policy.disableThreshold=enableThreshold-3';
  if (match === null) throw new DeadairError('with.syntax', `--with ${text}: ${example}`);
  const [, key = '', name = '', operator = null, operand = '0'] = match;
  const sources = varied.filter((path) => path === name || path.split('.').at(-1) === name);
  const [source] = sources;
  if (source === undefined || sources.length > 1) {
    const problem = source === undefined ? 'is not varied' : 'may be several fields';
    const list = varied.length === 0 ? 'nothing is varied' : `varied: ${varied.join(', ')}`;
    throw new DeadairError('with.unknown', `--with ${text}: "${name}" ${problem} (${list}); ${example}`);
  }
  if (varied.includes(key))
    throw new DeadairError('with.unknown', `--with ${text}: ${key} is varied itself; give --vary or --with, not both`);
  if (operator === '/' && Number(operand) === 0)
    throw new DeadairError('with.syntax', `--with ${text}: nothing can be divided by 0`);
  return {
    key,
    expression: `${source}${operator ?? ''}${operator === null ? '' : operand}`,
    source,
    operator: operator as Link['operator'],
    operand: Number(operand),
  };
}

/**
 * The value of a linked field.
 * @param value that of the field it follows
 * @throws DeadairError `with.value` when that is no number, `vary.syntax` when nobody wrote the link
 */
export function linkedValue(link: Link, value: string): string {
  const { operator, atLeast } = link;
  if (operator === null && atLeast === undefined) return value;
  const number = Number(value);
  if (value.trim() === '' || Number.isNaN(number)) {
    if (link.implied === true)
      throw new DeadairError('vary.syntax', `--vary ${link.source}: "${value}" is no number; vary it over numbers`);
    const message = `--with ${link.key}=${link.expression}: "${value}" is no number; link numbers only`;
    throw new DeadairError('with.value', message);
  }
  return plain(Math.max(atLeast ?? Number.NEGATIVE_INFINITY, calculated(link, number)));
}

function calculated({ operator, operand }: Link, number: number): number {
  switch (operator) {
    case '+':
      return number + operand;
    case '-':
      return number - operand;
    case '*':
      return number * operand;
    case '/':
      return Math.round(number / operand);
    default:
      return number;
  }
}

/** Without the rounding error of a sum of decimals. */
function plain(number: number): string {
  return String(Number(number.toFixed(9)));
}
