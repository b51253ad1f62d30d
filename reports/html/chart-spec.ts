import { alertSubject } from '../alert-summary.js';
import { formatClock } from '../format.js';
import type { AlertEvent, FaultWindow, RunResult } from '../result-schema.js';
import { escapeHtml } from './escape.js';

/** Colours by meaning; the page's style sheet defines them for light and dark. */
export type Tone = 'p2p' | 'sfu' | 'migration' | 'neutral' | 'bad';

/** What the script of the page draws. All data are plain JSON. */
export interface ChartSpec {
  readonly id: string;
  readonly datasets: readonly {
    readonly label: string;
    readonly tone: Tone;
    /**
     * `step`: a value that holds until the next; `area`: the same, filled and stacked; `limit`: the same, dashed; `line`: values joined
     * by lines; `points`: samples.
     */
    readonly kind: 'step' | 'area' | 'limit' | 'line' | 'points';
    /** [time in s, value]; a value of null interrupts the line. */
    readonly points: readonly (readonly [number, number | null])[];
  }[];
  /** Unit of the values; `1`: whole numbers, `score`: others. */
  readonly unit: 'ms' | 'kbps' | 'score' | '1';
  /** Ends of the scale, where they are given. */
  readonly range?: readonly [min: number, max: number];
  readonly scale: 'linear' | 'log';
  readonly endS: number;
  readonly tickS: number;
  /** Horizontal lines, e.g. percentiles. */
  readonly lines: readonly { readonly value: number; readonly label: string }[];
  /** Faults. */
  readonly bands: readonly { readonly fromS: number; readonly toS: number; readonly label: string }[];
  /** Alerts that fired, or were pending only. Absent: nothing was monitored. */
  readonly alerts?: readonly AlertBand[];
}

/** When an alert was pending and fired, in s. */
export interface AlertBand {
  readonly label: string;
  readonly severity: 'critical' | 'warning';
  readonly pendingS: number;
  /** null: it was pending only. */
  readonly firingS: number | null;
  readonly toS: number;
}

/** Bands of alerts in one chart; the section on alerts and the result file have all. */
const ALERTS_SHOWN = 12;

const TICKS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 604_800];

/** Distance of the time marks, in s, so that at most eight fit. */
export function tickStep(endS: number): number {
  return TICKS_S.find((step) => endS / step <= 8) ?? 2_592_000;
}

/** What every time chart of a run has in common. */
export function timeFrame(result: RunResult): Pick<ChartSpec, 'endS' | 'tickS' | 'bands' | 'alerts'> {
  const endS = result.simulatedSeconds;
  const { alerts } = result;
  const frame = { endS, tickS: tickStep(endS), bands: result.faults.map((fault) => band(fault, endS)) };
  if (alerts === undefined) return frame;
  return { ...frame, alerts: alerts.timeline.slice(0, ALERTS_SHOWN).map((event) => alertBand(event, endS)) };
}

function alertBand(event: AlertEvent, endS: number): AlertBand {
  const subject = alertSubject(event);
  return {
    label: `${event.alert}${subject === '' ? '' : ` ${subject}`}`,
    severity: event.severity === 'critical' ? 'critical' : 'warning',
    pendingS: event.pendingAtS,
    firingS: event.firingAtS,
    toS: event.resolvedAtS ?? endS,
  };
}

function band(fault: FaultWindow, endS: number): ChartSpec['bands'][number] {
  const from = Math.min(fault.fromS, endS);
  // A moment gets enough width to be seen.
  const to = Math.min(endS, Math.max(fault.toS, from + endS * 0.003));
  return { fromS: from, toS: to, label: fault.kind };
}

/** A chart with its title and its text alternative, or a sentence in its place when there is nothing to draw. */
export function figure(
  spec: ChartSpec,
  text: { readonly title: string; readonly summary: string; readonly empty: string | null },
): string {
  const title = `<h3>${escapeHtml(text.title)}</h3>`;
  if (text.empty !== null)
    return `<figure class="chart">${title}<p class="empty">${escapeHtml(text.empty)}</p></figure>`;
  const faults = spec.bands.map((item) => `${item.label} from ${formatClock(item.fromS)} to ${formatClock(item.toS)}`);
  const alerts = (spec.alerts ?? []).map(({ label: name, pendingS, firingS, toS }) => {
    const since = firingS === null ? 'pending' : 'firing';
    return `${name} ${since} from ${formatClock(firingS ?? pendingS)} to ${formatClock(toS)}`;
  });
  const listed = (name: string, items: readonly string[]) =>
    items.length === 0 ? '' : ` ${name}: ${items.join(', ')}.`;
  const label = `${text.title}. ${text.summary}${listed('Faults', faults)}${listed('Alerts', alerts)}`;
  const legend = spec.datasets.length < 2 ? '' : `<ul class="legend">${spec.datasets.map(legendItem).join('')}</ul>`;
  return [
    `<figure class="chart">${title}<p class="summary">${escapeHtml(text.summary)}</p>${legend}`,
    `<div class="canvas"><canvas id="${spec.id}" role="img" aria-label="${escapeHtml(label)}"></canvas></div></figure>`,
  ].join('');
}

function legendItem(dataset: ChartSpec['datasets'][number]): string {
  return `<li class="tone-${dataset.tone}">${escapeHtml(dataset.label)}</li>`;
}
