import { clamp } from '../clamp.js';
import { LAYER_KBPS } from '../layers.js';
import { wireKbps } from '../wire-rates.js';
import type { AcknowledgedRate } from './acknowledged-rate.js';
import { LinkCapacity } from './link-capacity.js';
import type { LinkUse } from './overuse-detector.js';

/** Far from the rate at which the link was last full: 8 % a second. */
const GROWTH_A_SECOND = Math.log(1.08);
/** Near it: libwebrtc's lowest additive growth, but never faster than the growth far from it. */
const NEAR_KBPS_A_SECOND = 4;
const BACK_OFF = 0.85;
/** Growth is owed for this long at most: nobody has looked at the link for longer. */
const OWED_MAX_MS = 1_000;
/** Who sends less than this share of the estimate is limited by the application. */
const APPLICATION_LIMITED = 0.85;
const RTT_DEFAULT_MS = 200;
/** Time between two decreases: one RTT within these bounds. */
const REDUCE_MIN_MS = 10;
const REDUCE_MAX_MS = 200;

/**
 * How far an estimate may be ahead of what has been shown to get through (kbit/s). libwebrtc: half as much again and 10 kbit/s. Here the
 * constant is one voice at the lowest layer, on the wire. A sender that uses layers is limited by the application nearly always, it sends no
 * padding, and it learns only by trying: this margin is the one that lets it try each next step of every ladder it has, a layer more in simulcast
 * (40.8 to 97.6 to 186.4 on the wire) and a layer higher for up to 11 copies, and hardly anything more.
 */
export function headroomKbps(deliveredKbps: number): number {
  return 1.5 * deliveredKbps + wireKbps(LAYER_KBPS.l, true);
}

/** The delay part's rate: additive or multiplicative increase, multiplicative decrease (libwebrtc's AimdRateControl). */
export class AimdRateControl {
  rttMs = RTT_DEFAULT_MS;
  protected readonly capacity = new LinkCapacity();
  protected state: 'hold' | 'increase' = 'hold';
  protected changedAtMs: number;
  protected decreasedAtMs = -Infinity;

  constructor(
    public rateKbps: number,
    nowMs: number,
  ) {
    this.changedAtMs = nowMs;
  }

  /** Time since the rate was last decreased. */
  sinceDecreaseMs(nowMs: number): number {
    return nowMs - this.decreasedAtMs;
  }

  /** The link has been full at least once. */
  get hasDecreased(): boolean {
    return this.decreasedAtMs > -Infinity;
  }

  update(use: LinkUse, rate: AcknowledgedRate, nowMs: number): void {
    if (use === 'over') this.decrease(rate, nowMs);
    else if (use === 'under') this.state = 'hold';
    else if (this.state === 'hold') {
      this.state = 'increase';
      this.changedAtMs = nowMs;
    } else this.increase(rate, nowMs);
  }

  protected increase(rate: AcknowledgedRate, nowMs: number): void {
    const elapsedMs = Math.min(nowMs - this.changedAtMs, OWED_MAX_MS);
    this.changedAtMs = nowMs;
    if (rate.arrivedKbps === null || rate.deliveredKbps === null) return;
    this.capacity.onArrived(rate.arrivedKbps);
    const limitKbps = this.limitKbps(rate.deliveredKbps, nowMs);
    if (this.rateKbps < limitKbps) this.rateKbps = Math.min(limitKbps, this.rateKbps + this.growthKbps(elapsedMs));
  }

  protected limitKbps(deliveredKbps: number, nowMs: number): number {
    const used = deliveredKbps / APPLICATION_LIMITED;
    return Math.min(headroomKbps(deliveredKbps), Math.max(used, this.capacity.rememberedKbps(nowMs)));
  }

  protected growthKbps(elapsedMs: number): number {
    const far = this.rateKbps * (Math.exp((GROWTH_A_SECOND * elapsedMs) / 1000) - 1);
    return this.capacity.known ? Math.min(far, (NEAR_KBPS_A_SECOND * elapsedMs) / 1000) : far;
  }

  /** A link that is over-used is given less than what arrives, so that the queue drains. */
  protected decrease(rate: AcknowledgedRate, nowMs: number): void {
    const { arrivedKbps } = rate;
    if (arrivedKbps === null || !this.mayReduce(arrivedKbps, nowMs)) return;
    this.capacity.onOveruse(arrivedKbps, nowMs);
    this.rateKbps = Math.min(this.rateKbps, BACK_OFF * arrivedKbps);
    this.state = 'hold';
    this.changedAtMs = this.decreasedAtMs = nowMs;
  }

  protected mayReduce(arrivedKbps: number, nowMs: number): boolean {
    const waitMs = clamp(this.rttMs, REDUCE_MIN_MS, REDUCE_MAX_MS);
    return nowMs - this.decreasedAtMs >= waitMs || arrivedKbps < this.rateKbps / 2;
  }
}
