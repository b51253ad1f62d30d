import { describe, expect, it } from 'vitest';
import { withNs3 } from './packets/ns3-peer.js';
import { packetRows } from './packets/packet-rates.js';
import { voiceOverLink } from './packets/voice-over-link.js';

const load = { flows: 20, seconds: 10, rateKbps: 2000, delayMs: 20, queuePackets: 20 };

describe('the bench of packets', () => {
  it('sends voice through link, queue and jitter buffer', async () => {
    const figures = await voiceOverLink(load);
    // a timer for each packet, and its arrival
    expect(figures).toMatchObject({ sent: 10_000, delivered: 10_000, events: 20_000 });
    // the buffers still hold their 80 ms
    expect(figures.played).toBeGreaterThan(10_000 - 20 * 10);
  });

  it('loses what does not fit, and the buffers conceal it', async () => {
    const { sent, delivered, played } = await voiceOverLink({ ...load, rateKbps: 1000 });
    // 20 flows are 1680 kbps; the queue of 21 packets is emptied at the end
    expect(Math.abs(delivered - (10 * 1e6) / 8 / 210 - 21)).toBeLessThan(3);
    expect(played).toBeGreaterThan(0.95 * sent);
  });

  it('says who is faster', async () => {
    const deadair = await voiceOverLink(load);
    const rows = packetRows([{ load, deadair, ns3: { ...deadair, cpuS: 4 * deadair.cpuS } }]);
    expect(rows[1]).toMatchObject({ target: '3x', met: true });
    expect(packetRows([{ load, deadair, ns3: null }])[1]).toMatchObject({ met: null });
  });

  it('finds the same as ns-3 (skipped where that is not installed)', { timeout: 60_000 }, async (context) => {
    await withNs3(async (ns3) => {
      if (ns3 === null) {
        console.log('skipped: no g++, or no ns-3 (libns3-dev)');
        context.skip();
        return;
      }
      for (const rateKbps of [1000, 1500, 2000]) {
        const [ours, theirs] = [await voiceOverLink({ ...load, rateKbps }), await ns3({ ...load, rateKbps })];
        expect(theirs.sent).toBe(ours.sent);
        // ns-3's link adds two bytes of PPP to 210
        expect(Math.abs(theirs.delivered / ours.delivered - 1)).toBeLessThan(0.011);
      }
    });
  });
});
