import { describe, expect, it } from 'vitest';
import type { MediaObserver } from '../../../../sim/net/index.js';
import type { World } from '../../../../sim/world/world.js';
import { voiceCall } from './voice-call.js';

const everybody = { talk: { model: 'everyone', dtx: false } } as const;

/** Sizes and kinds of what goes over the link of a client, by second. */
function meter(userId: string) {
  const up: { atS: number; bytes: number; rtcp: boolean }[] = [];
  const down: typeof up = [];
  const onWorld = (world: World) => {
    const note =
      (into: typeof up): MediaObserver['delivered'] =>
      (packet) =>
        into.push({ atS: world.sim.nowUs / 1e6, bytes: packet.bytes, rtcp: packet.rtcp !== null });
    world.events.listen({
      tabOpened: (tab) => {
        if (tab.userId !== userId) return;
        const host = world.hosts.get(`client-${userId}`)!;
        world.network.observeMedia(host, { sent: note(up), delivered: note(down), dropped: () => {} });
      },
    });
  };
  const kbps = (packets: typeof up, fromS: number, toS: number) =>
    packets.reduce((sum, { atS, bytes, rtcp }) => (rtcp || atS < fromS || atS >= toS ? sum : sum + bytes), 0) /
    (125 * (toS - fromS));
  const reports = (fromS: number, toS: number) =>
    up.filter(({ rtcp, atS }) => rtcp && atS >= fromS && atS < toS).length;
  return { onWorld, upKbps: kbps.bind(null, up), downKbps: kbps.bind(null, down), reports };
}

/** Of three layers of a voice, with header extensions. */
const WIRE = { h: 88.8, m: 56.8, l: 40.8 };

describe('devices', () => {
  it('low on battery sends and asks for less, over an SFU; a charger brings it all back', async () => {
    const { onWorld, upKbps, downKbps } = meter('1');
    const { result, value } = await voiceCall({
      people: 4,
      seconds: 60,
      media: everybody,
      onWorld,
      script: [
        { atS: 12, user: 1, do: 'battery', level: 0.15 },
        { atS: 24, user: 1, do: 'battery', level: 0.05 },
        { atS: 36, user: 1, do: 'battery', level: 0.05, charging: true },
      ],
    });
    expect(result.violations).toEqual([]);
    expect(value('voice_gaps')).toBe(0);
    expect(upKbps(9, 12)).toBeCloseTo(WIRE.h + WIRE.m + WIRE.l, 0);
    expect(downKbps(9, 12)).toBeCloseTo(3 * WIRE.h, 0);
    expect(upKbps(20, 24)).toBeCloseTo(WIRE.m + WIRE.l, 0);
    expect(downKbps(20, 24)).toBeCloseTo(3 * WIRE.m, 0);
    expect(upKbps(32, 36)).toBeCloseTo(WIRE.l, 0);
    expect(downKbps(32, 36)).toBeCloseTo(3 * WIRE.l, 0);
    expect(upKbps(59, 60)).toBeCloseTo(WIRE.h + WIRE.m + WIRE.l, 0);
    expect(downKbps(59, 60)).toBeCloseTo(3 * WIRE.h, 0);
  });

  it('low on battery sends less in a mesh, too', async () => {
    const { onWorld, upKbps } = meter('1');
    const script = [{ atS: 10, user: 1, do: 'battery' as const, level: 0.05 }];
    await voiceCall({ people: 2, seconds: 25, media: everybody, onWorld, script });
    expect(upKbps(7, 10)).toBeCloseTo(WIRE.h, 0);
    expect(upKbps(20, 25)).toBeCloseTo(WIRE.l, 0);
  });

  it('in the background voice goes on both ways, with the middle layer and half of the reports', async () => {
    const { onWorld, upKbps, downKbps, reports } = meter('1');
    const { result, value } = await voiceCall({
      people: 3,
      seconds: 60,
      media: everybody,
      onWorld,
      script: [
        { atS: 14, user: 1, do: 'background' },
        { atS: 34, user: 1, do: 'foreground' },
      ],
    });
    expect(result.violations).toEqual([]);
    expect(value('voice_gaps')).toBe(0);
    expect(value('concealed_rate')).toBe(0);
    expect([reports(8, 14), reports(16, 34), reports(38, 48)]).toEqual([6, 9, 10]);
    expect(upKbps(24, 34)).toBeCloseTo(WIRE.m + WIRE.l, 0);
    expect(downKbps(24, 34)).toBeCloseTo(2 * WIRE.m, 0);
    expect(downKbps(57, 60)).toBeCloseTo(2 * WIRE.h, 0);
  });

  it('plays nothing before it was touched, when browsers are like that, and everything from then on', async () => {
    const touches = [2, 3].map((user) => ({ atS: 3, user, do: 'gesture' as const }));
    const { result, gaps } = await voiceCall({
      people: 3,
      seconds: 40,
      media: everybody,
      devices: { gestureNeeded: true },
      script: [...touches, { atS: 25, user: 1, do: 'gesture' }],
    });
    // not the fault of the service: no oracle objects
    expect(result.violations).toEqual([]);
    expect(gaps.map(({ listener }) => listener)).toEqual(['1', '1']);
    for (const { cause, fromUs, toUs } of gaps) {
      expect(cause).toBe('gesture');
      expect(fromUs).toBeLessThan(13e6);
      expect(toUs).toBeGreaterThan(25e6);
      expect(toUs).toBeLessThan(25.5e6);
    }
  });

  it('needs another touch after the page was loaded anew', async () => {
    const { gaps } = await voiceCall({
      people: 2,
      seconds: 40,
      media: everybody,
      devices: { gestureNeeded: true },
      script: [
        { atS: 2, user: 1, do: 'gesture' },
        { atS: 2, user: 2, do: 'gesture' },
        { atS: 10, user: 1, do: 'reload', forS: 1 },
        { atS: 35, user: 1, do: 'gesture' },
      ],
    });
    const waits = gaps.filter(({ cause }) => cause === 'gesture');
    expect(waits.map(({ listener }) => listener)).toEqual(['1']);
    expect(waits[0]!.toUs).toBeGreaterThan(35e6);
  });

  it('does not matter at all where nothing is said of it', async () => {
    const { result, gaps } = await voiceCall({ people: 2, media: everybody });
    expect(result.violations).toEqual([]);
    expect(gaps).toEqual([]);
  });
});
