import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../../sim/kernel/index.js';
import { waitOfMD1 } from '../../../../sim/media/flow/fluid-queue.js';
import { MachineQueue } from '../../../../sim/media/packet/machine-queue.js';
import type { PlaneParts } from '../../../../sim/media/packet/plane-parts.js';
import {
  defaultNodeLimits,
  NODE_PROFILES,
  type NodeLimits,
  NodeMachine,
  type NodeProfile,
  nodeProfileSchema,
  WAKE_US,
} from '../../../../sim/sfu/capacity/index.js';

const profile = (own: Partial<NodeProfile>): NodeProfile =>
  nodeProfileSchema.parse({ name: 'test', cores: 4, memoryMB: 1_000, ...own });
const limits = (own: Partial<NodeLimits> = {}): NodeLimits => ({ ...defaultNodeLimits, ...own });

/** 20 us of one core for each packet and 10 us for each of its 38 copies: 100 us of all four. */
const COPIES = 38;
const SERVICE_US = 100;
const hundred = () => profile({ coreUsPerPacketIn: 20, coreUsPerPacketOut: 10 });

/** Poisson arrivals of packets, each with as many copies, at a load. */
async function serve(load: number, packets: number, machine: NodeMachine) {
  const sim = new Simulation({ seed: 7 });
  const stream = sim.choices.stream('arrivals');
  const parts = { sim, ears: { forwarded: () => undefined } } as unknown as PlaneParts;
  const queue = new MachineQueue(parts, machine);
  const seen = { waitUs: 0, performed: 0, dropped: 0, arrived: 0 };
  const arrive = () => {
    const arrivedUs = sim.nowUs;
    seen.arrived++;
    machine.received(1, 210);
    queue.take({
      arrivedUs,
      perform: () => {
        seen.performed++;
        seen.waitUs += sim.nowUs - arrivedUs - WAKE_US;
        machine.forwarded(COPIES, COPIES * 210);
        return COPIES;
      },
      drop: () => {
        seen.dropped++;
      },
    });
    if (seen.arrived < packets) sim.after(stream.exponential(SERVICE_US / load), arrive);
  };
  sim.after(1, arrive);
  await sim.run({ untilUs: 1e12 });
  return { ...seen, nowUs: sim.nowUs };
}

describe('packets before the processor of a node', () => {
  for (const [load, expected] of [
    [0.5, 0.5],
    [0.8, 2],
    [0.9, 4.5],
  ] as const) {
    it(`wait as in M/D/1 at a load of ${load}: ${expected} service times`, async () => {
      const machine = new NodeMachine(hundred(), limits({ queueMs: 1e6 }));
      const { waitUs, performed } = await serve(load, 150_000, machine);
      expect(performed).toBe(150_000);
      expect(waitUs / performed / SERVICE_US / expected).toBeGreaterThan(0.93);
      expect(waitUs / performed / SERVICE_US / expected).toBeLessThan(1.07);
      expect(waitOfMD1(load)).toBeCloseTo(expected, 10);
    });
  }

  it('obey the law of Little, which is an identity: the integral of how many are inside is the sum of their times', async () => {
    const machine = new NodeMachine(hundred(), limits());
    await serve(0.85, 20_000, machine);
    const { inside, areaUs, sojournUs, served } = machine.queue;
    expect(inside).toBe(0);
    expect(served).toBe(20_000);
    expect(areaUs).toBeGreaterThan(0);
    expect(areaUs).toBe(sojournUs);
  });

  it('are conserved: what comes is served or dropped; above saturation about as much is dropped as is too much', async () => {
    const machine = new NodeMachine(hundred(), limits({ queueMs: 20 }));
    const { arrived, performed, dropped, waitUs } = await serve(1.5, 60_000, machine);
    expect(machine.packetsIn).toBe(arrived);
    expect(machine.handled).toBe(performed);
    expect(machine.dropped).toBe(dropped);
    expect(performed + dropped).toBe(arrived);
    expect(machine.packetsOut).toBe(COPIES * performed);
    expect(dropped / arrived).toBeGreaterThan(0.32);
    expect(dropped / arrived).toBeLessThan(0.345);
    // nobody waits for longer than the socket holds
    expect(waitUs / performed).toBeLessThan(20_000 + SERVICE_US);
    expect(waitUs / performed).toBeGreaterThan(18_000);
  });
});

