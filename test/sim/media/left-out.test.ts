import { describe, expect, it } from 'vitest';
import { VoiceRoom } from './voice-room.js';

/** Eight people who talk all the time, and one on EDGE, 250 kbit/s: eight low voices are 326. */
describe.each(['packet', 'flow'] as const)('eight voices for one on EDGE over an SFU, %s', (fidelity) => {
  it('are those that fit, for long; the others are silent, and said to be left out; nobody else notices', async () => {
    const room = await VoiceRoom.create({ fidelity, media: { talk: { model: 'everyone' } } });
    const poor = room.add('edge');
    for (let i = 0; i < 8; i++) room.add('lte');
    room.forward();
    await room.run(60);
    room.finish();
    const late = room.intervals.filter(({ key, voice }) => key.startsWith('u1<') && voice.fromUs >= 25e6);
    // some of the link is left for everything else
    const kbps = late.reduce((sum, { voice }) => sum + voice.kbps, 0) / ((60 - 25 - 2) * 1);
    expect(kbps).toBeGreaterThan(160);
    expect(kbps).toBeLessThan(250);
    // what comes is understood
    const heard = late.filter(({ voice }) => voice.lost < voice.frames / 2);
    const concealed = heard.reduce((sum, { voice }) => sum + voice.lost / voice.frames, 0) / heard.length;
    expect(concealed).toBeLessThan(0.05);
    const talkers = new Set(heard.map(({ key }) => key));
    expect(talkers.size).toBeGreaterThanOrEqual(5);
    // who is not heard at all counts as lost, frame by frame
    const silent = room.members.slice(1).filter(({ userId }) => !talkers.has(`u1<${userId}`));
    for (const talker of silent) expect(room.of(poor, talker).lost).toBeGreaterThan(30 * 50);
    const gaps = room.gaps.filter(({ listener }) => listener === 'u1');
    const out = gaps.filter(({ cause }) => cause === 'left-out');
    expect(out.length).toBeGreaterThanOrEqual(2);
    // no flapping: each of the eight at most twice in a minute
    expect(out.length).toBeLessThanOrEqual(16);
    expect(Math.max(...out.map(({ fromUs, toUs }) => toUs - fromUs))).toBeGreaterThan(20e6);
    for (const [key, { lost }] of room.totals) if (!key.includes('u1<') && !key.endsWith('<u1')) expect(lost).toBe(0);
    expect(room.gaps.filter(({ listener }) => listener !== 'u1')).toEqual([]);
  });

  it('are as few when it is the battery that allows the lowest layer only', async () => {
    const room = await VoiceRoom.create({ fidelity, media: { talk: { model: 'everyone' } } });
    const poor = room.add('edge');
    poor.allowance = { ...poor.allowance, highestLayer: 'l' };
    for (let i = 0; i < 8; i++) room.add('lte');
    room.forward();
    await room.run(40);
    room.finish();
    const causes = room.gaps.filter(({ listener }) => listener === 'u1').map(({ cause }) => cause);
    expect(causes.filter((cause) => cause === 'left-out').length).toBeGreaterThanOrEqual(2);
    // without places it is three times as many, of a quarter of a second each
    expect(causes.length).toBeLessThan(20);
    const late = room.intervals.filter(({ key, voice }) => key.startsWith('u1<') && voice.fromUs >= 20e6);
    const heard = late.filter(({ voice }) => voice.lost < voice.frames / 2);
    expect(new Set(heard.map(({ key }) => key)).size).toBeGreaterThanOrEqual(5);
    expect(heard.reduce((sum, { voice }) => sum + voice.lost / voice.frames, 0) / heard.length).toBeLessThan(0.05);
  });

  it('are those that fit 5 s after one of nine has come to EDGE, and the new route is not taken for a queue', async () => {
    const room = await VoiceRoom.create({ fidelity, media: { talk: { model: 'everyone' } } });
    const mover = room.add('lte');
    for (let i = 0; i < 8; i++) room.add('lte');
    const adaptations: (number | null)[] = [];
    const ups: number[] = [];
    room.ears.listen({
      adapted: ({ adaptationMs }) => adaptations.push(adaptationMs),
      estimated: (hostId, direction, atUs, kbps) => {
        if (hostId === mover.host.id && direction === 'up' && atUs > 12e6) ups.push(kbps);
      },
    });
    room.forward();
    await room.run(10);
    room.network.setProfile(mover.host.id, 'edge');
    room.ears.impaired(mover.host.id, room.sim.nowUs, 'capacity', { lossShare: 0.015, capacityKbps: 250 });
    await room.run(30);
    room.finish();
    expect(adaptations).toHaveLength(1);
    expect(adaptations[0]).toBeLessThanOrEqual(5_000);
    // its voice in all layers is 186 kbit/s, and there are 250
    expect(Math.min(...ups)).toBeGreaterThan(100);
  });

  it('who takes turns on GPRS is heard, each of them', async () => {
    const room = await VoiceRoom.create({ fidelity, media: { talk: { model: 'conversation' } } });
    room.add('gprs');
    for (let i = 0; i < 8; i++) room.add('lte');
    room.forward();
    await room.run(60);
    room.finish();
    const [frames, lost] = room.intervals
      .filter(({ key, voice }) => key.startsWith('u1<') && voice.fromUs >= 10e6)
      .reduce(([all, gone], { voice }) => [all + voice.frames, gone + voice.lost], [0, 0]);
    expect(frames).toBeGreaterThan(1_000);
    expect(lost / frames).toBeLessThan(0.05);
  });
});
