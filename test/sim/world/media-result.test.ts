import { describe, expect, test } from 'vitest';
import { mediaSchema } from '../../../reports/media-schema.js';
import { resolveScenario } from '../../../sim/scenario/index.js';
import { METRICS } from '../../../sim/scenario/metric-catalogue.js';
import { simulate } from '../../../sim/simulate.js';
import { mediaMetrics } from '../../../sim/world/media-metrics.js';
import { mediaResult } from '../../../sim/world/media-result.js';
import { ears, pairOf, speech, talk } from '../media/ears/made-up-voice.js';

/** Three people for 300 s: 3 talks; 1 hears with a gap and a change of layers, 2 hears some of it twice. */
function call() {
  const all = ears({ faultAt: (timeUs) => (timeUs > 200e6 ? 'sfu-crash' : null) });
  const [one, two] = [pairOf(all, '1', '3'), pairOf(all, '2', '3')];
  one.layer(0, 'h');
  one.layer(100e6, 'm');
  two.layer(0, 'h');
  talk(one, 0, 100);
  talk(two, 0, 100);
  all.impaired('client-1', 100e6, 'capacity', { capacityKbps: 80 });
  one.interval(speech(100, { lost: 50, layer: null }));
  one.silence(99.9e6, 101.2e6, 'loss', false);
  two.doubled(50e6, 51e6);
  for (let atS = 0; atS < 300; atS++)
    all.estimate('client-1', 'down', atS * 1e6, atS < 150 ? 90 : 60, atS < 100 ? 1_000 : 80);
  all.mended('client-1', 200e6);
  all.finish(300e6);
  return all;
}

describe('the media part of a result', () => {
  const media = mediaResult(call(), 'packet');

  test('is what its schema says', () => {
    expect(mediaSchema.parse(media)).toEqual(media);
  });

  test('names formula, scale and the row of each layer', () => {
    expect(media.model.formula).toMatch(/G\.107\.2 \(full band\)/);
    expect(media.model.rows.map(({ layer, codec, scale }) => `${layer} ${codec} ${scale}`)).toEqual([
      'h EVS 48 kbit/s full-band',
      'm EVS 32 kbit/s full-band',
      'l EVS 16.4 kbit/s full-band',
    ]);
  });

  test('shows who heard whom when: the worst of each cell', () => {
    const [channel] = media.channels;
    expect([media.cellS, channel?.channelId, channel?.pairs]).toEqual([1.25, 7, 2]);
    expect(channel?.rows).toEqual([
      {
        listener: '1',
        talker: '3',
        steps: [
          [0, 1],
          [98.75, 3],
          [101.25, 0],
        ],
      },
      {
        listener: '2',
        talker: '3',
        steps: [
          [0, 1],
          [50, 2],
          [51.25, 1],
          [100, 0],
        ],
      },
    ]);
  });

  test('shows the worst listeners first, and layers of these', () => {
    expect(media.listeners.map(({ userId }) => userId)).toEqual(['1', '2']);
    expect(media.layers[0]).toEqual({
      channelId: 7,
      listener: '1',
      talker: '3',
      points: [
        [0, 64],
        [100, 32],
      ],
    });
  });

  test('has shares that add up', () => {
    const sum = media.mosDistribution.bars.reduce((total, [, share]) => total + share, 0);
    expect(sum).toBeCloseTo(1, 10);
  });

  test('keeps every change of the capacity beside the estimate', () => {
    const [series] = media.estimates;
    expect(series?.host).toBe('client-1');
    expect(series?.points.find(([, , capacity]) => capacity === 80)?.[0]).toBe(100);
  });

  test('tells gaps with their cause, and impairments with what came of them', () => {
    expect(media.gaps).toEqual([
      { atS: 99.9, durationMs: 1_300, listener: '1', talker: '3', channelId: 7, cause: 'loss' },
    ]);
    expect(media.gapCauses).toEqual([{ cause: 'loss', count: 1, totalMs: 1_300 }]);
    expect(media.impairments).toEqual([
      {
        host: 'client-1',
        kind: 'capacity',
        fromS: 100,
        untilS: 200,
        adaptationMs: 1_000,
        recoveryMs: null,
        layerRecoveryMs: null,
      },
    ]);
  });
});

