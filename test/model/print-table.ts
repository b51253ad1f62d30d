import { TransitionCoverage } from '../../sim/coverage/index.js';
import { modelCoverage, pathSets, playPath } from '../../sim/explore/models/index.js';

// Plays all paths and prints which (machine, state, event) they took how often, and which paths no world took: `npm run coverage:model`.
const total = new TransitionCoverage();
for (const set of pathSets()) {
  const coverage = modelCoverage();
  let lost = 0;
  let again = 0;
  for (const path of set.paths) {
    const { seed, failures } = await playPath(set, path, coverage);
    if (failures.length > 0) again++;
    if (seed !== null) continue;
    lost++;
    console.log(`no world took ${path.name}\n  ${failures.join('\n  ')}`);
  }
  console.log(
    `${set.name}: ${set.paths.length - lost} of ${set.paths.length} paths driven, ${again} not at the first seed`,
  );
  total.merge(coverage);
}
console.log(`\n${total.text()}\n`);
console.log(
  `${total.table().length} transitions, ${total.missing().length} not taken, ${total.unexpected().length} unexpected`,
);
