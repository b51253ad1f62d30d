import { it } from 'vitest';
import { VoiceRoom } from '/work/wt/flow/test/sim/media/voice-room.js';

const cases: [string, (room: VoiceRoom) => void][] = [
  [
    'p2p 2 wifi',
    (r) => {
      r.add('wifi');
      r.add('wifi');
      r.mesh();
    },
  ],
  [
    'p2p 2 loss10',
    (r) => {
      r.add({ delayMs: 40, lossRate: 0.1 });
      r.add('wifi');
      r.mesh();
    },
  ],
  [
    'p2p 2 ge',
    (r) => {
      r.add({ delayMs: 40, burstLoss: { p: 0.03, r: 0.25 } as never });
      r.add('perfect');
      r.mesh();
    },
  ],
  [
    'p2p 2 jitter',
    (r) => {
      r.add({ delayMs: 100, jitterMs: 25 });
      r.add('perfect');
      r.mesh();
    },
  ],
  [
    'p2p 2 starlink',
    (r) => {
      r.add('starlink');
      r.add('perfect');
      r.mesh();
    },
  ],
  [
    'p2p 2 tight60',
    (r) => {
      r.add({ delayMs: 20, rateKbps: 60 });
      r.add('perfect');
      r.mesh();
    },
  ],
  [
    'sfu 9 mix',
    (r) => {
      for (let i = 0; i < 6; i++) r.add('wifi');
      r.add('3g');
      r.add({ delayMs: 40, lossRate: 0.1 });
      r.add({ delayMs: 40, down: { rateKbps: 250 } });
      r.forward();
    },
  ],
];
for (const [name, setup] of cases)
  it(name, async () => {
    for (const fidelity of ['packet', 'flow'] as const) {
      const room = await VoiceRoom.create({ fidelity, media: { talk: { model: 'conversation' } } });
      setup(room);
      const t = performance.now();
      await room.run(60);
      room.finish();
      const ms = performance.now() - t;
      const e = room.ears;
      console.log(
        name,
        fidelity,
        ms.toFixed(0) + 'ms',
        'frames',
        e.frames,
        'lost',
        ((e.lost / e.frames) * 100).toFixed(2),
        'netloss',
        (e.lossShare.avg * 100).toFixed(2),
        'm2e',
        e.mouthToEar.avg?.toFixed(1),
        e.mouthToEar.quantile(0.95).toFixed(0),
        'net',
        e.latency.avg?.toFixed(1),
        'play',
        e.playout.avg?.toFixed(1),
        'mos',
        e.mos.avg?.toFixed(3),
        'gaps',
        room.gaps.length,
        (e.gapUs / 1e6).toFixed(2),
        [...e.gapCauses].map(([k, v]) => k + v.count).join(','),
        'layers',
        e.layerSwitches,
        'up',
        e.uplink.avg?.toFixed(1),
        'down',
        e.downlink.avg?.toFixed(1),
        'fwd',
        e.forwarding.avg?.toFixed(2),
      );
      const layers = new Map<string, number>();
      for (const { voice } of room.intervals)
        if (voice.layer) layers.set(voice.layer, (layers.get(voice.layer) ?? 0) + voice.frames);
      if (name.startsWith('sfu'))
        for (const [k, v] of room.totals)
          console.log(
            '   ',
            k,
            v.frames,
            ((100 * v.lost) / v.frames).toFixed(2),
            ((100 * v.networkLost) / v.frames).toFixed(2),
            (v.delayMs / (v.frames - v.lost)).toFixed(0),
          );
      console.log(
        '   layers',
        [...layers]
          .sort()
          .map(([k, v]) => k + ' ' + ((100 * v) / e.frames).toFixed(0))
          .join(' '),
        'kbps',
        (
          room.intervals.reduce((s, { voice }) => s + voice.kbps * (voice.untilUs - voice.fromUs), 0) /
          room.intervals.reduce((s, { voice }) => s + (voice.untilUs - voice.fromUs), 0)
        ).toFixed(1),
      );
    }
  }, 60000);
