import { escapeHtml } from '../html/escape.js';

/** A line over the values of a variation, or points of cost and quality. All data are plain JSON. */
export interface CapacityChart {
  readonly id: string;
  readonly unit: string;
  /** The axis of the values begins at 0. */
  readonly fromZero: boolean;
  readonly x: {
    readonly title: string;
    /** `USD`: money; `1`: numbers. */
    readonly unit: string;
    readonly scale: 'linear' | 'log';
    /** Marks of the axis, with their texts. */
    readonly ticks: readonly { readonly value: number; readonly label: string }[];
    readonly min: number;
    readonly max: number;
  };
  readonly series: readonly {
    readonly label: string;
    readonly tone: 'neutral' | 'sfu' | 'p2p' | 'migration' | 'good' | 'muted';
    /** `band`: between this series and the next one; `points`: without a line. */
    readonly kind: 'line' | 'band' | 'edge' | 'points';
    readonly points: readonly (readonly [x: number, y: number])[];
    /** Texts of the points. */
    readonly labels?: readonly string[];
  }[];
  /** Bounds of levels. */
  readonly limits: readonly { readonly value: number; readonly label: string }[];
  /** Between the last value that held and the first one that did not. */
  readonly cliffs: readonly { readonly from: number; readonly to: number; readonly label: string }[];
}

/** A chart with its title and its text alternative. */
export function capacityFigure(spec: CapacityChart, title: string, summary: string): string {
  const named = spec.series.filter(({ kind }) => kind === 'line' || kind === 'points');
  const legend =
    named.length < 2
      ? ''
      : `<ul class="legend">${named.map(({ tone, label }) => `<li class="tone-${tone}">${escapeHtml(label)}</li>`).join('')}</ul>`;
  return `<figure class="chart"><h3>${escapeHtml(title)}</h3><p class="summary">${escapeHtml(summary)}</p>${legend}<div class="canvas"><canvas id="${spec.id}" role="img" aria-label="${escapeHtml(`${title}. ${summary}`)}"></canvas></div></figure>`;
}
