import type { BandwidthEstimator } from '../../../core/media/bandwidth-estimator.js';
import type { EstimatorLimits } from '../../../core/media/estimator-limits.js';
import type { UplinkController } from '../../../core/media/uplink-controller.js';
import { allocate } from '../../../core/sfu/bandwidth-allocation.js';
import type { Host } from '../../hosts/index.js';
import type { FlowStream } from './flow-stream.js';
import { LossCount } from './loss-count.js';
import { CALM_LOSS, DOWNLINK_LIMITS, type FlowParts, makeEstimator, makeUplink, UPLINK_LIMITS } from './options.js';
import { Refill } from './refill.js';

/** GCC lets an estimate be half as much again and one low voice ahead of what gets through; a little less does. */
const AMPLE = 1.3;
const AMPLE_KBPS = 41;
/** The best layer on the wire. */
const VOICE_KBPS = 88.8;

/** A client's transport to an SFU room: what steers what it sends, and what it is sent. The classes are the core's. */
export class SfuTransport {
  readonly uplink: UplinkController;
  /** The node's estimate of what it can send to the client. */
  readonly downlink: BandwidthEstimator;
  readonly up = new LossCount();
  readonly down = new LossCount();

  /** The uplink's estimate is far above what is sent. */
  uplinkIsAmple = false;
  /** So many voices are far below the downlink's estimate. */
  ampleVoices = 0;
  private uplinkKbps = 0;
  private downlinkKbps = 0;
  /** Streams with speech since the last report, and those that are not at their best. */
  private readonly talking = new Refill<FlowStream>();
  private readonly low = new Set<FlowStream>();

  /**
   * @param room identity of the room
   * @param rttMs to the node and back
   */
  constructor(
    private readonly parts: FlowParts,
    readonly room: object,
    readonly node: Host,
    private readonly rttMs: number,
  ) {
    const { simulcast } = parts.options.codec;
    this.uplink = makeUplink(parts, UPLINK_LIMITS, simulcast ? { kind: 'simulcast' } : { kind: 'copies', copies: 1 });
    this.lookAtUplink();
    this.downlink = makeEstimator(parts, DOWNLINK_LIMITS);
    this.lookAtDownlink();
  }

  /** A stream that begins gets the layer that there is room for beside those who talk. */
  admit(stream: FlowStream, atMs: number, talkers: number): void {
    stream.selection = new this.parts.classes.LayerSelection();
    const availableKbps = this.shares(talkers + 1).at(-1) as number;
    stream.selection.update({ atMs, availableKbps, lossShare: 0 });
    this.sort(stream);
  }

  /** A stream brings speech of so many frames. */
  bring(stream: FlowStream, frames: number): void {
    if (stream.spokenSince === 0) this.talking.push(stream);
    stream.spokenSince += frames;
  }

  /**
   * The reports of an interval arrive. Who has sent nothing but comfort noise learns nothing new, and where all is at its best and hardly anything
   * is lost, nothing changes.
   */
  report(atMs: number): void {
    if (!this.up.empty || this.uplink.layer !== 'h') this.reportUp(atMs);
    if (this.talking.size > 0 || this.low.size > 0) this.reportDown(atMs);
  }

  /** A stream ends. */
  drop(stream: FlowStream): void {
    this.low.delete(stream);
    stream.selection = null;
  }

  private reportUp(atMs: number): void {
    const { uplink, rttMs } = this;
    const lossShare = this.up.take();
    if (uplink.layer === 'h' && this.uplinkKbps >= UPLINK_LIMITS.maxKbps && lossShare <= CALM_LOSS) return;
    uplink.onLossReport({ atMs, lossShare, rttMs });
    this.lookAtUplink();
  }

  private reportDown(atMs: number): void {
    const { downlink, rttMs, talking, low } = this;
    const lossShare = this.down.take();
    if (this.downlinkKbps >= DOWNLINK_LIMITS.maxKbps && lossShare <= CALM_LOSS && low.size === 0) {
      for (let i = 0; i < talking.size; i++) talking.at(i).spokenSince = 0;
      talking.clear();
      return;
    }
    downlink.onLossReport({ atMs, lossShare, rttMs });
    this.lookAtDownlink();
    const shares = this.shares(talking.size + 1);
    if (low.size > 0) this.reportSilent(atMs, shares.at(-1) as number, lossShare);
    this.sortTalking();
    for (let i = 0; i < talking.size; i++) {
      const stream = talking.at(i);
      stream.spokenSince = 0;
      if (stream.selection === null) continue;
      stream.selection.update({ atMs, availableKbps: shares[i] as number, lossShare });
      this.sort(stream);
    }
    talking.clear();
  }

  private reportSilent(atMs: number, availableKbps: number, lossShare: number): void {
    for (const stream of this.low) {
      if (stream.spokenSince > 0) continue;
      stream.selection!.update({ atMs, availableKbps, lossShare });
      this.sort(stream);
    }
  }

  private lookAtUplink(): void {
    this.uplinkKbps = this.uplink.estimateKbps;
    this.uplinkIsAmple = isAmple(this.uplinkKbps, this.uplink.wireKbps, UPLINK_LIMITS);
  }

  private lookAtDownlink(): void {
    this.downlinkKbps = this.downlink.estimateKbps;
    let voices = 0;
    while (voices < 100 && isAmple(this.downlinkKbps, (voices + 1) * VOICE_KBPS, DOWNLINK_LIMITS)) voices++;
    this.ampleVoices = voices;
  }

  /** Most talk first; of equals the earlier. */
  private sortTalking(): void {
    const { talking } = this;
    for (let i = 1; i < talking.size; i++) {
      const stream = talking.at(i);
      let place = i;
      for (; place > 0 && talking.at(place - 1).spokenSince < stream.spokenSince; place--)
        talking.put(place, talking.at(place - 1));
      talking.put(place, stream);
    }
  }

  /** Silent streams with the best layer need no look. */
  private sort(stream: FlowStream): void {
    if (stream.selection!.layer === 'h') this.low.delete(stream);
    else this.low.add(stream);
  }

  private shares(talkers: number): number[] {
    const { extensions } = this.parts.options.codec;
    return allocate({ availableKbps: this.downlink.estimateKbps, talkers, extensions });
  }
}

/** Whether an estimate is so far above what is sent that it need not see each packet: that none is lost is all that matters then. */
export function isAmple(estimateKbps: number, sentKbps: number, { maxKbps }: EstimatorLimits): boolean {
  return estimateKbps >= Math.min(maxKbps, AMPLE * sentKbps + AMPLE_KBPS);
}
