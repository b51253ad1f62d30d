import { LAYER_KBPS, LAYER_NAMES, wireBytes } from '../../../core/media/layers.js';
import type { Network } from '../../net/index.js';
import { FRAME_US } from '../talk/index.js';
import type { Spoken } from './flow-pair.js';
import type { FlowSeat } from './flow-seat.js';
import { ForwardedVoice } from './forwarded-voice.js';
import { countBoth, type FrameMask, frameMask, hasFrame } from './frame-mask.js';
import { Refill } from './refill.js';
import type { ServerFlow } from './server-flow.js';
import { Track } from './track.js';

/**
 * What one talker sends in one interval: its encodings to the SFU, its copies to peers. Those who talk at the same time have one each; they are
 * used again and again.
 */
export class FlowTalker {
  seat!: FlowSeat;
  /** What it says. */
  readonly spoken: Spoken = { startFrame: 0, frames: 0, mask: frameMask(0), count: 0 };
  /** Masks for its frames. */
  readonly spokenMask: FrameMask;
  readonly sentMask: FrameMask;
  /** Where its encodings go; null: not to an SFU. */
  server: ServerFlow | null = null;
  /** Indices of the encodings sent to it, best first. */
  readonly encodings = new Refill<number>();
  /** The uplink is nearly full. */
  tight = false;
  private readonly layers: readonly Track[];
  /** Sizes on the wire. */
  private readonly layerBytes: readonly number[];
  private readonly arrived = [false, false, false];
  private readonly forwarded: readonly ForwardedVoice[];
  private readonly forwards = [false, false, false];
  private readonly copies: Track[] = [];
  private readonly copyOf = new Refill<number>();
  private readonly active = new Refill<Track>();
  private startFrame = 0;
  private frames = 0;

  /** @param most frames of an interval */
  constructor(
    private readonly most: number,
    private readonly network: Network,
    extensions: boolean,
  ) {
    this.spokenMask = frameMask(most);
    this.sentMask = frameMask(most);
    this.layers = LAYER_NAMES.map(() => new Track(most));
    this.forwarded = LAYER_NAMES.map(() => new ForwardedVoice(most));
    this.layerBytes = LAYER_NAMES.map((layer) => wireBytes(LAYER_KBPS[layer], extensions));
  }

  /** A new interval; packets leave one frame after `startFrame - 1`. Then {@link copyTo} for each peer, then {@link send}. */
  begin(seat: FlowSeat, server: ServerFlow | null, startFrame: number, frames: number): void {
    this.seat = seat;
    this.spoken.startFrame = startFrame - 1;
    this.spoken.frames = frames;
    this.spoken.mask = seat.spoken!;
    this.spoken.count = seat.spokenCount;
    this.server = server;
    this.startFrame = startFrame;
    this.frames = frames;
    this.arrived[0] = this.arrived[1] = this.arrived[2] = false;
    this.forwards[0] = this.forwards[1] = this.forwards[2] = false;
    this.copyOf.clear();
    this.active.clear();
    this.encodings.clear();
    if (seat.transport === null) return;
    const { encodings } = seat.transport;
    for (let i = 0; i < encodings.length; i++) {
      const index = encodings[i] as number;
      this.encodings.push(index);
      this.start(this.layers[index] as Track, index);
    }
  }

  /** A copy goes to a listener, both by index. */
  copyTo(listener: number, layer: number): void {
    const index = this.copyOf.push(listener);
    if (index === this.copies.length) this.copies.push(new Track(this.most));
    this.start(this.copies[index] as Track, layer);
  }

  /** The best encoding sent that is no better than the one wanted, or the worst of all; by index. */
  encodingFor(wanted: number): number {
    const { encodings } = this;
    for (let i = 0; i < encodings.size; i++) if (encodings.at(i) >= wanted) return encodings.at(i);
    return encodings.at(encodings.size - 1);
  }

