import { LAYER_KBPS, LAYER_NAMES } from '../../core/media/layers.js';
import type { MediaResult } from '../../reports/media-schema.js';
import type { EarListener, Ears, PairStrip } from '../media/ears/index.js';
import { numericOrder } from './numeric-order.js';

const LISTENERS_KEPT = 20;
const CHANNELS_KEPT = 3;
const ROWS_KEPT = 60;
const LAYERS_KEPT = 8;
const ESTIMATES_KEPT = 6;
const GAPS_KEPT = 200;
const IMPAIRMENTS_KEPT = 100;
const MOS_STEP = 0.25;

/** Puts what ears have heard into the result file's shape. The ears must be finished. */
export function mediaResult(ears: Ears, fidelity: 'none' | 'flow' | 'packet'): MediaResult {
  const listeners = [...ears.listeners.values()].filter(({ frames }) => frames > 0).sort(worseFirst);
  return {
    fidelity: fidelity === 'packet' ? 'packet' : 'flow',
    model: {
      formula: formulaOf(ears),
      rows: LAYER_NAMES.map((layer) => {
        const { name, scale, ie, bpl } = ears.rows[layer];
        return { layer, codec: name, scale, ie, bpl };
      }),
    },
    audibleGapMs: ears.audibleGapUs / 1e3,
    mosDistribution: {
      step: MOS_STEP,
      bars: ears.mos.coarse(MOS_STEP).map(([from, weight]) => [from, weight / ears.frames]),
    },
    mosOverTime: ears.mosOverTime.points.map(([atS, low = 0, middle = 0]) => [atS, low, middle]),
    delays: [
      { name: 'mouth_to_ear_ms', points: threes(ears.mouthToEarOverTime.points) },
      { name: 'media_latency_ms', points: threes(ears.latencyOverTime.points) },
    ],
    listeners: listeners.slice(0, LISTENERS_KEPT).map((listener) => ({
      userId: listener.userId,
      mos: listener.mos,
      dropoutShare: listener.dropoutShare,
      lostShare: listener.lost / listener.frames,
      spokenS: listener.spokenUs / 1e6,
    })),
    channels: channelsOf(ears),
    cellS: ears.strips.cellUs / 1e6,
    layers: layersOf(ears, listeners),
    estimates: estimatesOf(ears),
    gaps: ears.gaps
      .longest()
      .slice(0, GAPS_KEPT)
      .map(({ fromUs, toUs, listener, talker, channelId, cause }) => ({
        atS: fromUs / 1e6,
        durationMs: (toUs - fromUs) / 1e3,
        listener,
        talker,
        channelId,
        cause,
      })),
    gapCauses: [...ears.gapCauses]
      .map(([cause, { count, totalUs }]) => ({ cause, count, totalMs: totalUs / 1e3 }))
      .sort((a, b) => b.totalMs - a.totalMs),
    impairments: ears.links.impairments.slice(0, IMPAIRMENTS_KEPT).map((each) => ({
      host: each.hostId,
      kind: each.kind,
      fromS: each.fromUs / 1e6,
      untilS: each.untilUs === null ? null : each.untilUs / 1e6,
      adaptationMs: each.adaptationMs,
      recoveryMs: each.recoveryMs,
      layerRecoveryMs: each.layerRecoveryMs,
    })),
  };
}

function formulaOf(ears: Ears): string {
  const full = LAYER_NAMES.some((layer) => ears.rows[layer].scale === 'full-band');
  return full
    ? 'E-model, ITU-T G.107.2 (full band): R = 148 - 1.48 Idd - Ie,eff; MOS of R/1.48 by G.107, annex B'
    : 'E-model, ITU-T G.107 (narrow band): R = 93.2 - Idd - Ie,eff; MOS by annex B';
}

function threes(points: Ears['latencyOverTime']['points']): [number, number, number, number][] {
  return points.map(([atS, p50 = 0, p95 = 0, p99 = 0]) => [atS, p50, p95, p99]);
}

