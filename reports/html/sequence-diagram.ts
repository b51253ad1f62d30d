import type { Violation, ViolationEvent } from '../result-schema.js';
import { escapeHtml } from './escape.js';

const EVENTS = 40;
const GUTTER = 92;
/** Room for the lifelines of a page, in px, and the widths that one may have. */
const ROOM = 880;
const COLUMN_MIN = 160;
const COLUMN_MAX = 280;
const ROW = 30;
const HEAD = 40;
/** Width of a character of the labels, in px; labels are cut to the room they have. */
const CHARACTER = 6.1;
/** A silence from here on gets a mark of its own, in µs. */
const SILENCE_US = 1_000_000;

const TIERS = ['client', 'balancer', 'backend', 'sfu', 'redis', 'sentinel', 'turn'];

/**
 * The last events before a violation as a sequence diagram (SVG): a lifeline per host, an arrow per message, a dot for what happened
 * at one host, time on the left.
 * @param index makes ids unique in the page
 */
export function sequenceDiagram(violation: Violation, index: number): string {
  const events = violation.events.slice(-EVENTS);
  if (events.length === 0) return '<p class="empty">No events were kept for this violation.</p>';
  const hosts = [...new Set(events.flatMap((event) => (event.to === null ? [event.from] : [event.from, event.to])))];
  hosts.sort((a, b) => tier(a) - tier(b));
  const column = Math.round(Math.min(COLUMN_MAX, Math.max(COLUMN_MIN, ROOM / hosts.length)));
  const columns = new Map(hosts.map((host, place) => [host, GUTTER + column / 2 + place * column]));
  const width = GUTTER + hosts.length * column + 60;
  const rows: string[] = [];
  let y = HEAD + 24;
  for (const [place, event] of events.entries()) {
    const before = events[place - 1];
    if (before !== undefined && event.atUs - before.atUs >= SILENCE_US) {
      rows.push(silence(event.atUs - before.atUs, y, width));
      y += ROW;
    }
    rows.push(eventRow(event, columns, y, place === events.length - 1, index, width));
    y += ROW;
  }
  const height = y + 8;
  const lifelines = hosts.map((host) => lifeline(host, columns.get(host) ?? 0, height));
  const title = `Last ${events.length} events before the violation: ${violation.message}`;
  return `<div class="scroll diagram" tabindex="0" role="region" aria-label="Sequence diagram"><svg class="sequence" role="img" aria-labelledby="sequence-${index}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><title id="sequence-${index}">${escapeHtml(title)}</title><defs><marker id="arrow-${index}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="head" d="M0 .8L7.5 4 0 7.2z"/></marker><marker id="arrow-last-${index}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="head last" d="M0 .8L7.5 4 0 7.2z"/></marker></defs>${lifelines.join('')}${rows.join('')}</svg></div>${textAlternative(events)}`;
}

/** Clients on the left, then what they talk to; within a tier in order of appearance. */
function tier(host: string): number {
  const index = TIERS.findIndex((kind) => host.startsWith(kind));
  return index === -1 ? TIERS.length : index;
}

function lifeline(host: string, x: number, height: number): string {
  return `<line class="life" x1="${x}" x2="${x}" y1="${HEAD - 6}" y2="${height - 4}"/><rect class="host" x="${x - 62}" y="8" width="124" height="26" rx="4"/><text class="host" x="${x}" y="25" text-anchor="middle">${escapeHtml(cut(host, 18))}<title>${escapeHtml(host)}</title></text>`;
}

function eventRow(
  event: ViolationEvent,
  columns: ReadonlyMap<string, number>,
  y: number,
  last: boolean,
  index: number,
  width: number,
): string {
  const from = columns.get(event.from) ?? 0;
  const text = wording(event);
  const time = `<text class="time" x="${GUTTER - 14}" y="${y + 4}" text-anchor="end">${seconds(event.atUs)}</text>`;
  const full = `<title>${escapeHtml(`${seconds(event.atUs)} s: ${text}`)}</title>`;
  const state = last ? ' last' : '';
  const to = event.to === null || event.to === event.from ? undefined : columns.get(event.to);
  if (to === undefined) {
    const room = width - from - 14;
    return `<g class="event${state}">${full}${time}<circle cx="${from}" cy="${y}" r="4"/><text x="${from + 11}" y="${y + 4}">${escapeHtml(cut(text, room / CHARACTER))}</text></g>`;
  }
  const room = Math.abs(to - from) - 20;
  const marker = last ? `arrow-last-${index}` : `arrow-${index}`;
  return `<g class="event${state}">${full}${time}<line x1="${from}" x2="${to}" y1="${y + 4}" y2="${y + 4}" marker-end="url(#${marker})"/><text x="${(from + to) / 2}" y="${y - 3}" text-anchor="middle">${escapeHtml(cut(text, room / CHARACTER))}</text></g>`;
}

function silence(us: number, y: number, width: number): string {
  const text = `${(us / 1_000_000).toFixed(1)} s of silence`;
  return `<g class="silence"><line x1="${GUTTER - 10}" x2="${width - 10}" y1="${y}" y2="${y}"/><text x="${GUTTER - 14}" y="${y + 4}" text-anchor="end">${text.replace(' of silence', '')} …</text></g>`;
}

/** The same as a list, for those who cannot see the picture or want to copy it. */
function textAlternative(events: readonly ViolationEvent[]): string {
  const items = events.map((event) => {
    const way = event.to === null ? event.from : `${event.from} → ${event.to}`;
    return `<li><span class="number">${seconds(event.atUs)} s</span> ${escapeHtml(`${way}: ${wording(event)}`)}</li>`;
  });
  return `<details><summary>The same as text</summary><ol class="events">${items.join('')}</ol></details>`;
}

/** Kind and label, without saying the kind twice. */
function wording({ kind, label }: ViolationEvent): string {
  return label.toLowerCase().includes(kind.toLowerCase()) ? label : `${kind} ${label}`.trim();
}

function seconds(us: number): string {
  return (us / 1_000_000).toFixed(4);
}

function cut(text: string, characters: number): string {
  const room = Math.max(4, Math.floor(characters));
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
