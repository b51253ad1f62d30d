import type { LinkProfile } from './link-options.js';

/**
 * Named access links. The delay of a profile is one way and holds in each direction, so a client on it sees twice the delay as round
 * trip to a perfect server. Sources: [testRTC] the network profiles of testRTC as listed in the project's voice notes; [RingRTC]
 * Signal's call simulator, same list; there the impairment is set on the outgoing side of each client.
 */
export const PROFILES: Readonly<Record<string, LinkProfile>> = {
  /** Adds nothing. */
  perfect: {},
  /** A server's network card: two of them make 0.25 ms one way, 0.5 ms round trip, usual within one availability zone. */
  datacenter: { delayMs: 0.125 },
  /** [testRTC] 50 kbps, 500 ms, 2 %. */
  gprs: { rateKbps: 50, delayMs: 500, lossRate: 0.02, queueMs: 1000 },
  /** [testRTC] 250 kbps, 300 ms, 1.5 %. */
  edge: { rateKbps: 250, delayMs: 300, lossRate: 0.015 },
  /** [testRTC] 750 kbps, 250 ms, 1.5 %. */
  '3g': { rateKbps: 750, delayMs: 250, lossRate: 0.015 },
  /** [testRTC] 2 000 kbps, 70 ms, 2 %. */
  'dsl-poor': { rateKbps: 2000, delayMs: 70, lossRate: 0.02 },
  /** [testRTC] 8 000 kbps, 40 ms, 0.5 %. */
  'dsl-good': { rateKbps: 8000, delayMs: 40, lossRate: 0.005 },
  /** [testRTC] 30 000 kbps, 40 ms, 0.2 %. */
  wifi: { rateKbps: 30_000, delayMs: 40, lossRate: 0.002 },
  /** [testRTC] 12 000 kbps both ways, round trip 70 ms, no loss. */
  lte: { rateKbps: 12_000, delayMs: 35 },
  /** [testRTC] 1 000 kbps, 500 ms, 10 %. */
  'very-bad': { rateKbps: 1000, delayMs: 500, lossRate: 0.1 },
  /** [RingRTC] moderate: 100 +- 25 ms, 5 %. */
  'ringrtc-moderate': { delayMs: 100, jitterMs: 25, lossRate: 0.05 },
  /** [RingRTC] international: 250 +- 100 ms, bursts p 3 % r 25 % (10.7 % lost), 2 % twice, 5 % reordered, 300 kbps. */
  international: {
    delayMs: 250,
    jitterMs: 100,
    burstLoss: { p: 0.03, r: 0.25 },
    duplicateRate: 0.02,
    reorderRate: 0.05,
    rateKbps: 300,
  },
  /** [RingRTC] spiky loss: 50 ms; from 10 s to 20 s 100 ms and bursts p 11 % r 25 % (30.6 % lost). */
  spiky: { delayMs: 50, phases: [{ fromMs: 10_000, untilMs: 20_000, delayMs: 100, burstLoss: { p: 0.11, r: 0.25 } }] },
  /**
   * Starlink: the route changes every 15 s; a spike of about 140 ms at the start of a slot, and up to half of the packets lost near
   * the handover (voice notes, section 2). Base delay, jitter and the length of the spike (300 ms) are our choice.
   */
  starlink: {
    delayMs: 20,
    jitterMs: 5,
    phases: [{ fromMs: 0, untilMs: 300, everyMs: 15_000, delayMs: 140, lossRate: 0.5 }],
  },
};
