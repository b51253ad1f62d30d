import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { collaboratorsOf, hazards } from '../../scenarios/hazards/index.js';
import { parseRepro, replayCase, suspectOf } from '../../sim/explore/index.js';

const FOLDER = 'scenarios/regressions';
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

/**
 * Every repro that is dropped into `scenarios/regressions` is a test. One of a hazard shows the violation for ever; one of the core as it
 * was is in order now, since the core has been mended.
 */
describe('regressions', () => {
  test('there are some', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  test.each(files)('%s', async (name) => {
    const repro = parseRepro(readFileSync(`${FOLDER}/${name}`, 'utf8'), name);
    const chosen = repro.hazards.map((id) => hazards.find((hazard) => hazard.id === id)!);
    const outcome = await replayCase(suspectOf(repro), {
      collaborators: chosen.length === 0 ? undefined : collaboratorsOf(...chosen),
    });
    expect(outcome.violation?.oracle ?? null).toBe(chosen.length === 0 ? null : repro.violation.oracle);
  });
});
