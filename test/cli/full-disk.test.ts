import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GateJournal, hasJournal } from '../../sim/cli/gate/gate-journal.js';
import { writeEach } from '../../sim/cli/outputs.js';
import { deadair } from './cli.js';

const full = existsSync('/dev/full');

let folder = '';
const at = (name: string) => join(folder, name);
const SCENARIO = `
name: tiny
durationS: 5
drainS: 5
population: { clients: 4, channels: 1, membersMin: 4, membersMax: 4, arrival: { kind: storm, overS: 1 } }
`;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-full-'));
  await writeFile(at('tiny.yaml'), SCENARIO);
  await writeFile(at('suite.yaml'), 'name: small\nseeds: 1\nscenarios: [./tiny.yaml]\n');
});
afterAll(() => rm(folder, { recursive: true }));

/** What is left out is said by the name of the test. */
describe.skipIf(!full)(`a full disk${full ? '' : ' (left out: no /dev/full here)'} costs no result`, () => {
  test('of a run: exit 2, and the summary and the other files are there', async () => {
    const files = ['--trace', '/dev/full', '--report', '/dev/full', '--out', at('run.json')];
    const { code, stdout, stderr } = await deadair(['run', at('tiny.yaml'), ...files]);
    expect([code, stderr]).toEqual([
      2,
      'deadair: --trace /dev/full cannot be written (ENOSPC); make room or choose another path\n',
    ]);
    expect(stdout).toMatch(/^Nothing expected {2}tiny, seed 1\n(.*\n)*out: .*run\.json\n$/);
    expect(existsSync(at('run.json'))).toBe(true);
  });

  test('of a gate: the verdict is told, and --resume writes what is missing', async () => {
    const gate = ['gate', at('suite.yaml'), '--workers', '1', '--out', at('gate.json'), '--html'];
    const { code, stdout, stderr } = await deadair([...gate, '/dev/full', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'pass' });
    expect(stderr).toMatch(
      /^deadair: --html \/dev\/full cannot .*the same command with --resume writes what is missing\n$/,
    );
    const resumed = await deadair([...gate, at('gate.html'), '--resume']);
    expect([resumed.code, resumed.stderr, existsSync(at('gate.html'))]).toEqual([0, '', true]);
  });

  test('of a sweep: the table is told, and the runs are kept', async () => {
    const sweep = ['sweep', at('tiny.yaml'), '--vary', 'policy.enableThreshold=4', '--workers', '1'];
    const { code, stdout, stderr } = await deadair([...sweep, '--out', at('s.json'), '--csv', '/dev/full']);
    expect(code).toBe(2);
    expect(stdout).toContain(`out: ${at('s.json')}`);
    expect(stdout).not.toContain('csv: ');
    expect(stderr).toMatch(/^deadair: --csv \/dev\/full .* give the same command again: the runs are kept\n$/);
    expect(existsSync(at('s.json.journal'))).toBe(true);
  });

  test('the first file that fails is named, and those behind it are written', async () => {
    const file = (option: string, path: string) => ({ option, path, text: () => 'x' });
    const { failed, failure } = await writeEach([
      file('--a', '/dev/full'),
      file('--b', at('b')),
      file('--c', '/dev/full'),
    ]);
    expect([...failed]).toEqual(['--a', '--c']);
    expect(failure?.message).toMatch(/^--a \/dev\/full cannot be written \(ENOSPC\)/);
    expect(existsSync(at('b'))).toBe(true);
  });
});

test('where the journal of a gate cannot be, it is no bug of deadair', async () => {
  await mkdir(at('taken.json.partial'));
  const identity = { deadairVersion: '0', suite: 'x', shard: '1/1' };
  expect(() => new GateJournal(at('taken.json'), identity, [])).toThrow(
    `--out ${at('taken.json.partial')} cannot be written (EISDIR); remove it or choose another --out`,
  );
  const journal = new GateJournal(at('free.json'), identity, []);
  journal.finish();
  // what fails after the result was written closes it once more
  journal.close();
  expect(hasJournal(at('free.json'))).toBe(false);
});