describe('a picture of a big world is not big', () => {
  test('a channel of 50, and long series', () => {
    const all = ears();
    for (let listener = 0; listener < 50; listener++)
      for (let talker = 0; talker < 50; talker++)
        if (listener !== talker) talk(pairOf(all, String(listener), String(talker)), 0, 2);
    pairOf(all, '49', '48').silence(10e6, 20e6, 'path', false);
    for (let at = 0; at < 100_000; at++) all.estimate('client-1', 'up', at * 1e4, at % 90, 100);
    all.finish(300e6);
    const media = mediaResult(all, 'flow');
    expect(media.channels[0]?.pairs).toBe(91);
    expect(media.channels[0]?.rows).toHaveLength(60);
    expect(media.estimates[0]?.points.length).toBeLessThanOrEqual(600);
    const trouble = media.channels[0]?.rows.find(({ listener }) => listener === '49');
    expect(trouble?.steps).toEqual([
      [0, 4],
      [10, 3],
      [20, 0],
    ]);
    expect(JSON.stringify(media).length).toBeLessThan(40_000);
  });
});

describe('metrics of voice', () => {
  const ofVoice = mediaMetrics(call());

  test('all stand in the catalogue, as what they are', () => {
    for (const [name, { kind }] of ofVoice)
      expect([name, METRICS[name as keyof typeof METRICS]?.kind]).toEqual([name, kind]);
  });

  test('count', () => {
    const value = (name: string) => {
      const metric = ofVoice.find(([each]) => each === name)?.[1];
      return metric?.kind === 'histogram' ? metric.quantile(0.5) : metric?.value;
    };
    expect(value('voice_gaps')).toBe(1);
    expect(value('voice_gap_max_ms')).toBe(1_300);
    expect(value('voice_dropout_rate')).toBeCloseTo(1.3 / 201, 10);
    expect(value('concealed_rate')).toBeCloseTo(50 / 10_050, 10);
    expect(value('doubled_ms')).toBe(1_000);
    expect(value('layer_switches_per_minute')).toBeCloseTo(60 / 201, 10);
    expect(value('media_latency_ms')).toBe(40);
    expect(value('adaptation_ms')).toBe(1_000);
  });

  const world = (fidelity: 'none' | 'flow') =>
    resolveScenario({
      name: 'nobody-talks',
      durationS: 2,
      drainS: 1,
      population: {
        clients: 2,
        channels: 1,
        membersMin: 2,
        membersMax: 2,
        arrival: { kind: 'storm', atS: 0.5, overS: 0.5 },
      },
      topology: { backends: 1, sfuNodes: 1, redis: { replicas: 0, sentinels: 0 } },
      media: { fidelity, talk: { model: 'nobody' } },
      expectations: fidelity === 'none' ? {} : { mos: ['avg>4'], voice_gaps: ['value<1'] },
    });

  test('the world tells of links that become worse: those of the scenario, of each client', async () => {
    const scenario = resolveScenario({
      ...world('flow'),
      durationS: 25,
      network: { clientProfiles: { spiky: 1 } },
    });
    const { media } = await simulate(scenario, { seed: 1 });
    expect(media?.impairments.map(({ host, kind, fromS, untilS }) => [host, kind, fromS, untilS]).sort()).toEqual([
      ['client-1', 'loss', 10, 20],
      ['client-2', 'loss', 10, 20],
    ]);
  });

  test('are absent from a world without voice, and so are its oracles', async () => {
    const result = await simulate(world('none'), { seed: 1 });
    expect(result.metrics.mos).toBeUndefined();
    expect(result.media).toBeUndefined();
    expect(result.oracles).not.toContain('gap-budget');
  });

  test('fail an expectation while nobody has talked: silence is no evidence', async () => {
    const result = await simulate(world('flow'), { seed: 1 });
    expect(result.expectations.map(({ metric, pass, reason }) => [metric, pass, reason])).toEqual([
      ['mos', false, 'no samples'],
      ['voice_gaps', false, 'no samples'],
    ]);
    expect(result.media?.channels).toEqual([]);
    expect(result.oracles).toContain('gap-budget');
  });
});
