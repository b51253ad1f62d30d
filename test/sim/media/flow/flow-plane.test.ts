import { describe, expect, it } from 'vitest';
import { VoiceRoom } from '../voice-room.js';

const everyone = { talk: { model: 'everyone' as const } };

describe('voice aggregated over intervals', () => {
  it('brings everybody to everybody else and never to themselves, peer to peer and over the SFU', async () => {
    for (const way of ['mesh', 'forward'] as const) {
      const room = await VoiceRoom.create({ fidelity: 'flow', media: everyone });
      for (let i = 0; i < 4; i++) room.add();
      room[way]();
      await room.run(10);
      room.finish();
      expect([...room.totals.keys()].sort()).toEqual(
        room.members.flatMap((a) => room.members.filter((b) => b !== a).map((b) => `${a.userId}<${b.userId}`)).sort(),
      );
      for (const { frames, lost } of room.totals.values()) expect([frames, lost]).toEqual([500, 0]);
      expect(room.gaps).toEqual([]);
    }
  });

  it('accounts for every frame that was spoken: heard or lost, over all intervals and changes', async () => {
    const room = await VoiceRoom.create({ fidelity: 'flow', media: everyone });
    const [a, b, c] = [room.add('3g'), room.add({ delayMs: 20, lossRate: 0.2 }), room.add('starlink')];
    room.mesh();
    for (let i = 1; i < 40; i++) {
      await room.run(i * 0.37);
      room.tell(a);
      c.links.delete(b);
      if (i % 2 === 0) c.links.add(b);
      room.tell(c);
    }
    room.finish();
    const frames = Math.floor((39 * 370) / 20);
    for (const total of room.totals.values()) {
      expect(total.frames).toBeGreaterThanOrEqual(frames - 1);
      expect(total.frames).toBeLessThanOrEqual(frames + 1);
    }
  });

  it('has the delays of the path: links, backbone, node, a playout of one bucket, and 26.5 ms of codec', async () => {
    const room = await VoiceRoom.create({ fidelity: 'flow', media: { talk: { model: 'conversation' } } });
    room.add({ delayMs: 30 });
    room.add({ delayMs: 50 });
    room.forward();
    await room.run(60);
    room.finish();
    const late = room.intervals.filter(({ voice }) => voice.fromUs > 40e6);
    expect(late.length).toBeGreaterThan(10);
    for (const { key, voice } of late) {
      // up, backbone, card, forwarding, card, backbone, down
      const ways = key === 'u2<u1' ? 30 + 50 : 50 + 30;
      expect(voice.networkDelayMs).toBeGreaterThan(ways + 2 * (10 + 0.125) + 0.2);
      expect(voice.networkDelayMs).toBeLessThan(ways + 2 * (10 + 0.125) + 0.5);
      expect(voice.playoutDelayMs).toBeCloseTo(20, 6);
      expect(voice.mouthToEarMs).toBeCloseTo(voice.networkDelayMs + 20 + 26.5, 6);
    }
  });

  it('tells a cut path as a gap with its times, to the frame, not to the interval', async () => {
    const room = await VoiceRoom.create({ fidelity: 'flow', media: everyone });
    const [a, b] = [room.add(), room.add()];
    room.mesh();
    await room.run(10.333);
    const cut = room.network.partition([a.host], [b.host], 'a-to-b');
    await room.run(11.777);
    room.network.heal(cut);
    await room.run(15);
    room.finish();
    expect(room.gaps).toHaveLength(1);
    const [gap] = room.gaps;
    expect([gap!.listener, gap!.talker, gap!.cause, gap!.unfinished]).toEqual(['u2', 'u1', 'outage', false]);
    // frames 517..588 were captured in between; they would have been heard as late as all others
    const delayUs = gap!.fromUs - 517 * 20_000;
    expect(delayUs).toBeGreaterThanOrEqual(0);
    expect(delayUs).toBeLessThan(120_000);
    expect(gap!.toUs - gap!.fromUs).toBe((589 - 517) * 20_000);
    expect(room.of(b, a).lost).toBe(72);
    expect(room.of(a, b).lost).toBe(0);
  });

  it('knows why nothing was heard: asleep, migration, path', async () => {
    const room = await VoiceRoom.create({ fidelity: 'flow', media: everyone });
    const [a, b] = [room.add(), room.add()];
    room.mesh();
    await room.run(5);
    b.host.pause(1_000_000);
    await room.run(10);
    a.playback = 'none';
    room.tell(a);
    await room.run(11);
    a.playback = 'p2p';
    room.tell(a);
    await room.run(15);
    room.migrating = true;
    a.playback = 'sfu';
    room.tell(a);
    await room.run(19);
    a.playback = 'p2p';
    room.migrating = false;
    room.tell(a);
    await room.run(25);
    room.finish();
    const seen = room.gaps.map(({ listener, cause, fromUs, toUs }) => [
      listener,
      cause,
      Math.round((toUs - fromUs) / 1e5),
    ]);
    expect(seen.slice(0, 2).sort()).toEqual([
      ['u1', 'asleep', 10],
      ['u2', 'asleep', 10],
    ]);
    expect(seen[2]).toEqual(['u1', 'path', 10]);
    // the old path is still heard while it fades: -20 dB after 1.8 s
    expect(seen[3]!.slice(0, 2)).toEqual(['u1', 'migration']);
    expect(seen[3]![2]).toBeGreaterThanOrEqual(22);
    expect(seen[3]![2]).toBeLessThanOrEqual(25);
    expect(seen).toHaveLength(4);
  });

  it('fades from one path to the other without a gap and without doubling, and hears a voice twice that is played twice', async () => {
    const room = await VoiceRoom.create({ fidelity: 'flow', media: everyone });
    const [a, b] = [room.add(), room.add()];
    room.mesh();
    await room.run(5);
    room.forward();
    await room.run(10);
    expect(room.gaps).toEqual([]);
    expect(room.doubledUs).toEqual([]);
    expect(room.intervals.at(-1)!.voice.path).toBe('sfu');
    b.playback = 'both';
    room.tell(b);
    await room.run(12.5);
    b.playback = 'sfu';
    room.tell(b);
    await room.run(20);
    room.finish();
    // reported interval by interval
    expect(room.doubledUs.reduce((sum, each) => sum + each, 0)).toBe(2_500_000);
    expect(room.of(b, a).lost).toBe(0);
  });

  it('ends gaps and pairs when somebody leaves, and begins anew with who comes back', async () => {
    const room = await VoiceRoom.create({ fidelity: 'flow', media: everyone });
    const [a, b] = [room.add(), room.add()];
    room.mesh();
    await room.run(5);
    room.network.partition([a.host], [b.host]);
    await room.run(6);
    room.hearing.leave(b);
    await room.run(8);
    room.finish();
    expect(room.gaps.map(({ unfinished, listener }) => [unfinished, listener]).sort()).toEqual([
      [true, 'u1'],
      [true, 'u2'],
    ]);
    expect(room.of(a, b).frames).toBe(300);
  });

  it('divides a link that is too small for all: 20 talkers on 1 Mbit/s', async () => {
    const room = await VoiceRoom.create({ fidelity: 'flow', media: everyone });
    const poor = room.add({ delayMs: 20, down: { rateKbps: 1_000 } });
    for (let i = 0; i < 20; i++) room.add();
    room.forward();
    await room.run(60);
    room.finish();
    // 20 low voices are 816 kbit/s with headers, 20 medium ones 1 136
    const late = room.intervals.filter(({ key, voice }) => key.startsWith('u1<') && voice.fromUs > 30e6);
    const kbps = late.reduce((sum, { voice }) => sum + voice.kbps, 0) / 30;
    expect(kbps).toBeGreaterThan(600);
    expect(kbps).toBeLessThanOrEqual(1_000);
    const lost = late.reduce((sum, { voice }) => sum + (voice.networkLost ?? 0), 0) / (late.length * 50);
    expect(lost).toBeLessThan(0.1);
    // nobody else suffers
    expect(poor.userId).toBe('u1');
    for (const [key, total] of room.totals) if (!key.startsWith('u1<')) expect(total.lost).toBe(0);
  });

  it('changes the quality of a copy no more often than each 5 s, and says so when it changes, not at the next word', async () => {
    const room = await VoiceRoom.create({ fidelity: 'flow', media: { talk: { model: 'conversation' } } });
    const sinceUs: number[] = [];
    room.ears.listen({ layerChanged: (_pair, _atUs, _from, _to, since) => sinceUs.push(since) });
    for (let i = 0; i < 4; i++) room.add({ delayMs: 40, lossRate: 0.04, up: { rateKbps: 400 } });
    room.mesh();
    await room.run(300);
    room.finish();
    expect(sinceUs.length).toBeGreaterThan(10);
    for (const each of sinceUs) expect(each).toBeGreaterThanOrEqual(5_000_000);
  });

  it('is the same for the same seed, and another for another', async () => {
    const play = async (seed: number): Promise<string> => {
      const room = await VoiceRoom.create({ fidelity: 'flow', seed, media: { talk: { model: 'dominant' } } });
      for (const profile of ['wifi', '3g', 'starlink', 'international', 'very-bad']) room.add(profile);
      room.mesh();
      await room.run(5);
      room.forward();
      await room.run(30);
      room.finish();
      return JSON.stringify([room.intervals, room.gaps]);
    };
    expect(await play(1)).toBe(await play(1));
    expect(await play(2)).not.toBe(await play(1));
  });

  it('costs ears nothing for who is silent: only pairs with a talker are made', async () => {
    const room = await VoiceRoom.create({ fidelity: 'flow', media: { talk: { model: 'dominant' } } });
    for (let i = 0; i < 60; i++) room.add();
    room.forward();
    await room.run(20);
    const talkers = new Set([...room.totals.keys()].map((key) => key.split('<')[1]));
    expect(talkers.size).toBeLessThan(20);
    expect(room.totals.size).toBe(talkers.size * 59);
    // two kernel events a second at most: the interval, and nothing else in a call where nothing changes
    const before = room.sim.eventsRun;
    await room.run(40);
    expect(room.sim.eventsRun - before).toBe(20);
    room.finish();
  });
});
