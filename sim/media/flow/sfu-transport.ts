import type { BandwidthEstimator } from '../../../core/media/bandwidth-estimator.js';
import type { UplinkController } from '../../../core/media/uplink-controller.js';
import { allocate } from '../../../core/sfu/bandwidth-allocation.js';
import type { Host } from '../../hosts/index.js';
import type { FlowStream } from './flow-stream.js';
import { LossCount } from './loss-count.js';
import { DOWNLINK_LIMITS, type FlowParts, makeEstimator, makeUplink, UPLINK_LIMITS } from './options.js';

/** A client's transport to an SFU room: what steers what it sends, and what it is sent. The classes are the core's. */
export class SfuTransport {
  readonly uplink: UplinkController;
  /** The node's estimate of what it can send to the client. */
  readonly downlink: BandwidthEstimator;
  readonly up = new LossCount();
  readonly down = new LossCount();

  /** @param room identity of the room */
  constructor(
    private readonly parts: FlowParts,
    readonly room: object,
    readonly node: Host,
  ) {
    const { simulcast } = parts.options.codec;
    this.uplink = makeUplink(parts, UPLINK_LIMITS, simulcast ? { kind: 'simulcast' } : { kind: 'copies', copies: 1 });
    this.downlink = makeEstimator(parts, DOWNLINK_LIMITS);
  }

  /** A stream that begins gets the layer that there is room for beside those who talk. */
  admit(stream: FlowStream, atMs: number, talkers: number): void {
    stream.selection = new this.parts.classes.LayerSelection();
    const availableKbps = this.shares(talkers + 1).at(-1) as number;
    stream.selection.update({ atMs, availableKbps, lossShare: 0 });
  }

  /**
   * The reports of an interval arrive.
   * @param talkers streams sent to the client of those who talked, most talk first
   * @param silent of those who did not
   */
  report(atMs: number, rttMs: number, talkers: readonly FlowStream[], silent: readonly FlowStream[]): void {
    this.uplink.onLossReport({ atMs, lossShare: this.up.take(), rttMs });
    const lossShare = this.down.take();
    this.downlink.onLossReport({ atMs, lossShare, rttMs });
    if (talkers.length + silent.length === 0) return;
    const shares = this.shares(talkers.length + 1);
    for (let i = 0; i < talkers.length; i++)
      talkers[i]!.selection?.update({ atMs, availableKbps: shares[i] as number, lossShare });
    const idle = { atMs, availableKbps: shares.at(-1) as number, lossShare };
    for (const { selection } of silent) selection?.update(idle);
  }

  private shares(talkers: number): number[] {
    const { extensions } = this.parts.options.codec;
    return allocate({ availableKbps: this.downlink.estimateKbps, talkers, extensions });
  }
}
