import { LAYER_KBPS, wireBytes } from '../../../core/media/layers.js';
import { FRAME_TICKS } from '../../../core/media/rtp.js';
import { Host } from '../../../sim/hosts/index.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { FrameFlag, JitterBuffer } from '../../../sim/media/packet/jitter-buffer.js';
import { type MediaPacket, type MediaPath, type MediaReceiver, Network } from '../../../sim/net/index.js';

/** One link, and how much talk goes over it: the same numbers as the arguments of `peers/ns3-udp.cc`. */
export interface LinkLoad {
  /** Voice flows of 50 packets a second, evenly staggered. */
  readonly flows: number;
  /** Simulated seconds of talk. */
  readonly seconds: number;
  readonly rateKbps: number;
  readonly delayMs: number;
  /** Packets that the queue holds, the one being sent not counted. */
  readonly queuePackets: number;
}

/** What came of it, and what it cost. */
export interface LinkFigures {
  readonly sent: number;
  readonly delivered: number;
  readonly events: number;
  readonly wallS: number;
  /** Time on all processors, the garbage collector's helpers included. */
  readonly cpuS: number;
}

/** Ours have jitter buffers besides. */
export interface PlayedFigures extends LinkFigures {
  /** Frames that the jitter buffers have played or concealed. */
  readonly played: number;
}

const FRAME_US = 20_000;
const BYTES = wireBytes(LAYER_KBPS.h, false);

/** One talker and its listener. */
class Flow implements MediaReceiver {
  played = 0;
  private frame = 0;
  private readonly buffer: JitterBuffer;

  constructor(
    private readonly network: Network,
    private readonly path: MediaPath,
    private readonly sim: Simulation,
    private readonly frames: number,
    private readonly ssrc: number,
  ) {
    this.buffer = new JitterBuffer({ played: () => this.played++, concealed: () => this.played++ });
  }

  speak(): void {
    const frame = this.frame++;
    const packet = this.network.packets.take();
    packet.ssrc = this.ssrc;
    packet.sequenceNumber = frame & 0xffff;
    packet.timestamp = (frame * FRAME_TICKS) >>> 0;
    packet.bytes = BYTES;
    packet.frame = frame;
    packet.capturedUs = this.sim.nowUs;
    packet.flags = FrameFlag.spoken;
    packet.receiver = this;
    this.path.send(packet);
    if (this.frame < this.frames) this.sim.after(FRAME_US, speak, this);
  }

  onMedia({ sequenceNumber, timestamp, frame, capturedUs, flags }: MediaPacket): void {
    this.buffer.push(this.sim.nowUs, sequenceNumber, timestamp, frame, capturedUs, flags);
  }
}

function speak(flow: Flow): void {
  flow.speak();
}

/** Sends voice over one link, packet by packet, into a jitter buffer for each flow; measures the time of the run alone. */
export async function voiceOverLink(load: LinkLoad): Promise<PlayedFigures> {
  const { flows, seconds, rateKbps, delayMs, queuePackets } = load;
  const sim = new Simulation({ seed: 1 });
  const queueBytes = (queuePackets + 1) * BYTES;
  const network = new Network(sim, {
    defaultProfile: 'perfect',
    backboneDelayMs: 0,
    profiles: { sender: { up: { rateKbps, delayMs, queueMs: null, queueBytes } } },
  });
  const host = (id: string): Host => {
    const made = new Host(sim, { id, kind: 'client' });
    made.start();
    return made;
  };
  network.setProfile('a', 'sender');
  const path = network.mediaPath(host('a'), host('b'));
  const all = Array.from({ length: flows }, (_, index) => new Flow(network, path, sim, seconds * 50, index));
  all.forEach((flow, index) => {
    sim.at(Math.floor((FRAME_US * index) / flows), speak, flow);
  });
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await sim.run({ untilUs: (seconds + 10) * 1e6 });
  const wallS = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(before);
  const { sent, delivered } = network.statistics.media;
  const played = all.reduce((sum, flow) => sum + flow.played, 0);
  return { sent, delivered, played, events: sim.eventsRun, wallS, cpuS: (user + system) / 1e6 };
}
