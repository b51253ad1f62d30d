import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capacityFileSchema } from '../../reports/index.js';
import { DEADAIR_VERSION } from '../../sim/version.js';
import { deadair } from './cli.js';

const SCENARIO = `name: small
durationS: 30
drainS: 10
population: { clients: 12, channels: 3, membersMin: 4, membersMax: 4, arrival: { kind: storm, overS: 1 } }
policy: { profile: calls }
expectations: { join_latency_ms: ['p(95)<800'], mode_switches: ['count<=30'] }
`;

const JOURNAL_IDENTITY = { deadair: DEADAIR_VERSION, '--set': 'topology.sfuNodes=3' };

let folder = '';
const at = (name: string) => join(folder, name);
const sweep = (out: string, ...more: string[]) => [
  'sweep',
  at('small.yaml'),
  '--vary',
  'policy.enableThreshold=2..5',
  '--seeds',
  '3',
  '--workers',
  '1',
  '--out',
  at(out),
  ...more,
];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deadair-sweep-'));
  writeFileSync(at('small.yaml'), SCENARIO);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs it until its journal has some lines, then SIGKILL. */
function killed(args: readonly string[], journal: string, lines: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['dist/sim/cli/main.js', ...args], { stdio: 'ignore' });
    const look = setInterval(() => {
      if (existsSync(journal) && readFileSync(journal, 'utf8').split('\n').length > lines) child.kill('SIGKILL');
    }, 2);
    child.on('error', reject);
    child.on('close', (_, signal) => {
      clearInterval(look);
      resolve(signal);
    });
  });
}

