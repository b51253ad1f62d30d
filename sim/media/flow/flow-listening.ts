import { LAYER_KBPS, LAYER_NAMES, type LayerName, wireBytes } from '../../../core/media/layers.js';
import { EXTENSION_BYTES, HEADER_BYTES } from '../../../core/media/rtp.js';
import { shouldRehearse } from '../../../core/media/uplink-controller.js';
import type { Host } from '../../hosts/index.js';
import type { NodeMachine } from '../../sfu/capacity/index.js';
import { PairBit } from '../pair-bits.js';
import { FRAME_US } from '../talk/index.js';
import type { FlowChannel, FlowShared } from './flow-channel.js';
import { FlowDownlink } from './flow-downlink.js';
import type { FlowPair } from './flow-pair.js';
import type { Arrival } from './flow-scratch.js';
import type { FlowSeat } from './flow-seat.js';
import { FlowStream } from './flow-stream.js';
import type { FlowTalker } from './flow-talker.js';
import type { ForwardedVoice } from './forwarded-voice.js';
import { framesWithout } from './frame-mask.js';
import { COMFORT_EVERY, makeUplink, PEER_LIMITS } from './options.js';
import type { Outcome } from './outcome.js';
import { Refill } from './refill.js';
import type { ServerFlow } from './server-flow.js';
import type { SfuTransport } from './sfu-transport.js';

/** Payload of comfort noise. */
const COMFORT_NOISE_BYTES = 8;
/** A path that was gone for more than 2 s begins anew. */
const FORGOTTEN_FRAMES = 100;

/** Brings the voices of an interval to the listeners of one channel. */
export class FlowListening {
  private readonly fec: boolean;
  private readonly extensions: boolean;
  private readonly simulcast: boolean;
  /** What somebody silent sends in the time of a frame. */
  private readonly silentBytes: number;
  private readonly downlink: FlowDownlink;
  private readonly arrivals = new Refill<Arrival>();
  /** Of no use: what is read must be used for something. */
  protected read = 0;
  private startFrame = 0;
  private frames = 0;

  constructor(
    private readonly shared: FlowShared,
    private readonly channel: FlowChannel,
  ) {
    const { codec, talk } = shared.parts.options;
    this.fec = codec.fec;
    this.extensions = codec.extensions;
    this.simulcast = codec.simulcast;
    const comfort = COMFORT_NOISE_BYTES + HEADER_BYTES + (codec.extensions ? EXTENSION_BYTES : 0);
    this.silentBytes = talk.dtx ? comfort / COMFORT_EVERY : wireBytes(LAYER_KBPS.h, codec.extensions);
    this.downlink = new FlowDownlink(shared.scratch.feedback, codec.extensions, channel.delivery);
  }

  /**
   * Reads what lies far apart in memory, all of it without a pause in between: a processor waits for many reads at once, if nothing depends on
   * them. One after the other, with work in between, they would be waited for one by one. Nothing is done with what is read.
   */
  private readAhead(talkers: Refill<FlowTalker>): void {
    let sum = 0;
    for (const seat of this.channel.seats) {
      if (seat === null) continue;
      const { down, transport } = seat;
      sum += down.queuedUntil + down.delayUs + (transport === null ? 0 : transport.ampleVoices);
    }
    for (let i = 0; i < talkers.size; i++) for (const pair of talkers.at(i).seat.heardBy) if (pair) sum += pair.touch();
    this.read = sum | 0;
  }

  /** Everybody listens to those who talk. */
  hear(talkers: Refill<FlowTalker>, startFrame: number, frames: number): void {
    this.readAhead(talkers);
    this.startFrame = startFrame;
    this.frames = frames;
    const members = this.channel.size;
    for (let i = 0; i < talkers.size; i++) if (talkers.at(i).server !== null) talkers.at(i).arrive();
    const silence = (members - talkers.size) * this.silentBytes;
    for (const listener of this.channel.seats) {
      if (listener !== null) this.listen(listener, talkers, silence);
    }
    if (this.extensions) for (let i = 0; i < talkers.size; i++) this.tellUplink(talkers.at(i));
  }

