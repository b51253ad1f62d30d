import type { Simulation } from '../../kernel/index.js';
import { WeightedHistogram } from '../../media/ears/weighted-histogram.js';
import type { SfuNode } from '../sfu-node.js';
import type { SfuObserver } from '../sfu-observer.js';
import type { NodeMachine } from './node-machine.js';
import { reckonedRates, type VoiceShape } from './reckoned-rates.js';

/** How voice is carried where the nodes are, and what decides how much there is of it. */
export interface MeteredVoice extends VoiceShape {
  readonly fidelity: 'none' | 'flow' | 'packet';
  readonly reportEveryMs: number;
}

/** Figures of all nodes at the end of an interval, for pictures over time. */
export interface NodeFigures {
  /** Running. */
  readonly nodes: number;
  readonly cpuMax: number;
  readonly participants: number;
}

const SECOND_US = 1_000_000;
/** Why participants go when nothing is wrong. */
const IN_ORDER = /^(closed|replaced|room stopped|room superseded|superseded)/;

/** Looks at the machines of all SFU nodes once a second, and keeps what they say (B13, D6). */
export class NodeMeter implements SfuObserver {
  // each node and second in which it ran
  readonly cpu = new WeightedHistogram(0.001);
  readonly memory = new WeightedHistogram(0.001);
  readonly card = new WeightedHistogram(0.001);
  readonly participants = new WeightedHistogram(1);
  readonly rooms = new WeightedHistogram(1);
  /** Tracks sent to members. */
  readonly consumers = new WeightedHistogram(1);
  /** Each second. */
  readonly nodes = new WeightedHistogram(1);
  /** How long participants were connected, in s. */
  readonly connections = new WeightedHistogram(1);
  connectionErrors = 0;
  nodeUs = 0;
  private readonly since = new Map<string, number>();
  private figures: NodeFigures = { nodes: 0, cpuMax: 0, participants: 0 };
  private readonly everyUs: number;

  constructor(
    private readonly sim: Simulation,
    private readonly sfuNodes: readonly SfuNode[],
    private readonly voice: MeteredVoice,
    /** Of all machines together. */
    readonly forwarding: WeightedHistogram,
  ) {
    // flows tell of an interval at its end
    this.everyUs = voice.fidelity === 'flow' ? voice.reportEveryMs * 1000 : SECOND_US;
    sim.at(this.everyUs + 1, tick, this as NodeMeter);
  }

  /** After the last interval. */
  get present(): NodeFigures {
    return this.figures;
  }

  /** Sum over all machines of something they count. */
  total(count: (machine: NodeMachine) => number): number {
    return this.sfuNodes.reduce((sum, { machine }) => sum + (machine === null ? 0 : count(machine)), 0);
  }

  roomStarted(): void {}
  roomStopped(): void {}

  participantIn(node: string, _room: string, _epoch: number, _userId: string, sessionId: string, atUs: number): void {
    this.since.set(`${node} ${sessionId}`, atUs);
  }

  participantOut(
    node: string,
    _room: string,
    _epoch: number,
    _userId: string,
    sessionId: string,
    reason: string,
    atUs: number,
  ): void {
    const key = `${node} ${sessionId}`;
    const sinceUs = this.since.get(key);
    this.since.delete(key);
    if (sinceUs !== undefined) this.connections.add((atUs - sinceUs) / 1e6, 1);
    if (!IN_ORDER.test(reason)) this.connectionErrors++;
  }

  /** @internal */
  tick(): void {
    const { sim, everyUs, voice } = this;
    sim.after(everyUs, tick, this as NodeMeter);
    let [nodes, cpuMax, people] = [0, 0, 0];
    for (const node of this.sfuNodes) {
      const { machine, host } = node;
      if (machine === null || host.state === 'down') continue;
      nodes++;
      if (voice.fidelity === 'none') this.reckon(node, machine);
      node.endInterval(machine, sim.nowUs - everyUs, sim.nowUs, voice.fidelity === 'packet');
      const { cpuShare, memoryShare, cardShare } = machine.last;
      const { participants, rooms } = machine;
      const seconds = everyUs / 1e6;
      this.cpu.add(cpuShare, seconds);
      this.memory.add(memoryShare, seconds);
      this.card.add(cardShare, seconds);
      this.participants.add(participants, seconds);
      this.rooms.add(rooms, seconds);
      this.consumers.add(consumersOf(node), seconds);
      cpuMax = Math.max(cpuMax, cpuShare);
      people += participants;
    }
    this.nodes.add(nodes, everyUs / 1e6);
    this.nodeUs += nodes * everyUs;
    this.figures = { nodes, cpuMax, participants: people };
  }

  /** Nobody sends packets here: as many are counted as there would be. */
  private reckon(node: SfuNode, machine: NodeMachine): void {
    const seconds = this.everyUs / 1e6;
    for (const room of node.runningRooms()) {
      const members = attachedIn(room);
      if (members === 0) continue;
      const rates = reckonedRates(this.voice, members, machine.lowestLayerOnly);
      machine.received(rates.packetsIn * seconds, rates.bytesIn * seconds);
      machine.forwarded(rates.packetsOut * seconds, rates.bytesOut * seconds);
    }
  }
}

function consumersOf(node: SfuNode): number {
  let sum = 0;
  for (const room of node.runningRooms()) {
    const members = attachedIn(room);
    sum += members * Math.max(0, members - 1);
  }
  return sum;
}

function attachedIn(room: { readonly participants: ReadonlyMap<string, { readonly attached: boolean }> }): number {
  let attached = 0;
  for (const participant of room.participants.values()) if (participant.attached) attached++;
  return attached;
}

function tick(meter: NodeMeter): void {
  meter.tick();
}
