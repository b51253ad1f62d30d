import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crossroads } from '../../scenarios/crossroads.js';
import { joinStorm } from '../../scenarios/join-storm.js';
import { hazardsOf, hazardWarnings, otherWorlds } from '../../sim/cli/hunt/hazards-of.js';
import { renderZooList } from '../../sim/cli/hunt/zoo-table.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { deadair } from './cli.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-hazards-'));
});
afterAll(() => rm(folder, { recursive: true }));

const elsewhere =
  'hazard accept-no-cas cannot show itself in crossroads: nobody rings anybody in it (calls); hunt it with: deadair hunt switchboard --hazard accept-no-cas';

test('a hunt for a hazard that can never show itself says so, with the scenario to take', async () => {
  const files = ['--repro', join(folder, 'r.json'), '--page', join(folder, 'p.html')];
  const hunt = ['hunt', 'crossroads', '--hazard', 'accept-no-cas', '--schedules', '1', '--workers', '1', '--json'];
  const { code, stdout, stderr } = await deadair([...hunt, ...files]);
  expect(stderr).toBe(`deadair: warning: ${elsewhere}\n`);
  expect([code, JSON.parse(stdout).found]).toEqual([0, false]);
});

test('what is warned of before, and what is told when nothing was found', () => {
  const [here, storm] = [resolveScenario(crossroads), resolveScenario(joinStorm)];
  const ids = ['lock-failover', 'accept-no-cas'];
  expect(hazardWarnings(ids, here)).toEqual([elsewhere]);
  expect(otherWorlds(ids, here)).toEqual([]);
  expect(otherWorlds(ids, storm)).toEqual(['deadair hunt crossroads --hazard lock-failover']);
  expect(hazardWarnings([], here)).toEqual([]);
});

test('the list of the zoo says where each is hunted', () => {
  expect(renderZooList(hazardsOf(['accept-no-cas', 'lock-no-fence', 'timeout-vs-accept']))).toMatch(
    /^deadair hunt switchboard --hazard \.\.\.\n {2}accept-no-cas .*\n {2}timeout-vs-accept .*(\n {4}.*)*\n\ndeadair hunt crossroads --hazard \.\.\.\n {2}lock-no-fence /,
  );
});
