import Table from 'cli-table3';
import picocolors from 'picocolors';
import { wrap } from '../terminal-report.js';
import type { Counterexample, CounterexampleEvent } from './counterexample-schema.js';
import { foldEvents, type Row } from './folding.js';
import { scheduleOf } from './schedule.js';
import { type Lanes, layLanes } from './timeline-lanes.js';
import { ASCII_SIGNS, type TimelineSigns, toAscii, UNICODE_SIGNS } from './timeline-signs.js';
import {
  criticalPlace,
  eventTime,
  formatDuration,
  lateness,
  minimisedSentence,
  plainSpaces,
  swapSentence,
} from './wording.js';

export interface TimelineOptions {
  /** Whether to use ANSI colours. */
  readonly color: boolean;
  /** Only ASCII characters; default false. */
  readonly ascii?: boolean;
  /** Columns of the terminal; at least 60, default 80. */
  readonly width?: number;
  /** Most rows of the timeline; the least telling events are folded. Default 60. */
  readonly rows?: number;
}

type Paint = ReturnType<typeof picocolors.createColors>;
type Tone = (text: string) => string;

interface Canvas {
  readonly width: number;
  readonly paint: Paint;
  readonly signs: TimelineSigns;
  readonly layout: Lanes;
  readonly counterexample: Counterexample;
}

const TIME = 9;
const MARKS = 4;
/** Columns that labels get at least. */
const LABEL = 30;
const LABEL_LINES = 3;

/**
 * The counterexample for a terminal: a column per host, time on the left, an arrow per message, what happened on the right; the
 * critical pair (★1, ★2), departures from the tame order (↷) and the violation (✗) marked by sign and colour. Then the minimal
 * schedule, what exchanging the pair does, and the replay command.
 */
export function renderTimeline(counterexample: Counterexample, options: TimelineOptions): string {
  const width = Math.max(60, Math.floor(options.width ?? 80));
  const signs = options.ascii === true ? ASCII_SIGNS : UNICODE_SIGNS;
  const paint = picocolors.createColors(options.color);
  const layout = layLanes(counterexample, width - TIME - MARKS - LABEL - 1);
  const canvas: Canvas = { width, paint, signs, layout, counterexample };
  const rows = foldEvents(counterexample, options.rows ?? 60);
  const lines = [
    ...headline(canvas),
    '',
    ...legend(canvas, rows),
    laneHeads(canvas),
    ...rows.flatMap((row) => ('event' in row ? eventLines(row.event, canvas) : foldedLines(row, canvas))),
    '',
    ...criticalLines(canvas),
    ...scheduleTable(canvas, options.color),
    ...wrap(minimisedSentence(counterexample), width),
    `Again: ${plainSpaces(counterexample.replay)}`,
  ];
  const text = lines
    .map((line) => line.trimEnd())
    .join('\n')
    .replaceAll('\u202f', ' ')
    .replaceAll('\u00a0', ' ');
  return `${options.ascii === true ? text.split('\n').map(asciiLine).join('\n') : text}\n`;
}

const COLOUR = new RegExp(`(${String.fromCharCode(27)}\\[[\\d;]*m)`);

/** Colour sequences stay. */
function asciiLine(line: string): string {
  return line
    .split(COLOUR)
    .map((part, index) => (index % 2 === 1 ? part : toAscii(part)))
    .join('');
}

function headline({ counterexample, paint, signs, width }: Canvas): string[] {
  const { violation, scenario, hazard, seed, strategy } = counterexample;
  const mark = signs.kinds.violation;
  const what = `${mark} ${violation.oracle} (${violation.kind}) at ${eventTime(violation.atUs)} s: ${plain(violation.message)}`;
  const origin = [
    scenario.name,
    ...(hazard === undefined ? [] : [`hazard ${hazard}`]),
    `seed ${seed}`,
    `strategy ${strategy}`,
  ];
  return [...wrap(what, width).map((line) => paint.red(paint.bold(line))), ...wrap(origin.join(', '), width)];
}

