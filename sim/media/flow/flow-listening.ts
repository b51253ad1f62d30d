import type { EstimatorLimits } from '../../../core/media/estimator-limits.js';
import { LAYER_KBPS, LAYER_NAMES, type LayerName, wireBytes } from '../../../core/media/layers.js';
import { EXTENSION_BYTES, HEADER_BYTES } from '../../../core/media/rtp.js';
import { PairBit } from '../pair-bits.js';
import { FRAME_US } from '../talk/index.js';
import type { FlowChannel, FlowShared } from './flow-channel.js';
import type { FlowPair } from './flow-pair.js';
import type { Arrival } from './flow-scratch.js';
import type { FlowSeat } from './flow-seat.js';
import { FlowStream } from './flow-stream.js';
import type { FlowTalker } from './flow-talker.js';
import { countBoth, countFrames, type FrameMask, hasFrame } from './frame-mask.js';
import { DOWNLINK_LIMITS, makeUplink, PEER_LIMITS, UPLINK_LIMITS } from './options.js';
import type { Outcome } from './outcome.js';
import type { SfuTransport } from './sfu-transport.js';
import type { Track } from './track.js';

/** Payload of comfort noise, and one packet of it every 20 frames. */
const COMFORT_NOISE_BYTES = 8;
const COMFORT_EVERY = 20;
/** A path that was gone for more than 2 s begins anew. */
const FORGOTTEN_FRAMES = 100;
const PATHS = PairBit.p2p | PairBit.sfu;
/** GCC lets an estimate be half as much again and one low voice ahead of what gets through. */
const AMPLE = 1.5;
const AMPLE_KBPS = 41;
/** The best layer on the wire. */
const VOICE_KBPS = 88.8;