function worseFirst(a: EarListener, b: EarListener): number {
  return a.mos - b.mos || numericOrder(a.userId, b.userId);
}

/** The channels with most trouble first, then the largest. */
function channelsOf(ears: Ears): MediaResult['channels'] {
  const channels = [...ears.strips.channels]
    .map(([channelId, strips]) => {
      const rows = [...strips.values()].map((strip) => ({ strip, trouble: strip.trouble }));
      const trouble = rows.reduce((sum, row) => sum + row.trouble, 0);
      return { channelId, rows, trouble };
    })
    .filter(({ rows }) => rows.length > 0)
    .sort((a, b) => b.trouble - a.trouble || b.rows.length - a.rows.length || a.channelId - b.channelId);
  return channels.slice(0, CHANNELS_KEPT).map(({ channelId, rows }) => ({
    channelId,
    pairs: rows.length,
    rows: rows
      .sort((a, b) => b.trouble - a.trouble || byNames(a.strip, b.strip))
      .slice(0, ROWS_KEPT)
      .sort((a, b) => byNames(a.strip, b.strip))
      .map(({ strip }) => ({
        listener: strip.listener,
        talker: strip.talker,
        steps: stepsOf(strip, ears.strips.cellUs),
      })),
  }));
}

function byNames(a: PairStrip, b: PairStrip): number {
  return numericOrder(a.listener, b.listener) || numericOrder(a.talker, b.talker);
}

function stepsOf(strip: PairStrip, cellUs: number): [number, number][] {
  const steps: [number, number][] = [];
  let present = -1;
  strip.cells.forEach((state, cell) => {
    if (state === present) return;
    present = state;
    steps.push([(cell * cellUs) / 1e6, state]);
  });
  return steps;
}

/** Layers of the listeners who heard worst, then of those with most changes. */
function layersOf(ears: Ears, worst: readonly EarListener[]): MediaResult['layers'] {
  const place = new Map(worst.slice(0, LAYERS_KEPT / 2).map(({ userId }, index) => [userId, index]));
  const all = [...ears.strips.channels].flatMap(([channelId, strips]) =>
    [...strips.values()].filter(({ layers }) => layers.length > 0).map((strip) => ({ channelId, strip })),
  );
  const rank = ({ strip }: (typeof all)[number]) => place.get(strip.listener) ?? LAYERS_KEPT;
  all.sort((a, b) => rank(a) - rank(b) || b.strip.layers.length - a.strip.layers.length || byNames(a.strip, b.strip));
  // of each listener one talker, as long as there are other listeners
  const seen = new Set<string>();
  const first = all.filter(({ strip }) => !seen.has(strip.listener) && seen.add(strip.listener));
  return [...new Set([...first, ...all])].slice(0, LAYERS_KEPT).map(({ channelId, strip }) => ({
    channelId,
    listener: strip.listener,
    talker: strip.talker,
    points: strip.layers.map(([atUs, layer]) => [atUs / 1e6, LAYER_KBPS[LAYER_NAMES[layer] ?? 'h']]),
  }));
}

/** Those whose links were impaired first, then those whose estimate lay furthest above the truth. */
function estimatesOf(ears: Ears): MediaResult['estimates'] {
  const impaired = new Set(ears.links.impairments.map(({ hostId }) => hostId));
  const rank = (hostId: string) => (impaired.has(hostId) ? 0 : 1);
  return [...ears.estimates.values()]
    .sort(
      (a, b) => rank(a.hostId) - rank(b.hostId) || b.worstExcess - a.worstExcess || numericOrder(a.hostId, b.hostId),
    )
    .slice(0, ESTIMATES_KEPT)
    .map(({ hostId, direction, points }) => ({
      host: hostId,
      direction,
      points: points.map(([atUs, estimate, capacity]) => [atUs / 1e6, estimate, capacity]),
    }));
}