function legend({ layout, counterexample, paint, signs, width }: Canvas, rows: readonly Row[]): string[] {
  const kinds = new Set(rows.flatMap((row) => ('event' in row ? [row.event.kind] : [])));
  const glyphs = (['action', 'message', 'command', 'timer', 'state', 'fault', 'violation'] as const)
    .filter((kind) => kinds.has(kind))
    .map((kind) => `${signs.kinds[kind]} ${kind}`);
  const chosen = counterexample.events.some((event) => event.chosen === true) ? [`${signs.chosen} out of turn`] : [];
  const pair = counterexample.critical === null ? [] : [`${signs.critical}1 ${signs.critical}2 the critical pair`];
  const tied = (texts: readonly string[]) => texts.map((text) => text.replaceAll(' ', '\u00a0'));
  const lines = [...wrapParts(tied(layout.legend), width), ...wrapParts(tied([...glyphs, ...chosen, ...pair]), width)];
  return [...lines.map((line) => paint.dim(line)), ''];
}

/** Puts as many parts in a line as fit, two spaces between them; a part that is longer than a line is broken. */
function wrapParts(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + part.length <= width) lines[lines.length - 1] = `${last}  ${part}`;
    else if (part.length <= width) lines.push(part);
    else lines.push(...wrap(part.replaceAll('\u00a0', ' ').replace(/\s+/g, ' '), width));
  }
  return lines;
}

function laneHeads({ layout, paint }: Canvas): string {
  const heads = layout.lanes.map(({ name }) => {
    const before = Math.max(0, middle(layout.laneWidth) - Math.floor(name.length / 2));
    return `${' '.repeat(before)}${name}`.padEnd(layout.laneWidth);
  });
  return `${'s'.padStart(TIME - 1)} ${' '.repeat(MARKS)}${paint.bold(heads.join(''))}`;
}

function eventLines(event: CounterexampleEvent, canvas: Canvas): string[] {
  const { counterexample, layout, paint, signs, width } = canvas;
  const place = criticalPlace(counterexample, event);
  const tone = toneOf(event, canvas);
  const marks = `${place === 0 ? '' : `${signs.critical}${place}`}${event.chosen === true ? signs.chosen : ''}`;
  const laneOf = (host: string) => layout.lanes.findIndex(({ hosts }) => hosts.includes(host));
  const at = laneOf(event.host);
  const from = event.from === undefined ? at : laneOf(event.from);
  const shared = (layout.lanes[at]?.hosts.length ?? 1) > 1 ? `${event.host}: ` : '';
  const sender = from >= 0 && from !== at && (layout.lanes[from]?.hosts.length ?? 1) > 1 ? ` (from ${event.from})` : '';
  const late = lateness(event);
  const label = `${shared}${plain(event.label)}${sender}${late === '' ? '' : `, ${late}`}`;
  const room = width - TIME - MARKS - layout.lanes.length * layout.laneWidth - 1;
  const lines = limit(wrap(label === '' ? event.kind : label, room), LABEL_LINES, room);
  return lines.map((line, index) => {
    const time = index === 0 ? eventTime(event.atUs).padStart(TIME - 1) : ' '.repeat(TIME - 1);
    const mark = (index === 0 ? marks : '').padEnd(MARKS);
    const lanes = index === 0 ? drawLanes(canvas, at, from, signs.kinds[event.kind], tone) : drawLanes(canvas);
    return `${paint.dim(time)} ${tone(mark)}${lanes} ${tone(line)}`;
  });
}

function toneOf(event: CounterexampleEvent, { counterexample, paint }: Canvas): Tone {
  if (event.kind === 'violation') return (text) => paint.red(paint.bold(text));
  if (criticalPlace(counterexample, event) > 0) return (text) => paint.yellow(paint.bold(text));
  if (event.chosen === true || event.kind === 'fault') return paint.magenta;
  return event.kind === 'action' ? paint.cyan : (text) => text;
}

/** The lifelines of one line, with an event in lane `at` and, when `from` is another lane, the arrow to it. */
function drawLanes(canvas: Canvas, at = -1, from = at, sign = '', tone: Tone = (text) => text, life?: string): string {
  const { layout, signs, paint } = canvas;
  const width = layout.laneWidth;
  const centre = (lane: number) => lane * width + middle(width);
  const line = life ?? signs.life;
  const cells = Array.from({ length: layout.lanes.length * width }, (_, x) =>
    x % width === middle(width) ? line : ' ',
  );
  const drawn = new Set<number>();
  const put = (x: number, character: string) => {
    cells[x] = character;
    drawn.add(x);
  };
  if (at >= 0) {
    const [left, right] = [Math.min(centre(at), centre(from)), Math.max(centre(at), centre(from))];
    for (let x = left; x <= right; x++) put(x, x % width === middle(width) ? signs.crossing : signs.line);
    if (from !== at) put(centre(from), from < at ? signs.fromLeft : signs.fromRight);
    if (from !== at) put(centre(at) + (from < at ? -1 : 1), from < at ? signs.right : signs.left);
    put(centre(at), sign);
  }
  return runs(cells, drawn)
    .map(({ text, marked }) => (marked ? tone(text) : paint.dim(text)))
    .join('');
}

