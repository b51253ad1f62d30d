import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadScenario, resolveNode } from '../../sim/scenario/index.js';
import { deadair } from './cli.js';

let folder = '';
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-'));
  await writeFile(at('bad.csv'), 'name,cores,packetsInPerS,packetsOutPerS,cpuShare\na,4,1,many,0.5\n');
  await writeFile(at('bad.json'), '{"name": "x", "cores": 0}');
});
afterAll(() => rm(folder, { recursive: true }));

describe('deadair calibrate', () => {
  test('prints the fit and its error on rows it has not seen, and writes a profile that a scenario can use', async () => {
    const table = 'scenarios/capacity/measured/rtcd-voice.csv';
    const made = await deadair(['calibrate', table, '--out', at('mine.json'), '--cores', '2', '--memory', '4096']);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/cores = 49\.38 us x packets in\/s \+ 17\.13 us x packets out\/s/);
    expect(made.stdout).toMatch(/250x10 on 8 .* \+9\.1 % .*kept to check/);
    expect(made.stdout).toMatch(/mean error on 2 kept rows 6\.0 %/);
    expect(JSON.parse(await readFile(at('mine.json'), 'utf8'))).toMatchObject({ name: 'rtcd-voice', cores: 2 });
    const builtIn = [{ name: 'plain', durationS: 10 }];
    const overrides = [`topology.sfuNode.profileFile=${at('mine.json')}`, 'topology.sfuNode.cardMbps=100'];
    const node = resolveNode(await loadScenario('plain', { builtIn, overrides }))!;
    expect(node.profile).toMatchObject({ name: 'rtcd-voice', cores: 2, memoryMB: 4096, cardMbps: 100 });
    expect(node.profile.coreUsPerPacketOut).toBeCloseTo(17.13, 2);
  });

  test.each([
    [['calibrate', 'bad.csv'], 'bad.csv:2:7: packetsOutPerS must be a number from 0, not "many"'],
    [['calibrate', 'none.csv'], 'none.csv does not exist; check the path'],
  ])('%j: exit 2, one line', async ([command = '', file = ''], message) => {
    const { code, stderr } = await deadair([command, at(file)]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test.each([
    ['topology.sfuNode.profile=rtcd', 'there is no profile "rtcd"'],
    ['topology.sfuNode.recoverShare=0.9', 'must be below overloadShare (0.8)'],
    ['topology.autoscale.min=2', 'needs the load of the nodes; set topology.sfuNode to {}'],
    ['topology.sfuNode.profileFile=none.json', 'none.json does not exist'],
  ])('--set %s is refused', async (text, message) => {
    await expect(loadScenario('plain', { builtIn: [{ name: 'plain' }], overrides: [text] })).rejects.toThrow(message);
  });

  test('a profile that is wrong names its field', async () => {
    const overrides = [`topology.sfuNode.profileFile=${at('bad.json')}`];
    const loading = loadScenario('plain', { builtIn: [{ name: 'plain' }], overrides });
    await expect(loading).rejects.toThrow(/bad\.json: cores: /);
  });
});
