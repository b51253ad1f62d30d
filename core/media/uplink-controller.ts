import type { BandwidthEstimator, LossReport, PacketFeedback } from './bandwidth-estimator.js';
import type { DeviceAllowance } from './device-conditions.js';
import { LAYER_KBPS, LAYER_NAMES, type LayerName } from './layers.js';
import type { QualityAdaptation } from './quality-adaptation.js';
import { forEachLayer, wireKbps } from './wire-rates.js';

/**
 * What a transport carries: three encodings to an SFU (B6), or one: to a peer, or to an SFU without simulcast. In a mesh of N there are N - 1 transports, each with a
 * controller of its own, as each peer connection of a browser has: who is hard to reach lowers nobody else's quality.
 */
export type UplinkUse = 'simulcast' | 'single';

/** Which encodings are sent. */
export type Encodings = Readonly<Record<LayerName, boolean>>;

export interface UplinkControllerOptions {
  readonly estimator: BandwidthEstimator;
  readonly adaptation: QualityAdaptation;
  readonly use: UplinkUse;
  /** Whether packets have the header extensions. */
  readonly extensions: boolean;
}

/** What a layer and, in simulcast, all below it take on the wire, in kbit/s. */
export function uplinkNeedKbps(use: UplinkUse, extensions: boolean): Record<LayerName, number> {
  if (use === 'single') return forEachLayer((layer) => wireKbps(LAYER_KBPS[layer], extensions));
  return forEachLayer((layer) => {
    const sent = LAYER_NAMES.slice(LAYER_NAMES.indexOf(layer));
    return sent.reduce((sum, name) => sum + wireKbps(LAYER_KBPS[name], extensions), 0);
  });
}

/** So many peers: their copies in the best layer take 533 kbit/s, and an SFU would send as much once more. */
const CROWD = 6;

/**
 * Whether a path that is to replace another one should {@link UplinkController.rehearse}: where few talk, an access link that carries a mesh bears both in
 * full, and nobody should hear a change of layer.
 * @param peers of the mesh, old or new
 */
export function shouldRehearse(peers: number): boolean {
  return peers >= CROWD;
}

/**
 * What a publishing client makes of the feedback on its uplink. It is itself what feedback is given to. Loss steers the quality by B5, the
 * estimate is a cap (GCC works badly under 150 kbit/s, so it does not steer), the device is another.
 *
 * In simulcast the quality is the best encoding sent, and all below it are sent too: whoever listens over a poor link can
 * always be given the low one. So the sum fits the estimate whenever the low one does; if nothing fits, the low one is sent: voice never stops.
 */
export class UplinkController implements BandwidthEstimator {
  protected readonly estimator: BandwidthEstimator;
  protected readonly adaptation: QualityAdaptation;
  protected readonly extensions: boolean;
  protected use: UplinkUse;
  protected needKbps!: Readonly<Record<LayerName, number>>;
  protected publishing = true;
  protected rehearsing = false;
  /** Of the last reports. One report of 50 packets is noise: at 5 % of loss, each 26th would show over 10 %. */
  protected meanLoss = 0;

  constructor(options: UplinkControllerOptions) {
    this.estimator = options.estimator;
    this.adaptation = options.adaptation;
    this.extensions = options.extensions;
    this.use = options.use;
    this.carry(options.use);
  }

  get estimateKbps(): number {
    return this.estimator.estimateKbps;
  }

  /** The best layer that is sent, or the only one. */
  get layer(): LayerName {
    return this.rehearsing ? 'l' : this.adaptation.layer;
  }

  /** Encodings to send. */
  get encodings(): Encodings {
    const best = LAYER_NAMES.indexOf(this.layer);
    return forEachLayer((layer) => {
      const rank = LAYER_NAMES.indexOf(layer);
      return this.publishing && (this.use === 'simulcast' ? rank >= best : rank === best);
    });
  }

  /** What all that is sent takes on the wire while the user talks. */
  get wireKbps(): number {
    return this.publishing ? this.needKbps[this.layer] : 0;
  }

  /** The transport is used differently from now on. */
  carry(use: UplinkUse): void {
    this.use = use;
    this.needKbps = uplinkNeedKbps(use, this.extensions);
    this.adaptation.need(this.needKbps);
  }

  /**
   * An older path still carries the same voice, and is what others play. Make before break sends everything twice over one access link; the low
   * layer proves as well as any that the new path works, and leaves the old one the room it has. Until {@link perform}.
   */
  rehearse(): void {
    this.rehearsing = true;
  }

  /** The older path has gone: this one begins with what the feedback on the low layer allows. */
  perform(atMs: number): void {
    if (!this.rehearsing) return;
    this.rehearsing = false;
    this.adaptation.begin(atMs, this.estimator.estimateKbps, this.meanLoss);
  }

  /** Conditions of the device have changed; layers follow with the next report. */
  allow(allowance: DeviceAllowance): void {
    this.publishing = allowance.publish;
    this.adaptation.cap(allowance.highestLayer);
  }

  onLossReport(report: LossReport): void {
    this.estimator.onLossReport(report);
    const { atMs, lossShare } = report;
    if (lossShare >= 0) this.meanLoss += (lossShare - this.meanLoss) / 2;
    if (this.rehearsing) return;
    this.adaptation.update({
      atMs,
      lossShare: Math.min(lossShare, this.meanLoss),
      availableKbps: this.estimator.estimateKbps,
    });
  }

  onTransportFeedback(atMs: number, packets: readonly PacketFeedback[]): void {
    this.estimator.onTransportFeedback(atMs, packets);
  }

  onRemb(atMs: number, kbps: number): void {
    this.estimator.onRemb(atMs, kbps);
  }
}
