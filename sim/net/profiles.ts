import type { LinkProfile } from './link-options.js';

const WIFI = { rateKbps: 30_000, delayMs: 40, lossRate: 0.002 } as const;
const LTE = { rateKbps: 12_000, delayMs: 35 } as const;

/** Loses everything for `forS` seconds, from 20 s on; before and after it is Wi-Fi. */
const outage = (forS: number): LinkProfile => ({
  ...WIFI,
  phases: [{ fromMs: 20_000, untilMs: 20_000 + forS * 1000, lossRate: 1 }],
});

/** Loses nothing and has no rate, so that only the limit matters. */
const limit = (rateKbps: number): LinkProfile => ({ rateKbps, delayMs: 20 });

/**
 * Named access links. The delay of a profile is one way and holds in each direction, so a client on it sees twice the delay as round
 * trip to a perfect server; likewise its loss. What is said of a profile holds for one such client among others on good links. Sources:
 * [testRTC] the network profiles of testRTC as listed in the project's voice notes; [RingRTC] Signal's call simulator, same list; there
 * the impairment is set on the outgoing side of each client. [plan] the network tests that the voice system's own plan asks for.
 * Phases begin at fixed times of the world.
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
  wifi: WIFI,
  /** [testRTC] 12 000 kbps both ways, round trip 70 ms, no loss. */
  lte: LTE,
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
  /** [plan] Below 1 % loss and 50 ms, from one such client to another over a backbone of 10 ms: 0.8 %, 40 ms. */
  good: { delayMs: 15, lossRate: 0.004 },
  /** [plan] 3G of the plan: 1 Mbps, 100 ms, 3 %. */
  '3g-plan': { rateKbps: 1000, delayMs: 100, lossRate: 0.03 },
  /** [plan] 256 kbps, 200 ms, 10 %. */
  '2g': { rateKbps: 256, delayMs: 200, lossRate: 0.1 },
  /** [plan] As 2g for the first 30 s, good afterwards. */
  'poor-then-good': {
    delayMs: 15,
    lossRate: 0.004,
    phases: [{ fromMs: 0, untilMs: 30_000, rateKbps: 256, delayMs: 200, lossRate: 0.1 }],
  },
  /** [plan] 5 % loss, each packet on its own. */
  'loss-5': { delayMs: 20, lossRate: 0.05 },
  /** [plan] 20 % loss, each packet on its own. */
  'loss-20': { delayMs: 20, lossRate: 0.2 },
  /** [plan] 50 to 200 ms, another delay for each packet; none overtakes another. */
  'variable-delay': { delayMs: 125, jitterMs: 75, jitterShape: 'uniform' },
  /** [plan] 1 Mbps. */
  'limit-1mbps': limit(1000),
  /** [plan] 512 kbps. */
  'limit-512': limit(512),
  /** [plan] 256 kbps. */
  'limit-256': limit(256),
  /** Dead for 1 s: a concealment and a reset of the jitter buffer. */
  'outage-1s': outage(1),
  /** Dead for 5 s: a peer-to-peer link looks disconnected, an SFU connection is given up. */
  'outage-5s': outage(5),
  /** Dead for 40 s: longer than the consent of a peer-to-peer link (30 s), longer than a connection waits (20 s). */
  'outage-40s': outage(40),
  /** From Wi-Fi to LTE at 20 s, with a second in which nothing gets through. */
  handover: {
    ...LTE,
    phases: [
      { fromMs: 0, untilMs: 20_000, ...WIFI },
      { fromMs: 20_000, untilMs: 21_000, lossRate: 1 },
    ],
  },
};
