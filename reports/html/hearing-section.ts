import { formatNumber, plural } from '../format.js';
import type { MediaResult, RunResult } from '../result-schema.js';
import { timeFrame } from './chart-spec.js';
import { person } from './gap-section.js';
import { type StripPicture, type StripState, stripPicture } from './strip-picture.js';

type Channel = MediaResult['channels'][number];

/** By the numbers of the result file. */
const STATES: readonly (StripState | null)[] = [
  null,
  { name: 'heard', word: 'heard', height: 'half' },
  { name: 'doubled', word: 'heard twice', height: 'full' },
  { name: 'silent', word: 'spoken, but not heard', height: 'full' },
  { name: 'unwatched', word: 'not watched', height: 'half' },
];
const QUIET = 0;
const DOUBLED = 2;
const SILENT = 3;
const UNWATCHED = 4;

/** Who hears whom over time: one picture a channel, the one with most trouble first. */
export function hearingSection(result: RunResult, media: MediaResult): string {
  const [first, ...others] = media.channels;
  if (first === undefined) return '<p class="empty">Nobody was in a channel with somebody else.</p>';
  const more = others.map((channel) => {
    const summary = `Channel ${channel.channelId}, ${plural(channel.pairs, 'pair')}`;
    return `<details><summary>${summary}</summary>${picture(result, media, channel)}</details>`;
  });
  return picture(result, media, first) + more.join('');
}

function picture(result: RunResult, media: MediaResult, channel: Channel): string {
  const { endS, bands } = timeFrame(result);
  const rows: StripPicture['rows'] = channel.rows.map(({ listener, talker, steps }) => {
    const times = timesOf(steps, endS);
    const parts = STATES.flatMap((state, number) =>
      state === null || times[number] === 0 ? [] : [`${state.word} ${formatNumber(times[number] ?? 0, 1)}\u00a0s`],
    );
    const said = parts.length === 0 ? 'nothing was said' : parts.join(', ');
    return {
      label: `${listener} ← ${talker}`,
      text: `${person(listener)} listens to ${person(talker)}: ${said}`,
      steps,
    };
  });
  const troubled = channel.rows.filter(({ steps }) => steps.some(([, state]) => state === SILENT || state === DOUBLED));
  const shown =
    rows.length < channel.pairs
      ? `${rows.length} of ${channel.pairs} pairs, those with trouble first`
      : plural(rows.length, 'pair');
  const outcome =
    troubled.length === 0
      ? 'Everybody was heard by everybody, all the time.'
      : `In ${plural(troubled.length, 'pair')} something said was not heard, or heard twice.`;
  const fault = bands.length > 0 ? ', shaded: a fault' : '';
  const cell = `Each cell is ${formatNumber(media.cellS)}\u00a0s and shows the worst that was in it; blank: nothing was said${fault}.`;
  return stripPicture({
    title: `Channel ${channel.channelId}: listener ← talker`,
    summary: `${shown}. ${outcome} ${cell}`,
    endS,
    states: STATES.map((state, number) => (isUsed(channel, number) ? state : null)),
    rows,
    bands,
  });
}

function isUsed(channel: Channel, number: number): boolean {
  if (number === QUIET) return false;
  return number !== UNWATCHED || channel.rows.some(({ steps }) => steps.some(([, state]) => state === UNWATCHED));
}

function timesOf(steps: Channel['rows'][number]['steps'], endS: number): number[] {
  const times = STATES.map(() => 0);
  steps.forEach(([fromS, state], index) => {
    const untilS = Math.min(endS, steps[index + 1]?.[0] ?? endS);
    times[state] = (times[state] ?? 0) + Math.max(0, untilS - fromS);
  });
  return times;
}

const LAYERS: readonly StripState[] = [
  { name: 'high', word: '64 kbit/s', height: 'full' },
  { name: 'middle', word: '32 kbit/s', height: 'full' },
  { name: 'low', word: '16 kbit/s', height: 'full' },
];

/** Layers received over time: of the people who heard worst, and of the pairs with most changes. */
export function layerSection(result: RunResult, media: MediaResult): string {
  if (media.layers.length === 0) return '<p class="empty">Nobody received layers.</p>';
  const { endS, bands } = timeFrame(result);
  const changes = media.layers.reduce((sum, { points }) => sum + Math.max(0, points.length - 1), 0);
  const rows = media.layers.map(({ listener, talker, points }) => ({
    label: `${listener} ← ${talker}`,
    text: `${person(listener)} receives ${person(talker)}: ${plural(Math.max(0, points.length - 1), 'change')}`,
    steps: points.map(([atS, kbps]) => [atS, kbps >= 64 ? 0 : kbps >= 32 ? 1 : 2] as const),
  }));
  const all = result.metrics.layer_switches;
  const total = all !== undefined && all.kind !== 'histogram' && all.value !== null ? all.value : changes;
  return stripPicture({
    title: 'Layer of the talker that the listener receives',
    summary: `${plural(rows.length, 'pair')} of those who heard worst or changed most, with ${formatNumber(changes)} of ${plural(total, 'change')} in all.`,
    endS,
    states: LAYERS,
    rows,
    bands,
  });
}
