import type { Counterexample, CounterexampleEvent } from './counterexample-schema.js';
import { foldEvents } from './folding.js';
import { criticalPlace, eventTime, formatDuration, lateness, plainSpaces, swapSentence } from './wording.js';

/** Rows that GitHub still draws readably. */
const ROWS = 60;
const LABEL = 70;

/**
 * The events as a Mermaid sequence diagram, for an issue or a pull request: an arrow per message, a note for what happens at one host,
 * at most about 60 of both (the rest is said in notes). Hosts get aliases (`H1`), so that no name of theirs meets a keyword.
 */
export function renderMermaid(counterexample: Counterexample): string {
  const rows = foldEvents(counterexample, ROWS);
  const shown = rows.flatMap((row) => ('event' in row ? [row.event] : []));
  const used = new Set(shown.flatMap((event) => [event.host, ...(event.from === undefined ? [] : [event.from])]));
  const hosts = counterexample.hosts.filter(({ id }) => used.has(id));
  const aliases = new Map(hosts.map(({ id }, place) => [id, `H${place + 1}`]));
  const ends = [aliases.get(hosts[0]?.id ?? ''), aliases.get(hosts.at(-1)?.id ?? '')];
  const across = [...new Set(ends)].join(',');
  const lines = rows.flatMap((row) => {
    if ('event' in row) return eventLines(row.event, counterexample, aliases);
    const span = row.toUs - row.fromUs;
    const lasting = span > 0 ? ` in ${formatDuration(span)}` : '';
    return [`Note over ${across}: ${escapeMermaid(`… ${row.folded} ${row.what}${lasting} …`)}`];
  });
  return `${[
    'sequenceDiagram',
    ...hosts.map(({ id, kind }) => {
      const word = kind === 'client' ? 'actor' : 'participant';
      return `${word} ${aliases.get(id)} as ${escapeMermaid(id)}`;
    }),
    ...lines,
  ].join('\n    ')}\n`;
}

function eventLines(
  event: CounterexampleEvent,
  counterexample: Counterexample,
  aliases: ReadonlyMap<string, string>,
): string[] {
  const host = aliases.get(event.host) ?? '';
  const from = event.from === undefined ? host : (aliases.get(event.from) ?? host);
  const place = criticalPlace(counterexample, event);
  const late = lateness(event);
  const words = [
    place === 0 ? '' : place === 1 ? '①' : '②',
    event.kind === 'violation' ? '✗' : event.kind === 'fault' ? '⚡' : event.chosen === true ? '↷' : '',
    cut(plainSpaces(event.label)),
    late === '' ? '' : `(${late})`,
  ];
  const text = escapeMermaid(words.filter((word) => word !== '').join(' ')) || '-';
  const own = event.kind === 'violation' || event.kind === 'fault' || event.kind === 'state' || event.kind === 'timer';
  const line =
    from !== host ? `${from}->>${host}: ${text}` : own ? `Note over ${host}: ${text}` : `${host}->>${host}: ${text}`;
  if (place === 0) return [line];
  const note = place === 1 ? 'critical pair, first' : `critical pair, second. ${swapSentence(counterexample)}`;
  return [
    'rect rgba(240, 170, 40, 0.25)',
    line,
    `Note right of ${host}: ${escapeMermaid(`${note} (${eventTime(event.atUs)} s)`)}`,
    'end',
  ];
}

/**
 * Text as Mermaid shows it literally: everything but letters, digits and harmless signs becomes an entity code (`#59;`), because `#` and
 * `;` end a line there, `%%` begins a comment and `<` markup; `style` and `classDef` before a code, and a leading `wrap:`, have a
 * meaning of their own. A colon within a text has none.
 */
export function escapeMermaid(text: string): string {
  return plainSpaces(text)
    .replace(/[^\p{L}\p{N} .,:/()_=@…①②✗⚡↷'-]/gu, (sign) => `#${sign.codePointAt(0)};`)
    .replace(/style|classdef/gi, (word) => `#${word.charCodeAt(0)};${word.slice(1)}`)
    .replace(/^(?:no)?wrap:/i, (word) => `${word.slice(0, -1)}#58;`);
}

function cut(text: string): string {
  return text.length <= LABEL ? text : `${text.slice(0, LABEL - 1)}…`;
}