function runs(cells: readonly string[], drawn: ReadonlySet<number>): { text: string; marked: boolean }[] {
  const found: { text: string; marked: boolean }[] = [];
  cells.forEach((text, x) => {
    const last = found.at(-1);
    if (last?.marked === drawn.has(x)) last.text += text;
    else found.push({ text, marked: drawn.has(x) });
  });
  return found;
}

function foldedLines(row: Extract<Row, { folded: number }>, canvas: Canvas): string[] {
  const { paint, signs } = canvas;
  const span = row.toUs - row.fromUs;
  const count = `${row.folded} ${plain(row.what)}`;
  const room = canvas.width - TIME - MARKS - canvas.layout.lanes.length * canvas.layout.laneWidth - 1;
  const texts = [...(span > 0 ? [`${count} in ${formatDuration(span)}`] : []), count, `${row.folded} events`];
  const framed = texts.map((words) => `${signs.dots} ${words} ${signs.dots}`);
  const text = framed.find((words) => words.length <= room) ?? framed.at(-1) ?? '';
  const lanes = drawLanes(canvas, -1, -1, '', undefined, signs.pausedLife);
  return [`${' '.repeat(TIME + MARKS)}${lanes} ${paint.dim(text)}`];
}

function criticalLines({ counterexample, paint, signs, width }: Canvas): string[] {
  const { critical, events } = counterexample;
  if (critical === null) return [...wrap(swapSentence(counterexample), width), ''];
  const line = (place: 1 | 2, n: number) => {
    const event = events.find((candidate) => candidate.n === n);
    const text = event === undefined ? '' : `${eventTime(event.atUs)} ${event.host}: ${plain(event.label)}`;
    return wrap(text, width - 4).map((part, index) =>
      paint.yellow(index === 0 ? ` ${signs.critical}${place} ${part}` : `    ${part}`),
    );
  };
  return [
    ...line(1, critical.first),
    ...line(2, critical.second),
    ...wrap(plain(critical.sentence), width),
    ...wrap(swapSentence(counterexample), width).map((text) => paint.bold(text)),
    '',
  ];
}

function scheduleTable({ counterexample, signs, width }: Canvas, color: boolean): string[] {
  const rows = scheduleOf(counterexample).map(({ atUs, kind, who, what }) => [
    eventTime(atUs),
    kind,
    plain(who),
    plain(what),
  ]);
  if (rows.length === 0) return [];
  const who = Math.min(22, Math.max(3, ...rows.map((row) => row[2]?.length ?? 0)) + 2);
  const grid = new Table({
    head: ['at (s)', '', 'who', 'what'],
    colWidths: [11, 8, who, width - 11 - 8 - who - 5],
    colAligns: ['right', 'left', 'left', 'left'],
    wordWrap: true,
    style: color ? { head: ['bold'], border: ['gray'], compact: true } : { head: [], border: [], compact: true },
    ...(signs === ASCII_SIGNS ? { chars: ASCII_BORDER } : {}),
  });
  grid.push(...rows);
  return ['The minimal schedule:', ...grid.toString().split('\n'), ''];
}

const ASCII_BORDER = {
  top: '-',
  'top-mid': '+',
  'top-left': '+',
  'top-right': '+',
  bottom: '-',
  'bottom-mid': '+',
  'bottom-left': '+',
  'bottom-right': '+',
  left: '|',
  'left-mid': '+',
  mid: '-',
  'mid-mid': '+',
  right: '|',
  'right-mid': '+',
  middle: '|',
};

function limit(lines: readonly string[], most: number, room: number): readonly string[] {
  if (lines.length <= most) return lines;
  const last = lines[most - 1] ?? '';
  return [...lines.slice(0, most - 1), `${last.slice(0, room - 1)}…`];
}

function middle(width: number): number {
  return (width - 1) >> 1;
}

/** One line, without the control characters that would steer the terminal. */
function plain(text: string): string {
  return plainSpaces(text).replace(/\p{Cc}/gu, '?');
}