describe('deadair sweep', () => {
  test('a sweep that was killed goes on where it was, and ends with the bytes of one that was not', async () => {
    const whole = await deadair(sweep('whole.json', '--report', at('whole.html'), '--csv', at('whole.csv')));
    expect(whole.code).toBe(0);
    expect(existsSync(at('whole.json.journal'))).toBe(false);
    const journal = at('torn.json.journal');
    expect(await killed(sweep('torn.json'), journal, 4)).toBe('SIGKILL');
    const kept = readFileSync(journal, 'utf8').split('\n').length - 2;
    expect(kept).toBeGreaterThanOrEqual(3);
    expect(kept).toBeLessThan(12);
    appendFileSync(journal, '{"key":"[\\"5\\",6]","value":{"seed":6,"met');
    const other = await deadair(sweep('torn.json', '--set', 'durationS=41'));
    expect(other.code).toBe(6);
    expect(other.stderr).toMatch(/^deadair: .*--set is not given there and durationS=41 here.*another --out\n$/);
    const resumed = await deadair(sweep('torn.json', '--report', at('torn.html'), '--csv', at('torn.csv')));
    expect(resumed.code).toBe(0);
    for (const suffix of ['json', 'html', 'csv'])
      expect(readFileSync(at(`torn.${suffix}`), 'utf8')).toBe(readFileSync(at(`whole.${suffix}`), 'utf8'));

    const file = capacityFileSchema.parse(JSON.parse(readFileSync(at('whole.json'), 'utf8')));
    expect(file.settings.map(({ values, thresholds }) => [values[0], thresholds])).toEqual([
      ['2', { enable: 2, disable: 1 }],
      ['3', { enable: 3, disable: 2 }],
      ['4', { enable: 4, disable: 3 }],
      ['5', { enable: 5, disable: 4 }],
    ]);
    // four come to a channel: at 5 nobody ever moves
    const switches = file.settings.map(({ runs }) => runs.map(({ metrics }) => metrics.mode_switches));
    expect(switches[3]).toEqual(Array.from({ length: 3 }, () => ({ kind: 'counter', unit: '1', value: 0 })));
    expect(switches[1]).not.toEqual(switches[3]);
  });

  test('Ctrl-C keeps what is finished and says how to go on', async () => {
    const args = sweep('broken-off.json', '--vary', 'population.closeTabShare=0,0.1');
    const { code, stderr } = await deadair(args, { interruptWhenWritten: at('broken-off.json.journal') });
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /interrupted: \d+ of 24 runs are kept in .*broken-off\.json\.journal; the same command goes on/,
    );
    expect(existsSync(at('broken-off.json'))).toBe(false);
  });

  test('a setting that is not valid is a row; none that is valid is a mistake', async () => {
    const vary = ['--vary', 'policy.disableThreshold=1,7', '--set', 'policy.enableThreshold=3'];
    const args = ['sweep', at('small.yaml'), ...vary, '--workers', '1', '--out', at('rows.json'), '--json'];
    const { code, stdout } = await deadair(args);
    expect(code).toBe(0);
    const [first, second] = capacityFileSchema.parse(JSON.parse(stdout)).settings;
    expect(first?.runs).toHaveLength(1);
    expect(second).toMatchObject({ runs: [], problem: { code: 'scenario.invalid' } });
    expect(second?.problem?.message).toContain('must be below policy.enableThreshold (3)');

    const none = await deadair([
      'sweep',
      at('small.yaml'),
      '--vary',
      'policy.enableThreshold=0',
      '--out',
      at('x.json'),
    ]);
    expect([none.code, existsSync(at('x.json.journal'))]).toEqual([2, false]);
    const loose = await deadair(['capacity', 'join-storm', '--slo', 'foo: avg>4', '--out', at('loose.json')]);
    expect(loose.stderr).toMatch(/^deadair: --slo foo: avg>4: expectations\.foo: there is no metric "foo"/);
    const many = await deadair(['sweep', 'join-storm', '--vary', 'policy.enableThreshold=4', '--seeds', '1000000000']);
    expect([many.code, many.stderr]).toEqual([2, expect.stringContaining('Seeds are a whole number from 1 to 100000')]);
    expect(none.stderr).toMatch(/^deadair: policy\.enableThreshold=0: .*at least 1/);
  });

  test.each([
    [['--vary', 'policy.enableTreshold=1..3'], 'did you mean "policy.enableThreshold"'],
    [[], 'say what to vary'],
    [['--vary', 'policy.enableThreshold=3', '--metrics', 'join_latency'], 'did you mean "join_latency_ms"'],
    [['--vary', 'policy.enableThreshold=3', '--out', '/nowhere/x.json'], 'does not exist'],
  ])('bad input is one line and exit 2: %j', async (args, message) => {
    const { code, stdout, stderr } = await deadair(['sweep', at('small.yaml'), ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('deadair capacity', () => {
  test('a mistake leaves no journal, and a journal of another search names the option that differs', async () => {
    const args = (load: string) => [
      'capacity',
      at('small.yaml'),
      '--load',
      load,
      '--workers',
      '1',
      '--out',
      at('j.json'),
    ];
    const mistaken = await deadair(args('foo=1..5'));
    expect([mistaken.code, existsSync(at('j.json.journal'))]).toEqual([2, false]);
    const { code } = await deadair(args('population.closeTabShare=2..5'));
    expect([code, existsSync(at('j.json.journal'))]).toEqual([2, false]);
    const identity = { ...JOURNAL_IDENTITY, scenario: at('small.yaml'), '--load': 'population.clients' };
    writeFileSync(at('j.json.journal'), `${JSON.stringify({ deadairJournal: 1, identity })}\n`);
    const other = await deadair(args('topology.sfuNodes=1..3'));
    expect(other.code).toBe(6);
    expect(other.stderr).toContain('--load is population.clients there and topology.sfuNodes here');
  });

  test('finds the largest load, names what was missed, and makes the page from its file', async () => {
    const args = ['capacity', at('small.yaml'), '--load', 'channel-size=2..20', '--slo', 'participants_max: max<=6'];
    const { code, stdout } = await deadair([...args, '--seeds', '2', '--workers', '1', '--out', at('c.json')]);
    expect(code).toBe(0);
    const { capacity, overrides } = capacityFileSchema.parse(JSON.parse(readFileSync(at('c.json'), 'utf8')));
    expect(capacity).toMatchObject({ passed: 6, failed: 7, exceptions: [], level: 'participants_max max<=6' });
    expect(capacity?.limiting.resource).toBe('none that is measured');
    // as many nodes as the scenario has, however many people come
    expect(overrides).toContain('topology.sfuNodes=3');
    expect(stdout).toContain(`Again: ${capacity?.replay}`);
    const page = await deadair(['report', at('c.json'), '--out', at('c.html'), '--markdown', at('c.md')]);
    expect(page.code).toBe(0);
    expect(readFileSync(at('c.html'), 'utf8')).toContain('Resources at the load that failed');
    expect(readFileSync(at('c.md'), 'utf8')).toContain('First missed: participants_max max<=6');
  });

  test('steps over loads that are not valid, and says which and why; none that is valid is a mistake', async () => {
    const search = (...more: string[]) =>
      deadair(['capacity', at('small.yaml'), '--workers', '1', '--seeds', '1', '--out', at('s.json'), ...more]);
    const four = ['--with', 'population.channels=clients/4'];
    const { code, stdout } = await search(
      '--load',
      'population.clients=16..26',
      ...four,
      '--slo',
      'participants_max: max<=22',
    );
    expect(code).toBe(0);
    const { capacity, settings } = capacityFileSchema.parse(JSON.parse(readFileSync(at('s.json'), 'utf8')));
    expect(capacity).toMatchObject({ passed: 20, failed: 24, exceptions: [] });
    expect(settings.every(({ values, problem }) => Number(values[0]) % 4 === 0 && problem === undefined)).toBe(true);
    expect(capacity?.skipped).toContainEqual({
      ...{ from: 21, to: 23 },
      why: 'population.clients: 21 clients do not fill 5 channels of 4 to 4: at most 20 clients fit; raise channels or membersMax',
    });
    expect(stdout).toMatch(/Stepped over \d+ loads that are not valid: population\.clients .*21 to 23/);

    const none = await search('--load', 'population.clients=13..15', ...four);
    expect([none.code, none.stdout, existsSync(at('s.json.journal'))]).toEqual([2, '', false]);
    expect(none.stderr).toMatch(
      /^deadair: --load population\.clients: no load from 13 to 15 is valid: .* --with .*\n$/,
    );
  });
});
