import { describe, expect, it } from 'vitest';
import { ntpTime } from '../../../core/media/ntp.js';
import { decodeRtcp, decodeRtp, encodeRtcp, MalformedPacketError } from '../../../core/media/wire/index.js';
import { makeAnswer, makeOffer, parseAnswer, parseOffer } from '../../../core/sfu/sdp/index.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { HostEndpoints, PcapngWriter, voiceBytes } from '../../../sim/media/pcap/index.js';
import { credentials } from '../../core/sfu/sdp/credentials.js';
import { MemorySink } from './pcap/capture.js';

/** Everything that goes through werift, at a virtual time. */
function useAll(nowUs: number): string {
  const { seconds, fraction } = ntpTime(nowUs / 1000);
  const [reports] = encodeRtcp([
    {
      kind: 'sender-report',
      report: {
        ssrc: 1,
        ntpSeconds: seconds,
        ntpFraction: fraction,
        rtpTimestamp: 0,
        packetCount: 0,
        octetCount: 0,
      },
      blocks: [],
    },
    { kind: 'description', ssrc: 1, cname: 'alice' },
    { kind: 'remb', estimate: { senderSsrc: 1, bitsPerSecond: 64_000, ssrcs: [1] } },
    {
      kind: 'transport-feedback',
      feedback: {
        senderSsrc: 1,
        mediaSsrc: 2,
        baseSequenceNumber: 0,
        referenceTime: 0,
        feedbackCount: 0,
        arrivals: [1, null, 900],
      },
    },
  ]);
  expect(decodeRtcp(reports!)).toHaveLength(4);
  expect(() => decodeRtcp(reports!.subarray(1))).toThrow(MalformedPacketError);
  expect(() =>
    decodeRtcp(Uint8Array.from(Buffer.from('8fcd00040000000100000002000000080000000020080101', 'hex'))),
  ).toThrow(MalformedPacketError);

  const fields = { payloadType: 111, sequenceNumber: 0, timestamp: 0, ssrc: 1, marker: true };
  const bytes = voiceBytes(fields, 160, { audioLevel: { voice: true, level: 9 }, absSendTime: 1, rid: 'h' });
  expect(decodeRtp(bytes).fields).toEqual(fields);

  const offer = parseOffer(makeOffer({ sessionId: '1', transport: credentials }));
  const answer = makeAnswer(offer, { sessionId: '2', transport: credentials });
  expect(parseAnswer(answer, offer).encodings).toHaveLength(3);
  expect(() => parseOffer('v=0\r\nm=audio')).toThrow();

  const sink = new MemorySink();
  const writer = new PcapngWriter(sink);
  const hosts = new HostEndpoints();
  const interfaceId = writer.addInterface('alice up', '');
  writer.packet({ interfaceId, atUs: nowUs, protocol: 'rtp', bytes, from: hosts.of('a'), to: hosts.of('b') });
  writer.packet({
    interfaceId,
    atUs: nowUs,
    protocol: 'rtcp',
    bytes: reports!,
    from: hosts.of('a'),
    to: hosts.of('b'),
  });
  writer.finish();
  return answer + sink.bytes.toString('hex');
}

describe('bytes of voice in a running world', () => {
  it('need no clock and no randomness of the machine, and are the same each time', async () => {
    const runs: string[] = [];
    for (let run = 0; run < 2; run++) {
      const simulation = new Simulation({ seed: 1 });
      simulation.at(1_500_000, () => void runs.push(useAll(simulation.nowUs)));
      await simulation.run({ untilUs: 2_000_000 });
    }
    expect(runs).toHaveLength(2);
    expect(runs[0]).toBe(runs[1]);
  });
});