describe('the same, interval by interval', () => {
  const interval = (machine: NodeMachine, packets: number, at = 0) => {
    machine.received(packets, packets * 210);
    machine.forwarded(packets * COPIES, packets * COPIES * 210);
    return machine.endInterval(at * 1e6, (at + 1) * 1e6, false);
  };

  it('a share of the CPU and the time inside follow from the rates', () => {
    for (const load of [0.5, 0.8, 0.9]) {
      const machine = new NodeMachine(hundred(), limits());
      expect(interval(machine, load * 10_000).cpuShare).toBeCloseTo(load, 10);
      expect(machine.delayUs).toBeCloseTo(WAKE_US + (waitOfMD1(load) + 0.5) * SERVICE_US, 6);
      expect(machine.lossShare).toBe(0);
    }
  });

  it('above saturation the queue fills, then packets are dropped, and the share of the CPU says by how much it is too much', () => {
    const machine = new NodeMachine(hundred(), limits());
    for (let second = 0; second < 5; second++) interval(machine, 15_000, second);
    expect(machine.last.cpuShare).toBeCloseTo(1.5, 10);
    expect(machine.lossShare).toBeCloseTo(1 / 3, 3);
    expect(machine.delayUs / 1000).toBeGreaterThan(49);
    expect(machine.delayUs / 1000).toBeLessThan(51);
  });

  it('is overloaded from one share on, until it is down at another', () => {
    const machine = new NodeMachine(hundred(), limits({ fallback: 'lowest-layer' }));
    const states = [0.7, 0.8, 0.7, 0.65, 0.64, 0.7].map((load, second) => {
      interval(machine, load * 10_000, second);
      return `${machine.overloaded} ${machine.closed} ${machine.full}`;
    });
    const [open, closed] = ['false false false', 'true true false'];
    expect(states).toEqual([open, closed, closed, closed, open, open]);
    // what was left out stays so for 10 s
    expect(machine.lowestLayerOnly).toBe(true);
    for (let second = 6; second < 20; second++) interval(machine, 5_000, second);
    expect(machine.lowestLayerOnly).toBe(false);
  });

  it('takes nobody new when memory ends, and nobody above its places', () => {
    const machine = new NodeMachine(profile({ memoryMBPerParticipant: 10, memoryMBPerRouter: 50 }), limits());
    machine.participants = 84;
    machine.rooms = 0;
    expect([machine.closed, machine.full]).toEqual([false, false]);
    machine.participants = 89;
    expect([machine.closed, machine.full]).toEqual([true, false]);
    machine.participants = 95;
    expect([machine.closed, machine.full]).toEqual([true, true]);
    const few = new NodeMachine(profile({}), limits({ participantsMax: 2 }));
    few.participants = 1;
    expect(few.full).toBe(false);
    few.participants = 2;
    expect(few.full).toBe(true);
  });

  it("knows the documents' own arithmetic: 50 participants take three quarters of a server of 8 cores, and 67 all of it", () => {
    const machine = new NodeMachine(NODE_PROFILES.get('documents-d5')!, limits());
    machine.rooms = 1;
    for (const [participants, cpu, memoryMB] of [
      [50, 0.75, 3_020],
      [66, 0.99, 3_980],
      [500, 7.5, 30_020],
    ] as const) {
      machine.participants = participants;
      expect(machine.endInterval(0, 1e6, false)).toMatchObject({ memoryShare: memoryMB / 16_384 });
      expect(machine.last.cpuShare).toBeCloseTo(cpu, 10);
    }
  });
});
