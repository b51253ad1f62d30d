import { formatMs, formatNumber, plural } from '../format.js';
import type { MediaResult, RunResult } from '../result-schema.js';
import { type ChartSpec, figure, timeFrame } from './chart-spec.js';
import { escapeHtml } from './escape.js';
import type { Charts } from './time-charts.js';

const DELAYS: Readonly<Record<string, string>> = {
  mouth_to_ear_ms: 'From mouth to ear',
  media_latency_ms: 'On the network, one way',
};

/** Delays of voice over time: percentiles of all frames that were played. */
export function delaySection(result: RunResult, media: MediaResult): Charts {
  const parts = media.delays.map(({ name, points }): Charts => {
    const metric = result.metrics[name];
    const whole = metric?.kind === 'histogram' && metric.count > 0 ? metric : null;
    const spec: ChartSpec = {
      ...timeFrame(result),
      id: `chart-${name.replace(/_ms$/, '').replaceAll('_', '-')}`,
      datasets: [
        { label: 'p99', tone: 'bad', kind: 'line', points: points.map(([atS, , , p99]) => [atS, p99]) },
        { label: 'p95', tone: 'migration', kind: 'line', points: points.map(([atS, , p95]) => [atS, p95]) },
        { label: 'p50', tone: 'neutral', kind: 'line', points: points.map(([atS, p50]) => [atS, p50]) },
      ],
      unit: 'ms',
      scale: 'linear',
      lines: [],
    };
    const text = (value: number | null) => (value === null ? '–' : formatMs(value));
    const summary =
      whole === null
        ? ''
        : `p50 ${text(whole.med)}, p95 ${text(whole.p95)}, p99 ${text(whole.p99)}, longest ${text(whole.max)}.`;
    const empty = points.length === 0 ? 'No voice was played.' : null;
    return {
      html: figure(spec, { title: DELAYS[name] ?? name, summary, empty }),
      specs: empty === null ? [spec] : [],
    };
  });
  return { html: parts.map(({ html }) => html).join(''), specs: parts.flatMap(({ specs }) => specs) };
}

/** Bandwidth estimates beside the capacity that the link really had. */
export function bandwidthSection(result: RunResult, media: MediaResult): Charts {
  if (media.estimates.length === 0) return { html: '<p class="empty">Nothing was estimated.</p>', specs: [] };
  const parts = media.estimates.map(({ host, direction, points }, index): Charts => {
    const highest = Math.max(...points.map(([, estimate]) => estimate));
    // a link much wider than the estimate would flatten it
    const round = highest < 300 ? 100 : highest < 1_000 ? 200 : 1_000;
    const top = Math.max(100, Math.ceil((highest * 1.4) / round) * round);
    const narrow = points.some(([, , capacity]) => capacity !== null && capacity <= top);
    const spec: ChartSpec = {
      ...timeFrame(result),
      id: `chart-estimate-${index}`,
      datasets: [
        { label: 'Estimate', tone: 'neutral', kind: 'line', points: points.map(([atS, estimate]) => [atS, estimate]) },
        {
          label: narrow ? 'Capacity' : 'Capacity (above the picture)',
          tone: 'bad',
          kind: 'limit',
          points: untilEnd(
            points.map(([atS, , capacity]) => [atS, capacity]),
            result.simulatedSeconds,
          ),
        },
      ],
      unit: 'kbps',
      scale: 'linear',
      range: [0, top],
      lines: [],
    };
    const above = overestimated(points);
    const summary =
      above === null
        ? `The link has no limit, or one far above; highest estimate ${formatNumber(highest, 0)}\u00a0kbit/s.`
        : `Above the capacity in ${formatNumber(above * 100, 1)}\u00a0% of the points shown; highest estimate ${formatNumber(highest, 0)}\u00a0kbit/s.`;
    return {
      html: figure(spec, { title: `${host}, ${direction === 'up' ? 'sending' : 'receiving'}`, summary, empty: null }),
      specs: [spec],
    };
  });
  const shown = new Set(media.estimates.map(({ host }) => host)).size;
  const words = `Links of ${formatNumber(shown)} of ${plural(result.clients, 'client')}: those that became worse first, then those whose estimate was furthest above the capacity.`;
  const note = shown < result.clients ? `<p class="summary">${escapeHtml(words)}</p>` : '';
  return {
    html: `${note}<div class="multiples">${parts.map(({ html }) => html).join('')}</div>`,
    specs: parts.flatMap(({ specs }) => specs),
  };
}

type Points = readonly (readonly [number, number | null])[];

function untilEnd(points: Points, endS: number): Points {
  const last = points.at(-1);
  return last === undefined ? points : [...points, [endS, last[1]]];
}

/** Share of the points whose estimate lies above the capacity; null: the capacity was never near. */
function overestimated(points: MediaResult['estimates'][number]['points']): number | null {
  const limited = points.filter(([, estimate, capacity]) => capacity !== null && capacity < 4 * estimate);
  if (limited.length === 0) return null;
  return limited.filter(([, estimate, capacity]) => capacity !== null && estimate > capacity).length / points.length;
}
