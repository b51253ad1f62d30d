import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mediaCollaborators } from '../../../../core/media/collaborators.js';
import type { SenderStatistics } from '../../../../core/media/sender-statistics.js';
import { Ears } from '../../../../sim/media/ears/index.js';
import { loadRtcpWire, MediaStatistics, type PlaneParts, sfuClasses } from '../../../../sim/media/packet/index.js';
import { TransportEnd, type TransportUser } from '../../../../sim/media/packet/transport-end.js';
import { Recorder } from '../../../../sim/metrics/recorder.js';
import type { MediaPacket } from '../../../../sim/net/index.js';
import { SECOND, TestWorld } from '../../net/world.js';

const SSRC = 77;

/** Two ends and a stream of voice from the first to the second. */
class Pair {
  readonly world = new TestWorld({ backboneDelayMs: 20 });
  readonly statistics = new MediaStatistics();
  readonly told: string[] = [];
  readonly heard: number[] = [];
  private parts!: PlaneParts;
  near!: TransportEnd;
  far!: TransportEnd;
  private sequence = 0;
  private sent!: SenderStatistics;

  async open(extensions = true): Promise<this> {
    const { sim, network } = this.world;
    this.parts = {
      sim,
      network,
      options: {
        talk: { model: 'nobody', dtx: true },
        codec: { simulcast: true, fec: true, extensions },
        estimator: 'gcc',
        reportEveryMs: 1_000,
        audibleGapMs: 200,
      },
      classes: { ...mediaCollaborators, ...sfuClasses },
      wire: await loadRtcpWire(),
      ears: new Ears({ untilUs: 60 * SECOND }),
      migrating: () => false,
      statistics: this.statistics,
      metrics: new Recorder(() => 0),
    };
    const { a, b } = this.world;
    this.near = new TransportEnd(
      this.parts,
      a,
      this.user('near', () => this.far),
      SSRC,
      'a',
    );
    this.far = new TransportEnd(
      this.parts,
      b,
      this.user('far', () => this.near),
      88,
      'b',
    );
    this.sent = this.near.sends(SSRC);
    this.far.expects(SSRC);
    return this;
  }

  say(bytes = 222): void {
    const { sim, network } = this.world;
    const packet = network.packets.take();
    packet.ssrc = SSRC;
    packet.sequenceNumber = this.sequence++ & 0xffff;
    packet.timestamp = (this.sequence * 960) >>> 0;
    packet.payloadType = 111;
    packet.marker = false;
    packet.rtcp = null;
    packet.bytes = bytes;
    packet.payloadBytes = bytes - 62;
    this.sent.onPacket(packet.timestamp, packet.payloadBytes, sim.nowUs / 1000);
    this.near.send(packet, sim.nowUs / 1000);
  }

  private user(name: 'near' | 'far', other: () => TransportEnd): TransportUser {
    const { network, a, b } = this.world;
    const path = name === 'near' ? network.mediaPath(a, b) : network.mediaPath(b, a);
    const ms = (value: number | null) => (value === null ? '-' : Math.round(value));
    return {
      dispatch: (packet: MediaPacket) => {
        packet.receiver = other();
        path.send(packet);
      },
      voiceArrived: (packet) => void this.heard.push(packet.sequenceNumber),
      lossReported: ({ lossShare, rttMs }) =>
        void this.told.push(`${name}: loss ${lossShare.toFixed(2)} rtt ${ms(rttMs)}`),
      feedbackArrived: (_now, packets) =>
        void this.told.push(
          `${name}: ${packets.filter(({ arrivedMs }) => arrivedMs !== null).length} of ${packets.length}`,
        ),
      estimateArrived: (_now, kbps) => void this.told.push(`${name}: at most ${ms(kbps)} kbps`),
      senderReported: ({ ssrc }) => void this.told.push(`${name}: sender ${ssrc}`),
      sourcesEnded: (ssrcs) => void this.told.push(`${name}: ended ${ssrcs}`),
      rtcpRead: () => undefined,
    };
  }
}

describe('an end of a transport', () => {
  it('tells the other one loss, round trip and arrivals as bytes of RTCP', async () => {
    const pair = await new Pair().open();
    for (let packet = 0; packet < 50; packet++) {
      pair.say();
      if (packet === 25) pair.near.report();
      await pair.world.runFor(20_000);
    }
    pair.far.report();
    await pair.world.runFor(SECOND);
    expect(pair.heard).toHaveLength(50);
    expect(pair.told).toEqual([`far: sender ${SSRC}`, 'near: 50 of 50', 'near: loss 0.00 rtt 40']);
    expect(pair.statistics.rtcpPackets).toBe(2);
  });

  it('counts what was lost on the way', async () => {
    const pair = await new Pair().open();
    pair.world.network.setProfile('a', { up: { lossRate: 0.3 } });
    for (let packet = 0; packet < 400; packet++) {
      pair.say();
      await pair.world.runFor(20_000);
    }
    pair.far.report();
    await pair.world.runFor(SECOND);
    const lost = 1 - pair.heard.length / 400;
    const [feedback, loss] = pair.told;
    expect(Number(/loss (\S+)/.exec(loss!)![1])).toBeCloseTo(lost, 1);
    expect(feedback).toMatch(new RegExp(`near: ${pair.heard.length} of (399|400|39\\d)`));
  });

  it('says what gets through instead, where packets have no numbers for feedback', async () => {
    const pair = await new Pair().open(false);
    pair.world.network.setProfile('a', { up: { lossRate: 0.5 } });
    for (let packet = 0; packet < 100; packet++) {
      pair.say();
      await pair.world.runFor(20_000);
    }
    pair.far.report();
    await pair.world.runFor(SECOND);
    const kbps = Math.round((pair.heard.length * 222 * 8) / 2_000);
    expect(pair.told[0]).toMatch(new RegExp(`near: at most (${kbps}|${kbps - 1}|${kbps + 1}) kbps`));
  });

  it('says nothing when nothing was sent or received', async () => {
    const pair = await new Pair().open();
    pair.near.report();
    pair.far.report();
    expect(pair.world.network.statistics.media.sent).toBe(0);
  });

  it('ignores what is no RTCP, counts it, and goes on', async () => {
    const pair = await new Pair().open();
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      // the beginnings of reports
      fc
        .uint8Array({ minLength: 3, maxLength: 60 })
        .map((rest) => Uint8Array.from([0x81, 200 + (rest[0]! % 7), 0, ...rest])),
    );
    fc.assert(
      fc.property(bytes, (junk) => pair.near.sendRtcp(junk)),
      { numRuns: 300 },
    );
    await pair.world.runFor(SECOND);
    expect(pair.statistics.malformedRtcp).toBeGreaterThan(100);
    pair.say();
    pair.say();
    await pair.world.runFor(SECOND);
    expect(pair.heard).toEqual([0, 1]);
  });
});