  /**
   * Everything goes into the uplink, one packet behind the other.
   * @param reports mean number of reports in between, and bytes of all of them
   */
  send(reports: number, reportBytes: number): void {
    const { seat, startFrame, frames, active } = this;
    let bytes = 0;
    for (let i = 0; i < active.size; i++) bytes += active.at(i).bytes;
    seat.upBytes += bytes * seat.spokenCount;
    seat.up.begin(seat.upLink, startFrame, frames, (active.size * seat.sentCount) / frames);
    this.tight = seat.up.tight(bytes + reportBytes / frames);
    if (!this.tight) {
      let ahead = 0;
      for (let i = 0; i < active.size; i++) {
        ahead += active.at(i).bytes;
        active.at(i).wait(seat.up.serviceUs(ahead));
      }
      return;
    }
    for (let i = 0; i < active.size; i++) active.at(i).time();
    const sent = seat.sent!;
    const encodings = this.encodings.size;
    const endUs = (startFrame + frames) * FRAME_US;
    seat.up.expectReports(reports, reportBytes, startFrame * FRAME_US, endUs);
    for (let frame = 0; frame < frames; frame++) {
      if (!hasFrame(sent, frame)) continue;
      seat.up.offerReports((startFrame + frame) * FRAME_US);
      // each frame begins with another copy, what the uplink has no room for being dropped from the end; encodings for an SFU stay together behind the copies
      const copies = active.size - encodings;
      const outlets = copies + (encodings > 0 ? 1 : 0);
      const atUs = (startFrame + frame) * FRAME_US;
      for (let i = 0; i < outlets; i++) {
        const outlet = (startFrame + frame + i) % outlets;
        if (outlet < copies) active.at(encodings + outlet).queue(seat.up, frame, atUs);
        else for (let each = 0; each < encodings; each++) active.at(each).queue(seat.up, frame, atUs);
      }
    }
    seat.up.offerReports(endUs);
  }

  /** A copy on the backbone, behind the uplink; null: there is none for that listener. */
  copyFor(listener: number): Track | null {
    for (let i = 0; i < this.copyOf.size; i++) if (this.copyOf.at(i) === listener) return this.copies[i] as Track;
    return null;
  }

  /** An encoding as it has arrived at the SFU. All listeners get the same packets. */
  layer(index: number): Track {
    const track = this.layers[index] as Track;
    if (this.arrived[index]) return track;
    this.arrived[index] = true;
    const { seat, server, network } = this;
    const { endpoint, down } = server!;
    const sent = seat.sent!;
    seat.lastUpUs = track.through(seat.up, sent, seat.lastUpUs, this.active.size);
    track.wait(network.backboneUs(seat.endpoint, endpoint));
    down.pass(track, sent, seat.sentCount);
    server!.lose(track);
    seat.transport!.countUp(seat.sentCount, countBoth(sent, track.lost));
    return track;
  }

  /** An encoding as the SFU sends it on. */
  forward(index: number): ForwardedVoice {
    const voice = this.forwarded[index] as ForwardedVoice;
    if (this.forwards[index]) return voice;
    this.forwards[index] = true;
    voice.begin(this.layer(index), this.seat, this.server!);
    return voice;
  }

  /** Tells the node's machine what comes: all encodings, whoever listens to them. */
  arrive(): void {
    const { server, encodings, seat } = this;
    server!.take(seat.sentCount);
    const { machine } = server!;
    if (machine === null) return;
    let bytes = 0;
    for (let i = 0; i < encodings.size; i++) bytes += (this.layers[encodings.at(i)] as Track).bytes;
    machine.received(encodings.size * seat.sentCount, bytes * seat.sentCount);
  }

  /** Packets that this talker sends in the time of a frame. */
  get packetsPerFrame(): number {
    return this.active.size;
  }

  private start(track: Track, layer: number): void {
    track.start(this.startFrame, this.frames, this.layerBytes[layer] as number);
    this.active.push(track);
  }
}
