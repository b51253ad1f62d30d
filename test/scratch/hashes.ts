import { builtInScenarios } from '../../scenarios/index.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import { chaosScenario } from '../soak/chaos.js';

for (const name of ['calls-third-person', 'redis-failover', 'backend-crash', 'sfu-crash']) {
  const r = await simulate(resolveScenario(builtInScenarios.find((s) => s.name === name)!), { seed: 7 });
  console.log(name, r.traceHash, r.events);
}
for (const seed of [3, 4, 5]) {
  const r = await simulate(resolveScenario(chaosScenario(seed)), { seed });
  console.log('chaos', seed, r.traceHash, r.events);
}
