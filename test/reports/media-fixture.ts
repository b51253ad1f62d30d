import type { RunResult } from '../../reports/result-schema.js';
import type { EarPair } from '../../sim/media/ears/index.js';
import type { Measured } from '../../sim/scenario/index.js';
import { METRICS } from '../../sim/scenario/metric-catalogue.js';
import { mediaMetrics } from '../../sim/world/media-metrics.js';
import { mediaResult } from '../../sim/world/media-result.js';
import { ears, pairOf, speech } from '../sim/media/ears/made-up-voice.js';
import { fixtureResult } from './result-fixture.js';

const END_S = 300;
/** The link of user 3 carries only 60 kbit/s. */
const NARROW = { fromS: 100, untilS: 160 };
/** Nothing gets to user 5 and back. */
const OUTAGE = { fromS: 200, untilS: 206 };
/** The channel moves from the mesh to the SFU. */
const MOVED_S = 60;

/** A result with voice: a channel of eight, in which links become worse, and one of four in which all is well. */
export function voiceFixture(): RunResult {
  const all = ears({ faultAt: (timeUs) => (timeUs > 198e6 && timeUs < 206e6 ? 'partition' : null) });
  const draw = generator(11);
  const members = ['1', '2', '3', '4', '5', '6', '7', '8'];
  const pairs = new Map<string, EarPair>();
  for (const [channelId, users] of [
    [7, members],
    [12, ['21', '22', '23', '24']],
  ] as const)
    for (const listener of users)
      for (const talker of users)
        if (listener !== talker) {
          const pair = pairOf(all, listener, talker, channelId);
          pair.layer(0, 'h');
          pairs.set(`${listener} ${talker}`, pair);
        }
  let talker = '1';
  let other = '21';
  for (let atS = 0; atS < END_S; atS++) {
    if (draw() < 0.3) talker = members[Math.floor(draw() * 8)] ?? '1';
    if (atS >= NARROW.fromS && atS < NARROW.fromS + 6) talker = '3';
    if (draw() < 0.3) other = String(21 + Math.floor(draw() * 4));
    if (atS === NARROW.fromS) all.impaired('client-3', atS * 1e6, 'capacity', { capacityKbps: 60 });
    if (atS === NARROW.untilS) all.mended('client-3', atS * 1e6);
    if (atS === OUTAGE.fromS) all.impaired('client-5', atS * 1e6, 'outage', { lossShare: 1 });
    if (atS === OUTAGE.untilS) all.mended('client-5', atS * 1e6);
    for (const [name, pair] of pairs) {
      const [listener, speaker] = name.split(' ');
      if (speaker !== talker && speaker !== other) continue;
      if (draw() < 0.12) continue;
      const squeezed = (listener === '3' || speaker === '3') && atS >= NARROW.fromS && atS < NARROW.fromS + 4;
      const cut = (listener === '5' || speaker === '5') && atS >= OUTAGE.fromS && atS < OUTAGE.untilS;
      const slow = (listener === '3' || speaker === '3') && atS >= NARROW.fromS && atS < NARROW.untilS;
      const networkDelayMs = 35 + draw() * 20 + (slow ? 180 + draw() * 60 : 0) + (draw() < 0.02 ? 80 : 0);
      const playoutDelayMs = 60 + (slow ? 50 : 0);
      const lost = cut ? 50 : squeezed ? 14 : draw() < 0.15 ? 1 : 0;
      pair.interval(
        speech(atS, {
          lost,
          burstRatio: squeezed ? 2 : 1,
          networkDelayMs,
          playoutDelayMs,
          mouthToEarMs: networkDelayMs + playoutDelayMs + 25,
        }),
      );
      if (squeezed && draw() < 0.4) pair.silence(atS * 1e6, (atS + 0.3 + draw() * 0.5) * 1e6, 'loss', false);
    }
    for (const direction of ['up', 'down'] as const) {
      const narrow = atS >= NARROW.fromS && atS < NARROW.untilS;
      const settling = Math.min(1, (atS - NARROW.fromS) / 5);
      const after = Math.max(0, Math.min(1, (atS - NARROW.untilS) / 25));
      const estimate = narrow
        ? 320 - settling * 272
        : atS >= NARROW.untilS
          ? 48 + after * 272
          : Math.min(320, 90 + atS * 8);
      all.estimate('client-3', direction, atS * 1e6, estimate + draw() * 12, narrow ? 60 : 750);
      all.estimate('client-1', direction, atS * 1e6, 280 + draw() * 30, 30_000);
    }
    for (const [name, pair] of pairs) {
      if (!name.includes('3') || name.includes('23')) continue;
      if (atS === NARROW.fromS + 2) pair.layer(atS * 1e6, 'm');
      if (atS === NARROW.fromS + 8) pair.layer(atS * 1e6, 'l');
      if (atS === NARROW.untilS + 11) pair.layer(atS * 1e6, 'm');
      if (atS === NARROW.untilS + 22) pair.layer(atS * 1e6, 'h');
    }
  }
  for (const member of members) {
    pairs
      .get(`${member} ${member === '2' ? '4' : '2'}`)
      ?.silence((MOVED_S + draw()) * 1e6, (MOVED_S + 1.6) * 1e6, 'migration', false);
    if (member !== '5')
      pairs.get(`5 ${member}`)?.silence(OUTAGE.fromS * 1e6, (OUTAGE.untilS + 0.7 + draw()) * 1e6, 'outage', false, 3e6);
  }
  pairs.get('6 8')?.doubled((MOVED_S + 2) * 1e6, (MOVED_S + 4.2) * 1e6);
  all.finish(END_S * 1e6);
  const base = fixtureResult();
  return {
    ...base,
    simulatedSeconds: END_S,
    faults: [{ kind: 'partition', target: 'client-5', fromS: OUTAGE.fromS, toS: OUTAGE.untilS }],
    metrics: {
      ...base.metrics,
      ...Object.fromEntries(mediaMetrics(all).map(([name, measured]) => [name, metricOf(name, measured)])),
    },
    media: mediaResult(all, 'packet'),
  };
}

/** A result of a world with voice in which nobody said a word. */
export function silentFixture(): RunResult {
  const all = ears();
  all.finish(END_S * 1e6);
  return { ...fixtureResult(), media: mediaResult(all, 'flow') };
}

function metricOf(name: string, measured: Measured): RunResult['metrics'][string] {
  const { unit } = METRICS[name as keyof typeof METRICS];
  if (measured.kind !== 'histogram') return { kind: measured.kind, unit, value: measured.value };
  const { count, min, avg, max } = measured;
  const none = count === 0;
  const at = (share: number) => (none ? null : measured.quantile(share));
  return {
    kind: 'histogram',
    unit,
    count,
    min: none ? null : min,
    avg: none ? null : avg,
    med: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    max: none ? null : max,
  };
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}
