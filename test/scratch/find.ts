/** Finds a seed and a time: `find.js hazard world kind forS fromS toS stepS seeds`. */
import { collaboratorsOf } from '../../scenarios/hazards/hazard.js';
import { storeHazards } from '../../scenarios/hazards/store-hazards.js';
import { simulate } from '../../sim/simulate.js';
import * as worlds from '../scenarios/hazards/timed-worlds.js';

const [name, world, kind, forS, fromS, toS, stepS, seeds] = process.argv.slice(2) as string[];
const hazard = storeHazards.find(({ id }) => id === name);
const make = worlds[world as keyof typeof worlds] as (...faults: never[]) => ReturnType<typeof worlds.rush>;
let runs = 0;
let found = 0;
const counts = new Map<string, string[]>();
for (let seed = 1; seed <= Number(seeds); seed++) {
  for (let atS = Number(fromS); atS <= Number(toS); atS = Math.round((atS + Number(stepS)) * 1e3) / 1e3) {
    const extra = (process.env.EXTRA ? JSON.parse(process.env.EXTRA) : []) as never[];
    const target = kind!.startsWith('backend') ? 'backend-1' : kind!.startsWith('sfu') ? 'sfu-*' : 'primary';
    const fault = (
      kind === 'partition'
        ? { kind, atS, from: ['backend-1'], to: ['redis-*'], forS: Number(forS) }
        : kind === 'redis-restart'
          ? { kind, atS, target, keepData: true }
          : { kind, atS, target, forS: Number(forS) }
    ) as never;
    const scenario = kind === 'none' ? make() : make(fault, ...extra);
    const result = await simulate(scenario, { seed, ...(hazard ? { collaborators: collaboratorsOf(hazard) } : {}) });
    runs++;
    const said = new Set(result.violations.map(({ oracle }) => oracle));
    if (said.size > 0) found++;
    for (const oracle of said) counts.set(oracle, [...(counts.get(oracle) ?? []), `${seed}@${atS}`]);
    if (kind === 'none') break;
  }
}
console.log(
  `${name} ${world} ${kind} ${forS}: ${found}/${runs} ${[...counts].map(([o, at]) => `${o} ${at.length} (${at.slice(0, 4).join(' ')})`).join(', ')}`,
);
