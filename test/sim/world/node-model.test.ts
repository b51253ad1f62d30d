import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../reports/result-schema.js';
import { weekOfUptime } from '../../../scenarios/capacity/week-of-uptime.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { TalkPlan } from '../../../sim/media/talk/index.js';
import { resolveScenario, type ScenarioInput } from '../../../sim/scenario/index.js';
import { meanTalkers } from '../../../sim/sfu/capacity/index.js';
import { simulate } from '../../../sim/simulate.js';
import { compareLooks, countObjects } from '../../../sim/world/state-growth.js';
import type { World } from '../../../sim/world/world.js';

const value = (result: RunResult, name: string): number => {
  const metric = result.metrics[name]!;
  return (metric.kind === 'histogram' ? metric.avg : metric.value) as number;
};
const run = (input: Partial<ScenarioInput>, onWorld?: (world: World) => void) =>
  simulate(resolveScenario({ name: 'node-model', ...input }), { seed: 5, ...(onWorld ? { onWorld } : {}) });

describe('a node costs the same in every fidelity', () => {
  const room = (fidelity: 'none' | 'flow' | 'packet') =>
    run({
      durationS: 60,
      drainS: 5,
      policy: { profile: 'always-sfu' },
      topology: { sfuNodes: 1, sfuNode: {} },
      population: { clients: 6, channels: 1, membersMin: 6, membersMax: 6, arrival: { kind: 'storm', overS: 2 } },
      network: { clientProfiles: { perfect: 1 } },
      media: { fidelity, talk: { model: 'dominant' } },
    });

  it('packets in and out, CPU and memory', async () => {
    const [packet, flow, none] = [await room('packet'), await room('flow'), await room('none')];
    for (const name of ['sfu_packets_received', 'sfu_packets_forwarded', 'sfu_cpu', 'sfu_egress_gb']) {
      const expected = value(packet, name);
      expect(expected, name).toBeGreaterThan(0);
      // the same people talk at the same times
      expect(Math.abs(value(flow, name) / expected - 1), `flow ${name}`).toBeLessThan(0.05);
      // here only as much as they do on average
      expect(Math.abs(value(none, name) / expected - 1), `none ${name}`).toBeLessThan(0.2);
    }
    expect(value(none, 'sfu_memory')).toBeCloseTo(value(packet, 'sfu_memory'), 6);
  });

  it('average talk is what the models of talk say', () => {
    for (const [model, members] of [
      ['conversation', 2],
      ['conversation', 6],
      ['dominant', 30],
    ] as const) {
      const sim = new Simulation({ seed: 3 });
      const plan = new TalkPlan(model, sim.choices.stream('talk'));
      const people = Array.from({ length: members }, (_, index) => plan.join(String(index), 0));
      const frames = 400_000;
      let spoken = 0;
      for (let frame = 0; frame < frames; frame += 10) for (const each of people) if (each.speaks(frame)) spoken++;
      expect(Math.abs(spoken / (frames / 10) - meanTalkers(model, members))).toBeLessThan(0.02);
    }
  });
});

describe('nodes come and go', () => {
  it('up under load, down again when it has gone; calls leave a node that is to go without a gap', async () => {
    const result = await run({
      durationS: 900,
      drainS: 60,
      policy: { profile: 'always-sfu' },
      topology: {
        sfuNode: { profile: 'documents-d5' },
        autoscale: { min: 1, max: 4, cpuUpShare: 0.5, startS: 20, cooldownS: 30, drainS: 300 },
      },
      population: {
        clients: 90,
        channels: 15,
        membersMin: 6,
        membersMax: 6,
        arrival: { kind: 'ramp', overS: 240 },
        guests: { perChannel: 5, atS: 20, overS: 240, stayS: 200, visits: 1 },
      },
      network: { clientProfiles: { lte: 1 } },
    });
    expect(result.violations).toEqual([]);
    const nodes = result.series.find(({ name }) => name === 'sfu_nodes')!.points.map(([, count]) => count);
    expect(Math.max(...nodes)).toBeGreaterThanOrEqual(2);
    expect(nodes.at(-1)).toBe(1);
    expect(value(result, 'dropout_rate')).toBe(0);
    // rooms were moved, beside those that began
    expect(value(result, 'migrations_completed')).toBeGreaterThan(15);
  });
});