  /**
   * Counts what those who are silent send, and what it is for the others; and reports.
   * @param speech packets of all who talk, of one encoding each
   */
  carrySilence(frames: number, talkers: number, speech: number): void {
    const { rtcp } = this.channel;
    const bytes = Math.round(this.silentBytes * frames);
    const encodings = this.simulcast ? LAYER_NAMES.length : 1;
    let served = 0;
    for (const seat of this.channel.seats) {
      if (seat === null) continue;
      const silent = seat.spokenCount === 0;
      if (silent) seat.upBytes += bytes * (seat.copiesOut + (seat.transport === null ? 0 : encodings));
      seat.upBytes += rtcp.up(seat, frames, silent ? speech : speech - seat.sentCount);
      const heard = bytes * Math.max(0, seat.voicesIn - (silent ? talkers : talkers - 1)) + rtcp.down(seat, frames);
      seat.downBytes += heard;
      if (seat.transport !== null) served += heard;
    }
    this.shared.parts.ears.serve('sfu', served);
    if (this.shared.parts.machines !== undefined) this.tellMachines(frames, encodings, this.shared.parts.machines);
  }

  /** Comfort noise costs a node as much as any packet: it comes from all who are silent, and goes to all others. */
  private tellMachines(frames: number, encodings: number, machines: ReadonlyMap<Host, NodeMachine>): void {
    const { dtx } = this.shared.parts.options.talk;
    const packets = dtx ? frames / COMFORT_EVERY : frames;
    const packetBytes = dtx ? this.silentBytes * COMFORT_EVERY : this.silentBytes;
    let quiet = 0;
    for (const seat of this.channel.seats)
      if (seat !== null && seat.transport !== null && seat.spokenCount === 0) quiet++;
    for (const seat of this.channel.seats) {
      if (seat === null || seat.transport === null) continue;
      const silent = seat.spokenCount === 0;
      const machine = machines.get(seat.transport.node);
      if (silent) machine?.received(packets * encodings, packets * encodings * packetBytes);
      const copies = packets * (silent ? quiet - 1 : quiet);
      machine?.forwarded(copies, copies * packetBytes);
    }
  }

  /** The talker's copies to the listener of a pair. */
  peerStream(pair: FlowPair, frame: number): FlowStream {
    const { listener, talker } = pair;
    if (pair.p2p === null) {
      const relay = talker.member.routeTo?.(listener.member)?.relay ?? null;
      pair.p2p = new FlowStream('p2p', relay, this.channel.rttMs(listener, talker.member.host));
      pair.p2p.uplink = makeUplink(this.shared.parts, PEER_LIMITS, 'single');
      pair.p2p.uplink.allow(talker.allowance);
      pair.p2p.lookAtUplink();
      if (talker.transport !== null && shouldRehearse(this.channel.size - 1)) pair.p2p.rehearse();
      listener.peers.push(pair);
      listener.peerCount++;
    }
    resume(pair.p2p, frame);
    if (talker.transport === null) pair.p2p.perform((frame * FRAME_US) / 1000);
    return pair.p2p;
  }

  private sfuStream(pair: FlowPair, transport: SfuTransport, talkers: number): FlowStream {
    if (pair.sfu === null) {
      pair.sfu = new FlowStream('sfu', transport.node, 0);
      const offered = pair.talker.transport?.offered ?? [];
      transport.admit(pair.sfu, (this.startFrame * FRAME_US) / 1000, talkers, offered);
    }
    resume(pair.sfu, this.startFrame);
    return pair.sfu;
  }

  private listen(listener: FlowSeat, talkers: Refill<FlowTalker>, silence: number): void {
    const { arrivals, channel } = this;
    const { transport, index } = listener;
    arrivals.clear();
    for (let i = 0; i < talkers.size; i++) {
      const talker = talkers.at(i);
      const { seat } = talker;
      if (seat === listener) continue;
      const pair = seat.heardBy[index] ?? channel.pair(listener, seat);
      const { paths } = pair;
      if ((paths & PairBit.p2p) !== 0) this.comeFromPeer(pair, talker);
      if ((paths & PairBit.sfu) !== 0 && transport !== null && talker.server !== null && talker.encodings.size > 0)
        this.comeFromSfu(this.sfuStream(pair, transport, talkers.size), pair, talker);
    }
    if (arrivals.size > 0) {
      const { rtcp } = channel;
      const bytes = rtcp.down(listener, this.frames);
      const packets = rtcp.packets(listener, this.frames);
      this.downlink.receive(listener, arrivals, silence, packets, bytes, this.startFrame + 1, this.frames);
    }
    this.judge(listener, talkers);
  }

  private comeFromPeer(pair: FlowPair, talker: FlowTalker): void {
    const { network } = this.shared.parts;
    const { seat } = talker;
    const stream = this.peerStream(pair, this.startFrame);
    const copy = talker.copyFor(pair.listener.index);
    if (copy === null) return;
    const sent = seat.sent!;
    const to = pair.listener.endpoint;
    stream.lastUpUs = copy.through(seat.up, sent, stream.lastUpUs, 1);
    if (stream.via === null) copy.wait(network.backboneUs(seat.endpoint, to));
    else {
      const relay = this.shared.server(stream.via, this.startFrame + 1, this.frames);
      copy.wait(network.backboneUs(seat.endpoint, relay.endpoint));
      relay.down.pass(copy, sent, seat.sentCount);
      relay.up.pass(copy, sent, seat.sentCount);
      copy.wait(network.backboneUs(relay.endpoint, to));
    }
    const arrival = this.arrive(talker, pair, stream, stream.wanted, null);
    arrival.track.copy(copy);
    framesWithout(sent, copy.lost, arrival.sent);
  }

