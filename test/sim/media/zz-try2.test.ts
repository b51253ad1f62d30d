import { it } from 'vitest';
import { VoiceRoom } from './voice-room.js';

it('x', async () => {
  for (const fidelity of ['packet', 'flow'] as const) {
    const room = await VoiceRoom.create({ fidelity, media: { talk: { model: 'conversation' } } });
    room.add({ delayMs: 20, rateKbps: 60 });
    room.add('perfect');
    room.mesh();
    await room.run(60);
    room.finish();
    for (const { key, voice: v } of room.intervals)
      if (key === 'u2<u1')
        console.log(
          fidelity,
          (v.fromUs / 1e6).toFixed(2),
          (v.untilUs / 1e6).toFixed(2),
          v.frames,
          v.lost,
          v.networkLost,
          'net',
          v.networkDelayMs.toFixed(0),
          'play',
          v.playoutDelayMs.toFixed(0),
          v.layer,
          v.kbps.toFixed(0),
        );
  }
});