describe('uptime is that of people', () => {
  const without = (faults: NonNullable<ScenarioInput['faults']>) =>
    run({
      durationS: 400,
      drainS: 60,
      population: { clients: 20, channels: 2, membersMin: 10, membersMax: 10, arrival: { kind: 'storm', overS: 5 } },
      network: { clientProfiles: { lte: 1 } },
      topology: { sfuNodes: 1 },
      faults,
    });

  it('all of it when nothing is wrong; less while nobody is heard', async () => {
    expect(value(await without([]), 'uptime')).toBe(1);
    // ten people are too many for nothing but a mesh: they wait for the mesh to be built, then hear each other again
    const broken = value(await without([{ kind: 'sfu-crash', atS: 100, forS: 200 }]), 'uptime');
    expect(broken).toBeLessThan(0.999);
    expect(broken).toBeGreaterThan(0.5);
  });
});

describe('uptime of the week', () => {
  const hours = (forS: number) =>
    simulate(
      resolveScenario(weekOfUptime, {
        overrides: [
          'durationS=2400',
          'drainS=300',
          'population.arrival.overS=300',
          `faults=[{kind: backend-crash, target: backend-*, atS: 150, forS: ${forS}}]`,
          "expectations={uptime: ['rate>0.99']}",
        ],
      }),
      { seed: 2, detail: 'figures' },
    );

  it('holds when all backends are away for half a minute while people come, and not when they are for twenty', async () => {
    const [short, long] = [await hours(30), await hours(1_200)];
    expect(short.expectations).toMatchObject([{ metric: 'uptime', pass: true }]);
    expect(long.expectations).toMatchObject([{ metric: 'uptime', pass: false }]);
    expect(long.verdict).toBe('slo-missed');
  });
});

describe('growth', () => {
  const hours = (leak: boolean) =>
    run(
      {
        durationS: 3_600,
        drainS: 60,
        topology: { backends: 1, sfuNodes: 1, redis: { replicas: 0, sentinels: 0 } },
        population: {
          clients: 6,
          channels: 1,
          membersMin: 6,
          membersMax: 6,
          session: { meanS: 300 },
          pauseS: 60,
        },
        network: { clientProfiles: { lte: 1 } },
      },
      ({ events, sim }) => {
        // somebody who sets a timer for each visit and never takes it back
        if (leak) events.listen({ joined: () => void sim.after(1e12, () => undefined) });
      },
    );

  it('a day of coming and going leaves nothing behind; one forgotten timer for each visit is seen', async () => {
    expect(value(await hours(false), 'state_growth')).toBeLessThan(0.1);
    expect(value(await hours(true), 'state_growth')).toBeGreaterThan(0.2);
  });

  it('is measured at equal load, by the kind that has grown most', () => {
    const at = (time: number, load: number, keys: number) => ({ at: time, load, counts: { keys, rooms: 1 } });
    expect(compareLooks([at(0.3, 10, 99)], [at(0.9, 20, 199)])[0]!.share).toBeCloseTo(0, 10);
    expect(compareLooks([at(0.3, 10, 99)], [at(0.9, 10, 149)])[0]).toMatchObject({ kind: 'keys', share: 0.5 });
    expect(compareLooks([], [])).toEqual([]);
  });

  it('counts each object once, whatever refers to it', () => {
    const shared = { a: [1, 2] };
    const root: Record<string, unknown> = { map: new Map([[shared, new Set([shared])]]), again: shared };
    root.self = root;
    expect(countObjects(root)).toBe(5);
    expect(countObjects(root, [shared])).toBe(4);
  });
});
