import { describe, expect, it } from 'vitest';
import { ModeController } from '../../../../core/client/mode-controller.js';
import { AudioPipeline } from '../../../../core/media/audio-pipeline.js';
import { UplinkController } from '../../../../core/media/uplink-controller.js';
import { DeadairError } from '../../../../sim/errors.js';
import { resolveScenario } from '../../../../sim/scenario/index.js';
import { World } from '../../../../sim/world/world.js';
import { voiceCall } from './voice-call.js';

const LOSSY = { profiles: { lossy: { delayMs: 30, up: { lossRate: 0.2 } } } };

describe('voice as packets', () => {
  it('lets two hear each other peer to peer, every frame, once', async () => {
    const { value, world, result } = await voiceCall({ people: 2 });
    expect(result.violations).toEqual([]);
    expect(value('voice_gaps')).toBe(0);
    expect(value('concealed_rate')).toBe(0);
    expect(value('doubled_ms')).toBe(0);
    // 2 x 35 ms, 10 ms of backbone, capture, encoder, 20 to 80 ms of playout
    expect(value('mouth_to_ear_ms')).toBeGreaterThan(80 + 26.5 + 20);
    expect(value('mouth_to_ear_ms')).toBeLessThan(80 + 26.5 + 90);
    expect(value('media_latency_ms')).toBeCloseTo(80.1, 0);
    expect([...world.ears!.listeners.values()].every(({ frames }) => frames > 200)).toBe(true);
    expect(value('relayed_rate')).toBe(0);
    const { media } = world.network.statistics;
    expect(media.imbalance).toBe(0);
    expect(media.droppedTotal).toBe(0);
  });

  it('migrates to the SFU without a gap, nothing doubled, each stream continuous', async () => {
    const { value, result, world } = await voiceCall({ people: 9, seconds: 30 });
    expect(result.violations).toEqual([]);
    expect(value('mode_switches')).toBe(1);
    expect(value('voice_gaps')).toBe(0);
    expect(value('concealed_rate')).toBe(0);
    expect(value('doubled_ms')).toBe(0);
    expect(world.ears!.discontinuities).toBe(0);
    expect(value('forwarding_latency_ms')).toBeLessThan(5);
    expect(value('layer_switches')).toBe(0);
    expect(world.network.statistics.media.imbalance).toBe(0);
  });

  it('gives each listener fewer bits when its link carries fewer, in one continuous stream', async () => {
    const narrow = {
      delayMs: 20,
      rateKbps: 5_000,
      down: { phases: [{ fromMs: 10_000, untilMs: 60_000, rateKbps: 160 }] },
    };
    const { value, world, trace } = await voiceCall({
      people: 4,
      profile: 'narrowing',
      network: { profiles: { narrowing: narrow } },
      seconds: 25,
      media: { talk: { model: 'everyone' } },
    });
    // three voices in 160 kbit/s: 88.8 + 56.8 is too much already. B10 wants everybody adapted within 5 s
    const lowered = trace.filter(
      ({ kind, atS, key }) => kind === 'media.layer' && atS > 10 && !`${key}`.endsWith(' h'),
    );
    expect(lowered.filter(({ atS }) => atS < 15).length).toBeGreaterThanOrEqual(12);
    expect(world.ears!.discontinuities).toBe(0);
    expect(value('voice_gap_max_ms')).toBeLessThan(2_000);
  });

  it('has no dropout at 20 % loss, peer to peer and over the SFU', async () => {
    for (const people of [2, 5]) {
      const { value } = await voiceCall({ people, profile: 'lossy', network: LOSSY, seconds: 30 });
      expect(value('voice_gaps')).toBe(0);
      // FEC repairs all but losses in a row: 0.2 x 0.2
      expect(value('concealed_rate')).toBeLessThan(0.06);
      expect(value('concealed_rate')).toBeGreaterThan(0.02);
      expect(value('media_loss_rate')).toBeGreaterThan(0.15);
    }
  });

  it('lowers the quality of what is lost too much, and does not without loss', async () => {
    const layers = async (profile: string) => {
      const { trace } = await voiceCall({ people: 2, profile, network: LOSSY, media: { talk: { model: 'everyone' } } });
      return trace.filter(({ kind }) => kind === 'media.layer').map(({ key }) => key);
    };
    expect(await layers('lte')).toEqual(['2 p2p h', '1 p2p h']);
    expect(await layers('lossy')).toEqual(expect.arrayContaining(['1 p2p h', '1 p2p m', '1 p2p l', '2 p2p l']));
  });

  it('goes silent when the node crashes, and comes back with the rooms', async () => {
    const crash = { kind: 'sfu-crash', target: 'any', atS: 15, forS: 5 } as const;
    const { gaps, result } = await voiceCall({
      people: 5,
      seconds: 25,
      faults: [crash],
      media: { talk: { model: 'everyone' } },
    });
    expect(result.violations).toEqual([]);
    expect(gaps).toHaveLength(20);
    for (const { cause, fromUs, toUs, unfinished } of gaps) {
      expect(cause).toBe('sfu-crash: outage');
      expect(fromUs / 1e6).toBeGreaterThan(14.9);
      expect(fromUs / 1e6).toBeLessThan(15.4);
      expect(toUs / 1e6).toBeLessThan(25);
      expect(unfinished).toBe(false);
    }
  });

  it('goes silent across a partition, and while a device sleeps, and says which', async () => {
    const everyone = { talk: { model: 'everyone' } } as const;
    const cut = await voiceCall({
      people: 2,
      media: everyone,
      faults: [{ kind: 'partition', from: ['client-1'], to: ['client-2'], atS: 10, forS: 3 }],
    });
    expect(cut.gaps.map(({ cause }) => cause)).toEqual(['partition: outage', 'partition: outage']);
    for (const { fromUs, toUs } of cut.gaps) {
      expect((toUs - fromUs) / 1e6).toBeGreaterThan(2.9);
      expect((toUs - fromUs) / 1e6).toBeLessThan(3.3);
    }
    const nap = await voiceCall({
      people: 2,
      media: everyone,
      script: [{ atS: 10, user: 1, do: 'sleep', forS: 2, channel: 1 }],
    });
    expect(nap.gaps.map(({ cause, asleep }) => [cause, asleep])).toEqual([
      ['asleep', true],
      ['asleep', true],
    ]);
  });

  it('is over with the tab, and begins again in another one', async () => {
    const { gaps, value } = await voiceCall({
      people: 3,
      media: { talk: { model: 'everyone' } },
      script: [
        { atS: 6, user: 1, do: 'leave', channel: 1, forS: 1 },
        { atS: 10, user: 1, do: 'join', channel: 1, forS: 1 },
        { atS: 14, user: 2, do: 'second-tab', channel: 1, forS: 1 },
      ],
    });
    expect(gaps).toEqual([]);
    expect(value('doubled_ms')).toBe(0);
  });

  it('takes a TURN server where there is no direct way', async () => {
    const { value } = await voiceCall({ people: 2, network: { relay: { share: 1, servers: 1 } } });
    expect(value('relayed_rate')).toBe(1);
    expect(value('voice_gaps')).toBe(0);
  });

  it('goes through as one encoding without simulcast, and without header extensions', async () => {
    const { value, world } = await voiceCall({
      people: 5,
      media: { codec: { simulcast: false, extensions: false } },
      seconds: 25,
    });
    expect(value('voice_gaps')).toBe(0);
    expect(world.ears!.discontinuities).toBe(0);
    // up to three copies while the mesh and the SFU overlap; then one
    expect(value('uplink_kbps')).toBeLessThan(3 * 84 + 20);
  });

  it('is silence when nobody talks, and a few packets', async () => {
    const { world, value } = await voiceCall({ people: 2, media: { talk: { model: 'nobody' } } });
    expect(value('mos')).toBeNull();
    const { sent } = world.network.statistics.media;
    // 2 talkers, 1 frame every 400 ms for 23 s, and RTCP
    expect(sent).toBeGreaterThan(100);
    expect(sent).toBeLessThan(200);
    const continuous = await voiceCall({ people: 2, media: { talk: { model: 'nobody', dtx: false } } });
    expect(continuous.world.network.statistics.media.sent).toBeGreaterThan(2_000);
  });

  it('is the same for the same seed, trace included, and another one for another', async () => {
    const run = (seed: number) => voiceCall({ people: 5, profile: 'international', seconds: 12, seed });
    const [one, same, other] = [await run(5), await run(5), await run(6)];
    expect(same.result.traceHash).toBe(one.result.traceHash);
    expect(same.trace).toEqual(one.trace);
    expect(other.result.traceHash).not.toBe(one.result.traceHash);
    // what was heard is part of the trace
    expect(one.trace.at(-1)?.kind).toBe('media.end');
    expect(one.trace.filter(({ kind }) => kind === 'media.report').length).toBeGreaterThan(40);
  });

  it('does not exist in worlds without media', async () => {
    const { world, trace, result } = await voiceCall({ people: 9, media: { fidelity: 'none' } });
    expect(world.media).toBeNull();
    expect(world.network.statistics.media.sent).toBe(0);
    expect(trace).toEqual([]);
    expect(result.violations).toEqual([]);
  });

  it('needs what loadMedia loads', () => {
    const make = () => new World(resolveScenario({ name: 'voice', media: { fidelity: 'packet' } }), { seed: 1 });
    expect(make).toThrow(DeadairError);
    expect(make).toThrow(/loadMedia/);
  });
});

