import { parseDuration } from './duration.js';
import { promqlError } from './promql-error.js';

/** One word of an expression. `value` of a number or a duration (ms); `text` of a string is what it means. */
export interface Token {
  readonly kind: 'number' | 'duration' | 'string' | 'identifier' | 'sign' | 'end';
  readonly text: string;
  readonly value: number;
  /** Where it begins, from 0. */
  readonly at: number;
}

const SPACE = /(?:\s|#[^\n]*)*/y;
const NUMBER = /(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])/y;
const DURATION = /(?:\d+(?:ms|[smhdwy]))+(?!\w)/y;
const WORD = /[a-zA-Z_][\w:]*/y;
const STRING = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`/y;
const SIGN = /=~|!~|!=|==|<=|>=|[-+*/%^<>=(){}[\],:@]/y;

/** Cuts an expression into words; the last one has the kind `end`. @throws PromqlError */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  for (;;) {
    at += take(SPACE)?.length ?? 0;
    if (at >= text.length) {
      tokens.push({ kind: 'end', text: '', value: 0, at: text.length });
      return tokens;
    }
    const duration = take(DURATION);
    const number = duration === null ? take(NUMBER) : null;
    const string = duration === null && number === null ? take(STRING) : null;
    const word = take(WORD) ?? take(SIGN);
    const found = duration ?? number ?? string ?? word;
    if (found === null) {
      const quote = /["'`]/.test(text[at] as string);
      throw promqlError(text, at, quote ? 'the text has no end; close the quotes' : `"${text[at]}" has no place here`);
    }
    if (duration !== null) {
      const ms = parseDuration(duration);
      if (ms === null) throw promqlError(text, at, `"${duration}" is no duration; write for example 5m or 1h30m`);
      tokens.push({ kind: 'duration', text: duration, value: ms, at });
    } else if (number !== null) tokens.push({ kind: 'number', text: number, value: Number(number), at });
    else if (string !== null) tokens.push({ kind: 'string', text: unquote(text, string, at), value: 0, at });
    else tokens.push({ kind: /^\w/.test(found) ? 'identifier' : 'sign', text: found, value: 0, at });
    at += found.length;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'" };

function unquote(text: string, quoted: string, at: number): string {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith('`')) return inner;
  return inner.replace(/\\(.)/g, (_, letter: string, offset: number) => {
    const meant = ESCAPES[letter];
    if (meant === undefined)
      throw promqlError(text, at + 1 + offset, `"\\${letter}" means nothing; a backslash is written "\\\\"`);
    return meant;
  });
}
