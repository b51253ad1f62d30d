import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deadair } from './cli.js';

const tshark = spawnSync('tshark', ['--version']).status === 0;
const full = existsSync('/dev/full');

const CALL = `name: short-call
durationS: 8
drainS: 2
policy: { profile: always-sfu }
population:
  script:
    - { atS: 0.1, user: 1, do: join, network: lte }
    - { atS: 0.2, user: 2, do: join, network: loss-5 }
media: { fidelity: packet, talk: { model: everyone, dtx: false } }
expectations: { lost_joins: ['count==0'] }
`;

let folder = '';
const at = (name: string) => join(folder, name);
const scenario = () => at('call.yaml');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deadair-pcap-'));
  writeFileSync(scenario(), CALL);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('deadair run --pcap', () => {
  test('writes the same bytes for the same seed, and says what is in them', async () => {
    const first = await deadair(['run', scenario(), '--pcap', at('a.pcapng')]);
    expect(first.stdout).toMatch(/pcap: .*a\.pcapng \(\d+ packets on the link of the first client\)/);
    expect(first.code).toBe(0);
    await deadair(['run', scenario(), '--pcap', at('b.pcapng'), '--pcap-link', 'client-1']);
    expect(readFileSync(at('a.pcapng')).equals(readFileSync(at('b.pcapng')))).toBe(true);
  });

  test.each<[string, string[], string]>([
    ['a scenario without packets', ['run', 'p2p-baseline', '--pcap', 'x.pcapng'], 'add --set media.fidelity=packet'],
    ['a host that does not exist', ['--pcap', 'x.pcapng', '--pcap-link', 'client-9'], 'the last one is client-2'],
    ['a name misspelt', ['--pcap', 'x.pcapng', '--pcap-link', 'cleint-1'], 'did you mean "client-1"?'],
    ['links but no file', ['--pcap-link', 'client-1'], '--pcap <file.pcapng>'],
    ['a folder that does not exist', ['--pcap', 'no/x.pcapng'], 'does not exist; create it first'],
  ])('%s: exit 2 and one line, before anything runs', async (_, args, message) => {
    const { code, stdout, stderr } = await deadair(args[0] === 'run' ? args : ['run', scenario(), ...args]);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });

  test.skipIf(!full)(`a full disk${full ? '' : ' (left out: no /dev/full here)'}: the results are kept`, async () => {
    const run = await deadair(['run', scenario(), '--pcap', '/dev/full', '--out', at('result.json')]);
    expect(run.stderr).toContain('--pcap /dev/full cannot be written (ENOSPC); make room or choose another path');
    expect(run.stdout).toContain('Passed  short-call');
    expect(run.stdout).not.toContain('pcap:');
    expect(JSON.parse(readFileSync(at('result.json'), 'utf8'))).toHaveProperty('traceHash');
    expect(run.code).toBe(2);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test.skipIf(!tshark)(
    `tshark${tshark ? '' : ' (left out: not installed)'} decodes all of it without settings`,
    async () => {
      await deadair(['run', scenario(), '--pcap', at('all.pcapng'), '--pcap-link', 'all']);
      const show = (filter: string, ...fields: string[]) => {
        const { stdout } = spawnSync(
          'tshark',
          ['-r', at('all.pcapng'), '-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
          { encoding: 'utf8', env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder } },
        );
        return stdout.split('\n').filter((line) => line !== '');
      };
      expect(show('!rtp && !rtcp', 'frame.number')).toEqual([]);
      expect(show('_ws.malformed || _ws.expert.severity >= 0x600000', 'frame.number')).toEqual([]);
      // two clients of three encodings on the way up and one stream on the way down
      const streams = new Set(show('rtp', 'frame.interface_name', 'rtp.ssrc'));
      expect(streams.size).toBe(2 * 3 + 2);
      expect(new Set(show('rtp', 'rtp.p_type'))).toEqual(new Set(['111']));
      expect(show('rtcp.pt == 205', 'frame.number').length).toBeGreaterThan(10);
      expect(show('frame.comment contains "lost"', 'frame.number').length).toBeGreaterThan(10);
    },
  );
});
