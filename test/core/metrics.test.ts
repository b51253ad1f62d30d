import { describe, expect, it } from 'vitest';
import { metricCatalogue } from '../../core/metrics.js';
import { Recorder } from '../../sim/metrics/recorder.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { World } from '../../sim/world/world.js';

describe('metrics of the core (A10)', () => {
  it('measures only what the catalogue names, with its labels', async () => {
    const seen = new Map<string, Set<string>>();
    const note = (name: string, labels?: Readonly<Record<string, string>>) => {
      const names = seen.get(name) ?? new Set();
      for (const label of Object.keys(labels ?? {})) names.add(label);
      seen.set(name, names);
    };
    class Noting extends Recorder {
      override count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void {
        note(name, labels);
        super.count(name, labels, by);
      }
      override observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void {
        note(name, labels);
        super.observe(name, value, labels);
      }
    }
    const scenario = resolveScenario({
      name: 'metrics',
      durationS: 60,
      policy: { profile: 'calls' },
      population: { clients: 12, channels: 3, membersMin: 4, membersMax: 4, arrival: { kind: 'storm', overS: 1 } },
      faults: [{ kind: 'sfu-crash', atS: 20, target: 'any', forS: 10 }],
    });
    const world = new World(scenario, { seed: 1, recorder: (nowS) => new Noting(nowS) });
    await world.sim.run({ untilUs: 60e6 });
    for (const name of [
      'voice_migrations_started_total',
      'voice_migrations_completed_total',
      'voice_join_latency_ms',
      'voice_sfu_node_changes_total',
    ]) {
      expect([...seen.keys()]).toContain(name);
    }
    for (const [name, labels] of seen) {
      const definition = metricCatalogue.find((metric) => metric.name === name);
      expect(definition, name).toBeDefined();
      expect([...labels].sort(), name).toEqual([...definition!.labels].sort());
    }
  });
});
