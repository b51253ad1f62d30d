import { describe, expect, it } from 'vitest';
import { type RoomMember, VoiceRoom } from './voice-room.js';

/** Kbit/s on the wire of each voice that arrives, by pair. */
function ratesOf(room: VoiceRoom, members: readonly RoomMember[], fromS: number): number[] {
  const names = members.map(({ userId }) => userId);
  return room.intervals
    .filter(({ key, voice }) => voice.fromUs >= fromS * 1e6 && key.split('<').every((name) => names.includes(name)))
    .map(({ voice }) => Math.round(voice.kbps));
}

const layersBetween = (room: VoiceRoom, listeners: readonly RoomMember[], talkers: readonly RoomMember[], fromS = 0) =>
  new Set(
    room.intervals
      .filter(({ key, voice }) => {
        const [listener, talker] = key.split('<');
        return (
          voice.fromUs >= fromS * 1e6 &&
          listeners.some(({ userId }) => userId === listener) &&
          talkers.some(({ userId }) => userId === talker)
        );
      })
      .map(({ voice }) => voice.layer),
  );

describe.each(['packet', 'flow'] as const)('one poor listener in a mesh of four, %s', (fidelity) => {
  it.each([
    ['that loses a quarter', { delayMs: 40, down: { lossRate: 0.25 } }],
    ['with too little capacity', { delayMs: 40, down: { rateKbps: 150 } }],
  ])('harms nobody else: %s', async (_name, link) => {
    const room = await VoiceRoom.create({ fidelity, media: { talk: { model: 'everyone' } } });
    const poor = room.add(link);
    const others = [room.add('lte'), room.add('lte'), room.add('lte')];
    room.mesh();
    await room.run(40);
    room.finish();
    // what goes to the poor one follows its link
    expect(layersBetween(room, [poor], others, 30)).toContain('l');
    expect(layersBetween(room, [poor], others, 30)).not.toContain('h');
    // the copies that go to the others do not, and neither does what the poor one sends
    expect(layersBetween(room, others, others)).toEqual(new Set(['h']));
    expect(layersBetween(room, others, [poor])).toEqual(new Set(['h']));
    for (const listener of others)
      for (const talker of room.members) if (talker !== listener) expect(room.of(listener, talker).lost).toBe(0);
    const rates = ratesOf(room, others, 5);
    expect(rates.length).toBeGreaterThan(100);
    // 64 kbit/s and headers, in every interval but those at the end, which are not complete
    expect(Math.max(...rates)).toBeLessThanOrEqual(89);
    expect(rates.filter((kbps) => kbps < 88).length).toBeLessThanOrEqual(12);
  });
});
