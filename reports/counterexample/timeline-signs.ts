import type { EventKind } from './counterexample-schema.js';

/** The characters that a timeline is drawn with, each one column wide. */
export interface TimelineSigns {
  readonly life: string;
  readonly pausedLife: string;
  readonly line: string;
  readonly crossing: string;
  readonly fromLeft: string;
  readonly fromRight: string;
  readonly right: string;
  readonly left: string;
  readonly critical: string;
  readonly chosen: string;
  readonly dots: string;
  readonly kinds: Readonly<Record<EventKind, string>>;
}

export const UNICODE_SIGNS: TimelineSigns = {
  life: '│',
  pausedLife: '┆',
  line: '─',
  crossing: '┼',
  fromLeft: '├',
  fromRight: '┤',
  right: '▶',
  left: '◀',
  critical: '★',
  chosen: '↷',
  dots: '…',
  kinds: { action: '■', message: '●', timer: '○', command: '◆', fault: '╳', state: '□', violation: '✗' },
};

export const ASCII_SIGNS: TimelineSigns = {
  life: '|',
  pausedLife: ':',
  line: '-',
  crossing: '+',
  fromLeft: '+',
  fromRight: '+',
  right: '>',
  left: '<',
  critical: '*',
  chosen: '~',
  dots: '...',
  kinds: { action: '@', message: 'o', timer: 't', command: '#', fault: '!', state: '=', violation: 'X' },
};

const REPLACEMENTS: Readonly<Record<string, string>> = {
  '…': '...',
  µ: 'u',
  '→': '->',
  '←': '<-',
  '–': '-',
  '—': '-',
  '’': "'",
};

/** Text with nothing but ASCII: a few signs are spelled, others become `?`. */
export function toAscii(text: string): string {
  // Controls as well: what a label holds must not steer a terminal.
  return text.replace(/[^\x20-\x7e]/gu, (sign) => REPLACEMENTS[sign] ?? '?');
}
