import { LAYER_KBPS, LAYER_NAMES, type LayerName, wireBytes } from '../../../core/media/layers.js';
import type { Network } from '../../net/index.js';
import { FRAME_US } from '../talk/index.js';
import type { FlowSeat } from './flow-seat.js';
import { countBoth, hasFrame } from './frame-mask.js';
import type { ServerFlow } from './server-flow.js';
import { Track } from './track.js';

/**
 * What one talker sends in one interval: its encodings to the SFU, its copies to peers. Those who talk at the same time have one each; they are
 * used again and again.
 */
export class FlowTalker {
  seat!: FlowSeat;
  /** Where its encodings go; null: not to an SFU. */
  server: ServerFlow | null = null;
  /** Indices of the encodings sent to it, best first. */
  readonly encodings: number[] = [];
  /** The uplink is nearly full. */
  tight = false;
  private readonly layers: readonly Track[];
  private readonly arrived = [false, false, false];
  private readonly copies: Track[] = [];
  private readonly copyOf: number[] = [];
  private readonly active: Track[] = [];
  private startFrame = 0;
  private frames = 0;

  /** @param most frames of an interval */
  constructor(
    private readonly most: number,
    private readonly network: Network,
    private readonly extensions: boolean,
  ) {
    this.layers = LAYER_NAMES.map(() => new Track(most));
  }

  /** A new interval. Then {@link copyTo} for each peer, then {@link send}. */
  begin(seat: FlowSeat, server: ServerFlow | null, startFrame: number, frames: number): void {
    this.seat = seat;
    this.server = server;
    this.startFrame = startFrame;
    this.frames = frames;
    this.arrived.fill(false);
    this.copyOf.length = 0;
    this.active.length = 0;
    this.encodings.length = 0;
    if (seat.transport === null) return;
    const { encodings } = seat.transport.uplink;
    for (let i = 0; i < LAYER_NAMES.length; i++) {
      const layer = LAYER_NAMES[i] as LayerName;
      if (!encodings[layer]) continue;
      this.encodings.push(i);
      this.start(this.layers[i] as Track, layer);
    }
  }

  /** A copy goes to a listener, by index. */
  copyTo(listener: number, layer: LayerName): void {
    const index = this.copyOf.push(listener) - 1;
    if (index === this.copies.length) this.copies.push(new Track(this.most));
    this.start(this.copies[index] as Track, layer);
  }

  /** Everything goes into the uplink, one packet behind the other. */
  send(): void {
    const { seat, startFrame, frames, active } = this;
    let bytes = 0;
    for (const track of active) bytes += track.bytes;
    seat.upBytes += bytes * seat.spokenCount;
    seat.up.begin(seat.endpoint.up, startFrame, frames, (active.length * seat.sentCount) / frames);
    this.tight = seat.up.tight(bytes);
    if (!this.tight) {
      let ahead = 0;
      for (const track of active) {
        ahead += track.bytes;
        track.wait(seat.up.serviceUs(ahead));
      }
      return;
    }
    for (const track of active) track.time();
    const sent = seat.sent!;
    for (let frame = 0; frame < frames; frame++) {
      if (hasFrame(sent, frame))
        for (const track of active) track.queue(seat.up, frame, (startFrame + frame) * FRAME_US);
    }
  }

  /** A copy on the backbone, behind the uplink; null: there is none for that listener. */
  copyFor(listener: number): Track | null {
    const index = this.copyOf.indexOf(listener);
    return index < 0 ? null : (this.copies[index] as Track);
  }

  /** An encoding as it has arrived at the SFU. All listeners get the same packets. */
  layer(index: number): Track {
    const track = this.layers[index] as Track;
    if (this.arrived[index]) return track;
    this.arrived[index] = true;
    const { seat, server, network } = this;
    const { endpoint, down } = server!;
    const sent = seat.sent!;
    seat.lastUpUs = track.through(seat.up, sent, seat.lastUpUs, this.active.length);
    track.wait(network.backboneUs(seat.endpoint, endpoint));
    down.pass(track, sent, seat.sentCount);
    seat.transport!.up.add(seat.sentCount, countBoth(sent, track.lost));
    return track;
  }

  /** Packets that this talker sends in the time of a frame. */
  get packetsPerFrame(): number {
    return this.active.length;
  }

  private start(track: Track, layer: LayerName): void {
    track.start(this.startFrame, this.frames, wireBytes(LAYER_KBPS[layer], this.extensions));
    this.active.push(track);
  }
}
