import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deadair } from './cli.js';

let folder = '';
const files: Record<string, string> = {
  'back.down': '5\n3\n',
  'gap.down': '1\n99999999\n',
  'empty.down': '',
  'instant.down': '0\n0\n',
  'bytes.down': '\u0001\u001b[31m\n',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-network-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
});
afterAll(() => rm(folder, { recursive: true }));

const profile = (fields: string) => [`network.profiles.mine={${fields}}`];
const trace = (name: string) => [`network.traceFiles.road=${join(folder, name)}`, ...profile('trace: road')];

describe('networks that make no sense: exit 2, one line that names the field, no stack trace', () => {
  test.each<[string, () => string[], string]>([
    ['profile that does not exist', () => ['network.clientProfiles={3g-pla: 1}'], 'did you mean "3g-plan"?'],
    ['rate of zero', () => profile('rateKbps: 0'), 'network.profiles.mine.rateKbps: must be above 0, not 0'],
    ['rate of zero for a while', () => profile('phases: [{fromMs: 0, untilMs: 9, rateKbps: 0}]'), 'phases.0.rateKbps'],
    ['loss over 100 %', () => profile('lossRate: 1.2'), 'network.profiles.mine.lossRate: must be at most 1, not 1.2'],
    ['loss in per cent', () => profile('up: {lossRate: 20%}'), 'mine.up.lossRate: must be a number, not "20%"'],
    ['burst that never ends', () => profile('burstLoss: {p: 0.1, r: 0}'), 'mine.burstLoss.r: must be above 0, not 0'],
    ['phase that ends before it begins', () => profile('phases: [{fromMs: 5, untilMs: 2}]'), 'must be above fromMs'],
    [
      'phase longer than its cycle',
      () => profile('phases: [{fromMs: 0, untilMs: 20, everyMs: 10}]'),
      'phases.0.untilMs: must be at most everyMs',
    ],
    ['unknown field of a link', () => profile('delay: 20'), 'did you mean "delayMs"?'],
    ['unknown NAT', () => profile('nat: cone'), 'mine.nat: cannot be "cone"; known: open, port-restricted, symmetric'],
    ['trace that does not exist', () => profile('trace: road'), 'no trace "road"; name its file in network.traceFiles'],
    ['trace out of order', () => trace('back.down'), 'back.down: line 2 goes back from 5 to 3'],
    ['trace with a gap of a day', () => trace('gap.down'), 'gap.down: line 2 jumps from 1 to 99999999'],
    ['empty trace', () => trace('empty.down'), 'empty.down is empty'],
    ['trace of no length', () => trace('instant.down'), 'instant.down lasts 0 ms'],
    [
      'trace that is no text',
      () => trace('bytes.down'),
      'line 1 is not a whole number of milliseconds: "\\u0001\\u001b',
    ],
    ['relays for more than everybody', () => ['network.relay.share=1.5'], 'network.relay.share: must be at most 1'],
    ['half a relay', () => ['network.relay.servers=2.5'], 'network.relay.servers: must be a whole number'],
    [
      'fault of a relay without relays',
      () => ['faults=[{kind: turn-crash, atS: 1}]'],
      'faults.0.kind: needs TURN servers',
    ],
    [
      'fault of a relay that does not exist',
      () => ['network.relay.share=0.1', 'faults=[{kind: turn-crash, atS: 1, target: turn-4}]'],
      '"turn-4" does not exist; the last one is turn-3',
    ],
  ])('%s', async (_, settings, message) => {
    const args = settings().flatMap((setting) => ['--set', setting]);
    const { code, stdout, stderr } = await deadair(['run', 'p2p-baseline', ...args]);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
