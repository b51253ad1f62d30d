import type { Row } from '../hunting/report.js';
import { type Ns3, withNs3 } from './ns3-peer.js';
import { type LinkFigures, type LinkLoad, type PlayedFigures, voiceOverLink } from './voice-over-link.js';

/** 100 people at 84 kbps: on 10 Mbps all of it arrives, on 7 Mbps the queue is always full and a sixth is lost. */
const LOADS: readonly LinkLoad[] = [10_000, 7_000].map((rateKbps) => ({
  flows: 100,
  seconds: 200,
  rateKbps,
  delayMs: 20,
  queuePackets: 100,
}));
/** ns-3 needs a tenth of the packets for as long a run. */
const PEER_SECONDS = 40;
const ROUNDS = 3;

/** One load: the median of some rounds, taken in turn. */
export interface PacketFigures {
  readonly load: LinkLoad;
  readonly deadair: PlayedFigures;
  /** null: not installed. */
  readonly ns3: LinkFigures | null;
}

/** Measures link, queue and jitter buffer here, and link and queue in ns-3, if it is installed. */
export function measurePackets(): Promise<PacketFigures[]> {
  return withNs3(measureBeside);
}

async function measureBeside(ns3: Ns3 | null): Promise<PacketFigures[]> {
  const figures: PacketFigures[] = [];
  for (const load of LOADS) {
    const ours: PlayedFigures[] = [];
    const theirs: LinkFigures[] = [];
    await voiceOverLink({ ...load, seconds: 20 });
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await voiceOverLink(load));
      if (ns3 !== null) theirs.push(await ns3({ ...load, seconds: PEER_SECONDS }));
    }
    figures.push({ load, deadair: median(ours)!, ns3: median(theirs) ?? null });
  }
  return figures;
}

/** Packets sent per second of processor time: does not change when others use the machine. */
export const packetRate = ({ sent, cpuS }: LinkFigures): number => sent / cpuS;

/** Lines for the table. */
export function packetRows(figures: readonly PacketFigures[]): Row[] {
  return figures.flatMap(({ load, deadair, ns3 }) => {
    const rate = packetRate(deadair);
    const share = (of: LinkFigures) => `${((100 * of.delivered) / of.sent).toFixed(1)} % arrive`;
    const what = `packets, ${load.flows} flows on ${load.rateKbps / 1000} Mbps`;
    const rows: Row[] = [
      {
        what,
        measured: `${(rate / 1e6).toFixed(2)} M packets/s through link, queue and jitter buffer (${share(deadair)}; wall ${(deadair.sent / deadair.wallS / 1e6).toFixed(2)})`,
        target: '1 M',
        met: rate >= 1e6,
      },
    ];
    rows.push(
      ns3 === null
        ? { what: '  beside ns-3', measured: 'not installed (Debian: libns3-dev)', target: '3x', met: null }
        : {
            what: '  beside ns-3',
            measured: `ns-3 ${(packetRate(ns3) / 1e6).toFixed(3)} M packets/s through link and queue (${share(ns3)}): ${(rate / packetRate(ns3)).toFixed(1)}x`,
            target: '3x',
            met: rate >= 3 * packetRate(ns3),
          },
    );
    return rows;
  });
}

function median<T extends LinkFigures>(rounds: readonly T[]): T | undefined {
  return [...rounds].sort((a, b) => packetRate(a) - packetRate(b))[Math.floor(rounds.length / 2)];
}
