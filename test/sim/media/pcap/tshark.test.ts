import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRtcp } from '../../../../core/media/wire/index.js';
import { HostEndpoints, PcapngWriter, voiceBytes } from '../../../../sim/media/pcap/index.js';
import { MemorySink } from './capture.js';

const present = spawnSync('tshark', ['--version']).status === 0;

function exampleCapture(): Buffer {
  const sink = new MemorySink();
  const writer = new PcapngWriter(sink);
  const hosts = new HostEndpoints();
  const [alice, sfu] = [hosts.of('alice'), hosts.of('sfu-1')];
  const up = writer.addInterface('alice up', 'LTE, 12 Mbit/s');
  const down = writer.addInterface('alice down', '3G');
  for (let number = 0; number < 4; number++) {
    const fields = {
      payloadType: 111,
      sequenceNumber: (0xfffe + number) & 0xffff,
      timestamp: (0xffff_fc40 + number * 960) >>> 0,
      ssrc: 0xdead_beef,
      marker: number === 0,
    };
    const extensions = { audioLevel: { voice: true, level: 20 }, transportSequenceNumber: number };
    writer.packet({
      interfaceId: up,
      atUs: 5_000_000 + number * 20_000,
      protocol: 'rtp',
      bytes: voiceBytes(fields, 160, extensions),
      from: alice,
      to: sfu,
      ...(number === 2 ? { comment: 'lost: loss burst on alice up' } : {}),
    });
  }
  const [reports] = encodeRtcp([
    {
      kind: 'sender-report',
      report: {
        ssrc: 0x11,
        ntpSeconds: 3_908_988_805,
        ntpFraction: 0x8000_0000,
        rtpTimestamp: 48_000,
        packetCount: 50,
        octetCount: 8_000,
      },
      blocks: [
        {
          ssrc: 0xdead_beef,
          fractionLost: 64,
          cumulativeLost: -3,
          highestSequence: 0x1_0001,
          jitter: 96,
          lastSenderReport: 0xb705_2000,
          delaySinceLastSenderReport: 0x0005_4000,
        },
      ],
    },
    { kind: 'description', ssrc: 0x11, cname: 'sfu-1' },
    { kind: 'remb', estimate: { senderSsrc: 0x11, bitsPerSecond: 96_000, ssrcs: [0xdead_beef] } },
    {
      kind: 'transport-feedback',
      feedback: {
        senderSsrc: 0x11,
        mediaSsrc: 0xdead_beef,
        baseSequenceNumber: 0,
        referenceTime: 78,
        feedbackCount: 3,
        arrivals: [128, 208, null, 368],
      },
    },
  ]);
  const [reception] = encodeRtcp([{ kind: 'receiver-report', ssrc: 0x22, blocks: [] }]);
  writer.packet({ interfaceId: down, atUs: 6_000_000, protocol: 'rtcp', bytes: reports!, from: sfu, to: alice });
  writer.packet({ interfaceId: up, atUs: 6_000_001, protocol: 'rtcp', bytes: reception!, from: alice, to: sfu });
  writer.finish();
  return sink.bytes;
}

describe.skipIf(!present)(`tshark${present ? '' : ' (left out: tshark is not installed)'}`, () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'deadair-pcap-'));
    writeFileSync(join(folder, 'capture.pcapng'), exampleCapture());
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Values of fields, one row a packet, with no settings of anyone's: the profile folder is empty. */
  function show(filter: string, ...fields: readonly string[]): string[][] {
    const { stdout, stderr, status } = spawnSync(
      'tshark',
      ['-r', join(folder, 'capture.pcapng'), '-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
      { encoding: 'utf8', env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder } },
    );
    expect(status, stderr).toBe(0);
    return stdout
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split('\t'));
  }

  it('shows RTP: numbers over their wraps, stream, type, mark, header extensions, payload', () => {
    const rows = show('rtp', 'rtp.seq', 'rtp.timestamp', 'rtp.ssrc', 'rtp.p_type', 'rtp.marker', 'rtp.ext.rfc5285.id');
    expect(rows).toEqual([
      ['65534', '4294966336', '0xdeadbeef', '111', '1', '1,3'],
      ['65535', '0', '0xdeadbeef', '111', '0', '1,3'],
      ['0', '960', '0xdeadbeef', '111', '0', '1,3'],
      ['1', '1920', '0xdeadbeef', '111', '0', '1,3'],
    ]);
    for (const [payload] of show('rtp', 'rtp.payload')) expect(payload).toMatch(/^78[0-9a-f]{318}$/);
  });

  it('shows virtual time, the link, what became of a packet, and who sent it to whom', () => {
    expect(show('rtp.seq == 0', 'frame.time_epoch', 'frame.interface_name', 'frame.comment')).toEqual([
      ['5.040000000', 'alice up', 'lost: loss burst on alice up'],
    ]);
    expect(show('rtcp', 'frame.time_epoch', 'frame.interface_name', 'frame.interface_description')).toEqual([
      ['6.000000000', 'alice down', '3G'],
      ['6.000001000', 'alice up', 'LTE, 12 Mbit/s'],
    ]);
    expect(show('rtcp', 'exported_pdu.ipv4_src', 'exported_pdu.ipv4_dst', 'exported_pdu.src_port')).toEqual([
      ['10.0.0.2', '10.0.0.1', '50000'],
      ['10.0.0.1', '10.0.0.2', '50000'],
    ]);
  });

  it('shows sender and receiver reports', () => {
    const report = ['timestamp.ntp.msw', 'timestamp.rtp', 'sender.packetcount', 'sender.octetcount', 'sdes.text'];
    expect(show('rtcp.pt == 200', ...report.map((field) => `rtcp.${field}`))).toEqual([
      ['3908988805', '48000', '50', '8000', 'sfu-1'],
    ]);
    const block = ['fraction', 'cum_nr', 'ext_high', 'jitter', 'lsr', 'dlsr'];
    expect(show('rtcp.pt == 200', 'rtcp.ssrc.identifier', ...block.map((field) => `rtcp.ssrc.${field}`))).toEqual([
      ['0xdeadbeef,0x00000011', '64', '-3', '65537', '96', '3070566400', '344064'],
    ]);
    expect(show('rtcp.pt == 201', 'rtcp.senderssrc')).toEqual([['0x00000022']]);
  });

  it('shows REMB and transport-wide feedback, and finds the lengths right', () => {
    const estimate = ['br_exp', 'br_mantissa', 'ssrc'].map((field) => `rtcp.psfb.remb.fci.${field}`);
    expect(show('rtcp.pt == 206', ...estimate)).toEqual([['0', '96000', '0xdeadbeef']]);
    const feedback = ['baseseq', 'statuscount', 'reftime', 'pktcount', 'recv_delta'];
    expect(show('rtcp.pt == 205', ...feedback.map((field) => `rtcp.rtpfb.transportcc.${field}`))).toEqual([
      ['0', '4', '78', '3', '0x80,0x50,0xa0'],
    ]);
    expect(show('rtcp', 'rtcp.length_check')).toEqual([['1'], ['1']]);
    expect(show('_ws.malformed || _ws.expert.severity >= 0x600000', 'frame.number')).toEqual([['']]);
  });
});