  private comeFromSfu(stream: FlowStream, pair: FlowPair, talker: FlowTalker): void {
    const { seat } = talker;
    const server = talker.server!;
    if (stream.isLeftOut) {
      pair.listener.transport?.bring(stream, seat.spokenCount);
      return;
    }
    const lowestOnly = server.machine?.lowestLayerOnly === true;
    if (lowestOnly !== stream.spared)
      pair.listener.transport?.spare(stream, lowestOnly, (this.startFrame * FRAME_US) / 1000);
    const layer = talker.encodingFor(stream.wanted);
    const voice = talker.forward(layer);
    const { copies, even } = voice;
    const { bytes, delayUs } = voice.track;
    server.forward(copies);
    server.machine?.forwarded(copies, copies * bytes);
    const arrival = this.arrive(talker, pair, stream, layer, voice);
    arrival.delayUs = delayUs;
    if (even) server.up.count(copies, bytes);
    else {
      arrival.part();
      server.up.pass(arrival.track, arrival.sent, copies);
    }
    arrival.wait(this.backboneUs(server, pair.listener));
  }

  private backboneUs({ host, endpoint }: ServerFlow, listener: FlowSeat): number {
    if (listener.home === host) return listener.backboneUs;
    return this.shared.parts.network.backboneUs(endpoint, listener.endpoint);
  }

  private arrive(
    talker: FlowTalker,
    pair: FlowPair,
    stream: FlowStream,
    layer: number,
    voice: ForwardedVoice | null,
  ): Arrival {
    const arrival = this.shared.scratch.arrival(this.arrivals.size);
    arrival.begin(talker, pair, stream, layer, voice);
    this.arrivals.push(arrival);
    return arrival;
  }

  private judge(listener: FlowSeat, talkers: Refill<FlowTalker>): void {
    const { arrivals } = this;
    const { p2p, sfu, merged } = this.shared.scratch;
    let next = 0;
    for (let i = 0; i < talkers.size; i++) {
      const talker = talkers.at(i);
      if (talker.seat === listener) continue;
      let overP2p: Outcome | null = null;
      let overSfu: Outcome | null = null;
      for (; next < arrivals.size && arrivals.at(next).talker === talker; next++) {
        const arrival = arrivals.at(next);
        if (arrival.stream.path === 'p2p') overP2p = this.play(arrival, p2p);
        else overSfu = this.play(arrival, sfu);
      }
      talker.seat.heardBy[listener.index]!.hear(talker.spoken, overP2p, overSfu, merged);
    }
  }

  private play(arrival: Arrival, out: Outcome): Outcome {
    const { talker, stream, shared, track, layer } = arrival;
    const { sent, spoken, spokenCount } = talker.seat;
    if (shared !== null) {
      if (stream.isEven(arrival.delayUs)) {
        const heard = shared.heard(stream, layer, this.frames, this.fec);
        stream.playAlike(arrival.delayUs, spokenCount < this.frames, heard);
        return heard;
      }
      arrival.part();
    }
    out.begin(stream, LAYER_NAMES[layer] as LayerName, track.bytes);
    stream.play(sent!, spoken!, spokenCount, track, this.startFrame + 1, this.frames, this.fec, out);
    return out;
  }

  /** Transport-wide feedback of the SFU. */
  private tellUplink(talker: FlowTalker): void {
    const { seat, encodings, tight } = talker;
    const { transport, up } = seat;
    if (transport === null || encodings.size === 0) return;
    const { uplink } = transport;
    if (!tight && up.steady && transport.uplinkIsAmple) return;
    if (!this.channel.delivery.toClient(transport, seat, this.startFrame * FRAME_US)) return;
    const carried = [];
    for (let i = 0; i < encodings.size; i++)
      carried.push({ sent: seat.sent!, entered: null, track: talker.layer(encodings.at(i)) });
    this.shared.scratch.feedback.tell(uplink, this.startFrame + 1, this.frames, carried);
  }
}

function resume(stream: FlowStream, frame: number): void {
  if (stream.goneSince < 0) return;
  if (frame - stream.goneSince > FORGOTTEN_FRAMES) stream.reset();
  stream.goneSince = -1;
}
