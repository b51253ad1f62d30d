/**
 * Aims one fault at a moment: runs a seed once, notes when Redis answers each backend and when SFU nodes are asked, and runs it again with a fault at some of
 * these moments. `aim.js kind forS shots from to hazard ...`; kind: pause, crash, restart, sfu-crash, sfu-pause, cut.
 */
import { collaboratorsOf } from '../../scenarios/hazards/hazard.js';
import { storeHazards } from '../../scenarios/hazards/store-hazards.js';
import { Choices, type TraceEntry } from '../../sim/kernel/index.js';
import { resolveScenario, type ScenarioInput } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import { visits } from './visits.js';

type Fault = NonNullable<ScenarioInput['faults']>[number];

const interesting = /^(SET|TIME|EVALSHA|RPUSH|HGETALL|GET|DEL)$/;

function faultAt(kind: string, forS: number, entry: TraceEntry, laterUs: number): Fault {
  const atS = (entry.atUs + laterUs) / 1e6;
  const backend = entry.to!;
  switch (kind) {
    case 'pause':
      return { kind: 'backend-pause', atS, target: backend, forS };
    case 'crash':
      return { kind: 'backend-crash', atS, target: backend, forS };
    case 'restart':
      return { kind: 'redis-restart', atS, target: 'primary', keepData: true };
    case 'sfu-crash':
      return { kind: 'sfu-crash', atS, target: 'sfu-*', forS };
    case 'sfu-pause':
      return { kind: 'sfu-pause', atS, target: 'sfu-*', forS };
    default:
      return { kind: 'partition', atS, from: [backend], to: ['redis-*'], forS };
  }
}

const [kind = 'pause', forS = '6', shots = '10', from = '1', to = '5', ...names] = process.argv.slice(2);
for (const name of names) {
  const hazard = storeHazards.find(({ id }) => id === name);
  const collaborators = hazard ? { collaborators: collaboratorsOf(hazard) } : {};
  const counts = new Map<string, string[]>();
  let runs = 0;
  let any = 0;
  for (let seed = Number(from); seed <= Number(to); seed++) {
    const input = visits('calm', seed);
    const moments: TraceEntry[] = [];
    await simulate(resolveScenario(input), {
      seed,
      ...collaborators,
      traceSink: {
        write: (entry) => {
          if (
            entry.kind === 'redis.reply' &&
            entry.to?.startsWith('backend') &&
            interesting.test(String(entry.key)) &&
            entry.atUs > 1e6 &&
            entry.atUs < 40e6
          )
            moments.push({ ...entry });
        },
      },
    });
    const stream = new Choices(seed).stream('aim');
    for (let shot = 0; shot < Number(shots) && moments.length > 0; shot++) {
      const entry = moments[stream.choose(moments.length)]!;
      const fault = faultAt(kind, Number(forS), entry, stream.choose(2) === 0 ? 5 : 400);
      const result = await simulate(resolveScenario({ ...input, faults: [fault] }), { seed, ...collaborators });
      runs++;
      const said = new Set(result.violations.map(({ oracle }) => oracle));
      if (said.size > 0) any++;
      for (const oracle of said)
        counts.set(oracle, [...(counts.get(oracle) ?? []), `${seed}@${fault.atS}:${entry.to}:${entry.key}`]);
    }
  }
  console.log(
    `${name} ${kind} ${forS}: ${any}/${runs}  ${[...counts].map(([oracle, at]) => `${oracle} ${at.length} (${at[0]})`).join(', ')}`,
  );
}
