import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { mediaCollaborators } from '../../../core/media/collaborators.js';
import { Host } from '../../../sim/hosts/index.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { Ears } from '../../../sim/media/ears/index.js';
import { FlowPlane } from '../../../sim/media/flow/index.js';
import { Hearing } from '../../../sim/media/index.js';
import { sfuClasses } from '../../../sim/media/packet/index.js';
import { Network } from '../../../sim/net/index.js';
import { RoomMember } from '../../sim/media/voice-room.js';
import type { Row } from '../hunting/report.js';

/** People in a channel: one or two of them talk. */
const MEMBERS = 10;
const CLIENTS_PER_NODE = 250;
/** Estimates start low, pairs are made at a talker's first word, code is compiled. */
const WARM_UP_S = 60;

/** Voice alone: no backends, no signalling, nobody comes or goes. */
export interface FlowFigures {
  readonly clients: number;
  readonly simulatedS: number;
  readonly cpuS: number;
  readonly wallS: number;
  /** Pairs in which somebody talked and somebody listened, per simulated second. */
  readonly heardPairs: number;
  /** Heap and array buffers of the plane and the ears, for one client, after the warm-up. */
  readonly bytesPerClient: number;
}

/** Measures calls of ten on Wi-Fi over SFU nodes, all of them steady. */
export async function measureFlow(clients: number): Promise<FlowFigures> {
  const simulatedS = clients >= 10_000 ? 100 : 600;
  const sim = new Simulation({ seed: 1 });
  const network = new Network(sim);
  const nodes = Array.from({ length: Math.ceil(clients / CLIENTS_PER_NODE) }, (_, i) => {
    const host = new Host(sim, { id: `sfu-${i + 1}`, kind: 'sfu' });
    host.start();
    return host;
  });
  const members = Array.from({ length: clients }, (_, i) => {
    const host = new Host(sim, { id: `client-${i + 1}`, kind: 'client' });
    network.setProfile(host.id, 'wifi');
    host.start();
    network.endpoint(host);
    return new RoomMember(`u${i + 1}`, i + 1, host);
  });
  const gc = garbageCollector();
  const before = heapBytes(gc);
  const ears = new Ears({ untilUs: (WARM_UP_S + simulatedS) * 1e6 });
  const plane = new FlowPlane({
    sim,
    network,
    ears,
    options: {
      estimator: 'gcc',
      reportEveryMs: 1_000,
      audibleGapMs: 200,
      talk: { model: 'conversation', dtx: true },
      codec: { simulcast: true, fec: true, extensions: true },
    },
    classes: { ...mediaCollaborators, ...sfuClasses },
    migrating: () => false,
  });
  const hearing = new Hearing({ nowUs: () => sim.nowUs, reachable: () => true, watcher: plane });
  let room = {};
  members.forEach((member, i) => {
    const channel = Math.floor(i / MEMBERS);
    if (i % MEMBERS === 0) room = {};
    member.playback = 'sfu';
    member.attachments = [{ room, node: nodes[channel % nodes.length]!, attached: true }];
    hearing.enter(member, channel + 1);
  });
  await sim.run({ untilUs: WARM_UP_S * 1e6 });
  const bytesPerClient = (heapBytes(gc) - before) / clients;
  const heardBefore = ears.frames;
  const cpuBefore = process.cpuUsage();
  const { wallS } = await sim.run({ untilUs: (WARM_UP_S + simulatedS) * 1e6 });
  const { user, system } = process.cpuUsage(cpuBefore);
  const heardPairs = (ears.frames - heardBefore) / 50 / simulatedS;
  return { clients, simulatedS, cpuS: (user + system) / 1e6, wallS, heardPairs, bytesPerClient };
}

/** Lines for the table. @param target simulated seconds a second */
export function flowRows(figures: FlowFigures, target: number): Row[] {
  const { clients, simulatedS, cpuS, wallS, heardPairs, bytesPerClient } = figures;
  const rate = simulatedS / cpuS;
  return [
    {
      what: `flow, ${clients.toLocaleString('en')} clients`,
      measured: `${rate.toFixed(0)} simulated s per s of processor (wall ${(simulatedS / wallS).toFixed(0)}), ${heardPairs.toFixed(0)} pairs heard`,
      target: String(target),
      met: rate >= target,
    },
    { what: '  memory of a client', measured: `${(bytesPerClient / 1024).toFixed(1)} KB`, target: '', met: null },
  ];
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

function heapBytes(gc: () => void): number {
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
