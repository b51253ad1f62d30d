import { describe, expect, it } from 'vitest';
import { FRAME_TICKS, type RtpFields } from '../../../core/media/rtp.js';
import { Router } from '../../../core/sfu/router.js';
import { CountedMetrics, countingRandomness } from './room.js';

/** CPU time of this process in nanoseconds: other processes do not count. */
const cpuNs = () => process.cpuUsage().user * 1_000;

/** Two of 20 members talk in three layers; returns a round of so many forwarded packets and what one cost, in ns of CPU. */
function busyRoom(): (packets: number) => number {
  let sent = 0;
  const router = new Router<RtpFields>('room', {
    send: () => {
      sent++;
    },
    tell: () => {},
    random: countingRandomness(),
    metrics: new CountedMetrics(),
  });
  for (let member = 0; member < 20; member++) router.join(`s-${member}`, `${member}`, 0);
  const talkers = ['s-0', 's-1'];
  const layers = ['h', 'm', 'l'] as const;
  for (const talker of talkers)
    router.publish(
      talker,
      'audio',
      layers.map((layer, index) => ({ layer, ssrc: index + 1 })),
      0,
    );
  const packets = layers.map((_, index) => ({
    payloadType: 111,
    sequenceNumber: 0,
    timestamp: 0,
    ssrc: index + 1,
    marker: false,
  }));
  let frame = 0;
  return (wanted) => {
    sent = 0;
    const before = cpuNs();
    while (sent < wanted) {
      frame++;
      for (const packet of packets) {
        packet.sequenceNumber = frame & 0xffff;
        packet.timestamp = (frame * FRAME_TICKS) >>> 0;
        for (const talker of talkers) router.onRtp(talker, packet, frame * 20);
      }
    }
    return (cpuNs() - before) / sent;
  };
}

describe('the cost of forwarding', () => {
  it('is below 200 ns of CPU for each packet that is sent', () => {
    const round = busyRoom();
    round(200_000);
    expect(Math.min(round(500_000), round(500_000), round(500_000))).toBeLessThan(200);
  });
});