describe('classes of voice', () => {
  it('can be replaced: a controller that sends only the low layer', async () => {
    class Low extends UplinkController {
      override get layer() {
        return 'l' as const;
      }
    }
    const { trace } = await voiceCall({ people: 2, collaborators: { UplinkController: Low } });
    const layers = trace.filter(({ kind }) => kind === 'media.layer').map(({ key }) => key);
    expect(layers).toEqual(expect.arrayContaining(['1 p2p l', '2 p2p l']));
    expect(layers).toHaveLength(2);
  });

  it('are found out: a pipeline that stays with the first path', async () => {
    class Stubborn extends AudioPipeline {
      override select(path: 'p2p' | 'sfu' | 'none', atMs: number): void {
        if (this.selected === 'none') super.select(path, atMs);
      }

      override lost(): void {}
    }
    const { gaps } = await voiceCall({
      people: 4,
      media: { talk: { model: 'everyone' } },
      collaborators: { AudioPipeline: Stubborn },
    });
    expect(gaps.length).toBeGreaterThan(1);
    expect(new Set(gaps.map(({ cause }) => cause))).toEqual(new Set(['path']));
  });

  it('are found out: a controller that plays both paths at once', async () => {
    class Both extends ModeController {
      override playedPath(userId: string) {
        return super.playedPath(userId) === 'sfu' ? ('both' as never) : super.playedPath(userId);
      }
    }
    const { value } = await voiceCall({
      people: 4,
      media: { talk: { model: 'everyone' } },
      collaborators: { ModeController: Both },
    });
    expect(value('doubled_ms')).toBeGreaterThan(1_000);
  });
});