/** Brings the voices of an interval to the listeners of one channel. */
export class FlowListening {
  private readonly fec: boolean;
  private readonly extensions: boolean;
  private readonly simulcast: boolean;
  /** What somebody silent sends in the time of a frame. */
  private readonly silentBytes: number;
  private readonly arrivals: Arrival[] = [];
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
  }

  /** Everybody listens to those who talk. */
  hear(talkers: readonly FlowTalker[], startFrame: number, frames: number): void {
    this.startFrame = startFrame;
    this.frames = frames;
    const members = this.channel.size;
    for (const { server, seat, encodings } of talkers) server?.forward(seat.sentCount * encodings.length, members - 1);
    const silence = (members - talkers.length) * this.silentBytes;
    for (const listener of this.channel.seats) if (listener !== null) this.listen(listener, talkers, silence);
    if (this.extensions) for (const talker of talkers) this.tellUplink(talker);
  }

  /** Counts what those who are silent send, and what it is for the others, where there is a path. */
  carrySilence(frames: number): void {
    const bytes = this.silentBytes * frames;
    for (const talker of this.channel.seats) {
      if (talker === null || talker.spokenCount > 0) continue;
      if (talker.transport !== null) talker.upBytes += bytes * (this.simulcast ? LAYER_NAMES.length : 1);
      for (const listener of this.channel.seats) {
        if (listener === null) continue;
        const bits = listener.bits[talker.index] as number;
        if ((bits & PairBit.p2p) !== 0) talker.upBytes += bytes;
        if ((bits & PATHS) !== 0) listener.downBytes += bytes;
      }
    }
  }

  /** The talker's copies to the listener of a pair. */
  peerStream(pair: FlowPair, frame: number): FlowStream {
    const { listener, talker } = pair;
    if (pair.p2p === null) {
      const relay = talker.member.routeTo?.(listener.member)?.relay ?? null;
      pair.p2p = new FlowStream('p2p', relay);
      pair.p2p.uplink = makeUplink(this.shared.parts, PEER_LIMITS, { kind: 'copies', copies: 1 });
    }
    resume(pair.p2p, frame);
    return pair.p2p;
  }

  private sfuStream(pair: FlowPair, transport: SfuTransport, talkers: number): FlowStream {
    if (pair.sfu === null) {
      pair.sfu = new FlowStream('sfu', transport.node);
      transport.admit(pair.sfu, (this.startFrame * FRAME_US) / 1000, talkers);
    }
    resume(pair.sfu, this.startFrame);
    return pair.sfu;
  }

  private listen(listener: FlowSeat, talkers: readonly FlowTalker[], silence: number): void {
    this.arrivals.length = 0;
    for (const talker of talkers) {
      const { seat, server, encodings } = talker;
      if (seat === listener) continue;
      const pair = this.channel.pair(listener, seat);
      const bits = listener.bits[seat.index] as number;
      if ((bits & PairBit.p2p) !== 0) this.comeFromPeer(pair, talker);
      const { transport } = listener;
      if ((bits & PairBit.sfu) !== 0 && transport !== null && server !== null && encodings.length > 0)
        this.comeFromSfu(this.sfuStream(pair, transport, talkers.length), pair, talker);
    }
    if (this.arrivals.length > 0) this.receive(listener, silence);
    this.judge(listener, talkers);
  }

  // up to the listener's downlink

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
    const arrival = this.arrive(talker, pair, stream, LAYER_NAMES.indexOf(stream.uplink!.layer));
    arrival.track.copy(copy);
    without(sent, copy.lost, arrival.sent);
  }

  private comeFromSfu(stream: FlowStream, pair: FlowPair, talker: FlowTalker): void {
    const { network } = this.shared.parts;
    const { seat, encodings } = talker;
    const server = talker.server!;
    const wanted = LAYER_NAMES.indexOf(stream.selection!.layer);
    // not every encoding is sent at all times: the best one that is no better than what is wanted
    const layer = encodings.find((index) => index >= wanted) ?? (encodings.at(-1) as number);
    const arrival = this.arrive(talker, pair, stream, layer);
    const { track, sent } = arrival;
    track.copy(talker.layer(layer));
    without(seat.sent!, track.lost, sent);
    track.wait(server.forwardingUs);
    server.up.pass(track, sent, countFrames(sent));
    track.wait(network.backboneUs(server.endpoint, pair.listener.endpoint));
    without(seat.sent!, track.lost, sent);
  }

  private arrive(talker: FlowTalker, pair: FlowPair, stream: FlowStream, layer: number): Arrival {
    const arrival = this.shared.scratch.arrival(this.arrivals.length, talker, pair, stream, layer);
    this.arrivals.push(arrival);
    return arrival;
  }

  // the listener's downlink

  private receive(listener: FlowSeat, silence: number): void {
    const { arrivals, frames } = this;
    const { down, endpoint } = listener;
    const startFrame = this.startFrame + 1;
    let bytes = silence;
    let packets = 0;
    for (const { track, talker } of arrivals) {
      bytes += track.bytes;
      packets += talker.seat.sentCount;
    }
    down.begin(endpoint.down, startFrame, frames, packets / frames);
    const tight = down.tight(bytes);
    const told = this.extensions && this.wantsFeedback(listener, tight);
    if (told) for (const { entered, track } of arrivals) entered.copy(track);
    if (tight) this.queue(listener, silence);
    else for (const { track } of arrivals) track.wait(down.serviceUs(track.bytes));
    for (const { track, sent, stream, talker } of arrivals) {
      stream.lastUs = track.through(down, sent, stream.lastUs, 1);
      const arrived = countFrames(sent);
      const lost = countBoth(sent, track.lost);
      listener.downBytes += (arrived - lost) * track.bytes * (talker.seat.spokenCount / talker.seat.sentCount);
      stream.spokenSince += talker.seat.spokenCount;
      if (stream.path === 'sfu') listener.transport!.down.add(arrived, lost);
      else this.tellPeer(stream, talker, track, tight);
    }
    if (!told) return;
    const carried = arrivals.filter(({ stream }) => stream.path === 'sfu');
    if (carried.length > 0)
      this.shared.scratch.feedback.tell(listener.transport!.downlink, startFrame, frames, carried);
  }

  private queue(listener: FlowSeat, silence: number): void {
    const { arrivals, frames, startFrame } = this;
    const { down } = listener;
    // streams that have been under way for longer are as if they had left earlier: only what is under way matters to the queue
    let delayUs = Number.POSITIVE_INFINITY;
    for (const { track } of arrivals) delayUs = Math.min(delayUs, track.delayUs);
    for (const { track } of arrivals) track.time();
    for (let frame = 0; frame < frames; frame++) {
      const atUs = (startFrame + 1 + frame) * FRAME_US + delayUs;
      if (silence > 0) down.offer(atUs, silence);
      for (const { track, sent } of arrivals) if (hasFrame(sent, frame)) track.queue(down, frame, atUs);
    }
  }

  private judge(listener: FlowSeat, talkers: readonly FlowTalker[]): void {
    const { startFrame, frames, arrivals } = this;
    const { p2p, sfu, merged } = this.shared.scratch;
    let next = 0;
    for (const { seat } of talkers) {
      if (seat === listener) continue;
      let overP2p: Outcome | null = null;
      let overSfu: Outcome | null = null;
      for (; next < arrivals.length && (arrivals[next] as Arrival).talker.seat === seat; next++) {
        const arrival = arrivals[next] as Arrival;
        if (arrival.stream.path === 'p2p') overP2p = this.play(arrival, p2p);
        else overSfu = this.play(arrival, sfu);
      }
      const spoken = { startFrame, frames, spoken: seat.spoken!, spokenCount: seat.spokenCount };
      this.channel.pair(listener, seat).hear(spoken, overP2p, overSfu, merged);
    }
  }

  private play({ talker, stream, track, layer }: Arrival, out: Outcome): Outcome {
    const { sent, spoken, spokenCount } = talker.seat;
    out.begin(stream, LAYER_NAMES[layer] as LayerName, track.bytes);
    stream.play(sent!, spoken!, spokenCount, track, this.startFrame + 1, this.frames, this.fec, out);
    return out;
  }

  // what senders are told of each packet

  private wantsFeedback({ down, transport }: FlowSeat, tight: boolean): boolean {
    if (transport === null) return false;
    return tight || !down.steady || !isAmple(transport.downlink, this.arrivals.length * VOICE_KBPS, DOWNLINK_LIMITS);
  }

  private tellPeer(stream: FlowStream, { seat, tight }: FlowTalker, track: Track, full: boolean): void {
    stream.loss.add(seat.sentCount, countBoth(seat.sent!, track.lost));
    if (!this.extensions || stream.uplink === null) return;
    if (!full && !tight && !track.timed && isAmple(stream.uplink, stream.uplink.wireKbps, PEER_LIMITS)) return;
    const carried = [{ sent: seat.sent!, entered: null, track }];
    this.shared.scratch.feedback.tell(stream.uplink, this.startFrame + 1, this.frames, carried);
  }

  private tellUplink(talker: FlowTalker): void {
    const { seat, encodings, tight } = talker;
    const { transport, up } = seat;
    if (transport === null || encodings.length === 0) return;
    const { uplink } = transport;
    if (!tight && up.steady && isAmple(uplink, uplink.wireKbps, UPLINK_LIMITS)) return;
    const carried = encodings.map((index) => ({ sent: seat.sent!, entered: null, track: talker.layer(index) }));
    this.shared.scratch.feedback.tell(uplink, this.startFrame + 1, this.frames, carried);
  }
}

/** Whether an estimate is so far above what is sent that it need not see each packet: that none is lost is all that matters then. */
function isAmple(
  estimator: { readonly estimateKbps: number },
  sentKbps: number,
  { maxKbps }: EstimatorLimits,
): boolean {
  return estimator.estimateKbps >= Math.min(maxKbps, AMPLE * sentKbps + AMPLE_KBPS);
}

function resume(stream: FlowStream, frame: number): void {
  if (stream.goneSince < 0) return;
  if (frame - stream.goneSince > FORGOTTEN_FRAMES) stream.reset();
  stream.goneSince = -1;
}

/** The frames of one set that are not in another. */
function without(set: FrameMask, other: FrameMask, out: FrameMask): void {
  for (let i = 0; i < out.length; i++) out[i] = (set[i] as number) & ~(other[i] as number);
}
