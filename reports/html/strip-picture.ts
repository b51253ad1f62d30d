import { formatClock } from '../format.js';
import { tickStep } from './chart-spec.js';
import { escapeHtml } from './escape.js';

/** How a state looks: its class in the style sheet, its word in the legend, and how much of the row's height it fills. */
export interface StripState {
  readonly name: string;
  readonly word: string;
  readonly height: 'full' | 'half';
}

/** Rows of states over time. */
export interface StripPicture {
  readonly title: string;
  readonly summary: string;
  readonly endS: number;
  /** States by number; null is not drawn. */
  readonly states: readonly (StripState | null)[];
  readonly rows: readonly {
    readonly label: string;
    /** What the row says, in words. */
    readonly text: string;
    /** [from in s, state]: holds until the next, the last until the end. */
    readonly steps: readonly (readonly [number, number])[];
  }[];
  /** Faults: shown behind the rows. */
  readonly bands: readonly { readonly fromS: number; readonly toS: number; readonly label: string }[];
}

const ROW = 11;
/** Longer labels need a wider column. */
const LABEL_SHORT = 9;
/** Units of width: the picture is stretched to its place. */
const WIDTH = 1000;

/** The picture: labels, rows and a time axis. Colours stand in the style sheet; it is as wide as its place. */
export function stripPicture(picture: StripPicture): string {
  const { title, summary, rows, states } = picture;
  const height = rows.length * ROW;
  const words = states.flatMap((state) =>
    state === null ? [] : [`<li class="strip-${state.name}">${escapeHtml(state.word)}</li>`],
  );
  const labels = rows.map(({ label }, index) => `<text x="100%" y="${index * ROW + 9}">${escapeHtml(label)}</text>`);
  return [
    `<figure class="chart">${title === '' ? '' : `<h3>${escapeHtml(title)}</h3>`}<p class="summary">${escapeHtml(summary)}</p><ul class="legend">${words.join('')}</ul>`,
    `<div class="strips${rows.some(({ label }) => label.length > LABEL_SHORT) ? ' long' : ''}"><svg class="strip-labels" width="100%" height="${height}" aria-hidden="true">${labels.join('')}</svg>`,
    `<svg class="strip-plot" role="img" aria-label="${escapeHtml(`${title} ${summary}`)}" width="100%" height="${height}" viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none">${plot(picture)}</svg>`,
    `<span></span>${axis(picture.endS)}</div></figure>`,
  ].join('');
}

function plot({ rows, states, endS, bands }: StripPicture): string {
  const height = rows.length * ROW;
  const scale = endS > 0 ? WIDTH / endS : 0;
  const paths = states.map(() => '');
  rows.forEach(({ steps }, row) => {
    steps.forEach(([fromS, number], index) => {
      const state = states[number];
      if (!state) return;
      const from = Math.round(fromS * scale);
      const until = Math.round(Math.min(endS, steps[index + 1]?.[0] ?? endS) * scale);
      const full = state.height === 'full';
      paths[number] +=
        `M${from} ${row * ROW + (full ? 1 : 3)}h${until - from}v${full ? ROW - 2 : ROW - 6}h${from - until}z`;
    });
  });
  const shapes = paths.map((path, number) =>
    path === '' ? '' : `<path class="strip-${states[number]?.name}" d="${path}"/>`,
  );
  const faults = bands.map(({ fromS, toS, label }) => {
    const from = Math.round(fromS * scale);
    return `<rect class="strip-fault" x="${from}" y="0" width="${Math.max(2, Math.round(toS * scale) - from)}" height="${height}"><title>${escapeHtml(label)}</title></rect>`;
  });
  const touch = rows.map(
    ({ text }, row) =>
      `<rect class="strip-touch" x="0" y="${row * ROW}" width="${WIDTH}" height="${ROW}"><title>${escapeHtml(text)}</title></rect>`,
  );
  return faults.join('') + shapes.join('') + touch.join('');
}

function axis(endS: number): string {
  const step = tickStep(endS);
  const ticks: string[] = [];
  for (let atS = 0; atS <= endS; atS += step) {
    const place = endS > 0 ? (atS / endS) * 100 : 0;
    const anchor = place < 4 ? 'start' : place > 96 ? 'end' : 'middle';
    ticks.push(`<text x="${place.toFixed(2)}%" y="14" text-anchor="${anchor}">${formatClock(atS)}</text>`);
  }
  return `<svg class="strip-axis" width="100%" height="20" aria-hidden="true">${ticks.join('')}</svg>`;
}
