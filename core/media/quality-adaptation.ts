import { LAYER_KBPS, LAYER_NAMES, type LayerName } from './layers.js';

export interface QualityOptions {
  /** Loss above this share takes one level off (B5). */
  readonly downLossShare: number;
  /** Loss below this share, in a report or on average, for `upAfterMs` adds one level. */
  readonly upLossShare: number;
  readonly upAfterMs: number;
  /** How long it has to be so after the first, second, ... level in a row that could not be kept. The last one holds for all that follow. */
  readonly upAfterFailuresMs: readonly number[];
  /** Never two changes within this time. */
  readonly minIntervalMs: number;
  /** An estimate has to be too small for this long before it counts: at voice rates GCC is easily frightened, and an outage frightens it for 1 to 2 s. */
  readonly shortAfterMs: number;
  /** An estimate has to carry the next level for this long before that level is tried (mediasoup: 2 s). */
  readonly fitAfterMs: number;
}

/**
 * B5. The interval is half a second more than the 5 s, because listeners see a change with the next packet, which in silence is up to 400 ms
 * later (DTX), and the next one perhaps at once.
 */
export const defaultQuality: QualityOptions = {
  downLossShare: 0.1,
  upLossShare: 0.02,
  upAfterMs: 10_000,
  upAfterFailuresMs: [20_000, 40_000],
  minIntervalMs: 5_500,
  shortAfterMs: 1_500,
  fitAfterMs: 2_000,
};

export interface QualityReport {
  readonly atMs: number;
  /** 0..1 */
  readonly lossShare: number;
  /** What the path carries, compared with the need of each layer. Left out: only loss counts. */
  readonly availableKbps?: number;
}

/** Time constant of the average loss: one packet of 50 is 2 %, so that on a link that loses 0.4 % ten reports below that in a row are rare. */
const LOSS_MS = 3_000;

/** Quality levels from worst to best. */
const LEVELS: readonly LayerName[] = [...LAYER_NAMES].reverse();

/**
 * Which of the levels 64, 32, 16 kbit/s a voice is sent with (B5): loss over 10 %: one level down; loss under 2 % for 10 s: one level up;
 * never two changes within 5 s. To be updated with each receiver report. A level that has to be left again sooner than it took to reach it is
 * tried less and less often.
 *
 * An estimate is a cap: one that has been too small for 1.5 s takes the quality down to the level it carries, and a level is tried only
 * if it fits.
 * Times are ms of the caller's clock; what goes back is taken as now.
 */
export class QualityAdaptation {
  protected readonly options: QualityOptions;
  protected level: number;
  protected limit = LEVELS.length - 1;
  protected needKbps: Readonly<Record<LayerName, number>> = LAYER_KBPS;
  protected nowMs = -Infinity;
  protected changedAtMs = -Infinity;
  /** When the present level was tried; -Infinity: it has not been come to from below. */
  protected raisedAtMs = -Infinity;
  /** Levels in a row that could not be kept. */
  protected failures = 0;
  protected meanLoss = 0;
  protected calmSinceMs: number | null = null;
  protected shortSinceMs: number | null = null;
  protected fitsSinceMs: number | null = null;

  constructor(start: LayerName = 'h', options: Partial<QualityOptions> = {}) {
    this.options = { ...defaultQuality, ...options };
    this.level = LEVELS.indexOf(start);
  }

  get layer(): LayerName {
    return LEVELS[this.level]!;
  }

  /** The highest layer allowed from now on; null: all. Takes effect with the next report. */
  cap(layer: LayerName | null): void {
    this.limit = layer === null ? LEVELS.length - 1 : LEVELS.indexOf(layer);
  }

  /** What each layer takes of `availableKbps` from now on. At first: the bit rate of the codec. */
  need(needKbps: Readonly<Record<LayerName, number>>): void {
    this.needKbps = needKbps;
    this.shortSinceMs = this.fitsSinceMs = null;
  }

  /**
   * What is sent begins now, at the best level that the estimate carries, and at the low one if loss is over 10 %. That is a change.
   * @param lossShare on average, 0..1
   */
  begin(atMs: number, availableKbps: number, lossShare: number): void {
    this.nowMs = Math.max(this.nowMs, atMs);
    let level = lossShare > this.options.downLossShare ? 0 : this.limit;
    while (level > 0 && this.needOf(level) > availableKbps) level--;
    this.level = level;
    this.changedAtMs = this.nowMs;
    this.calmSinceMs = this.shortSinceMs = this.fitsSinceMs = null;
  }

  /** A report has come. Returns the layer to send from now on. */
  update(report: QualityReport): LayerName {
    const gapMs = report.atMs - this.nowMs;
    this.nowMs = Math.max(this.nowMs, report.atMs);
    const { upLossShare, upAfterMs } = this.options;
    const availableKbps = report.availableKbps ?? Infinity;
    this.averageLoss(report.lossShare, gapMs);
    const calm = Math.min(report.lossShare, this.meanLoss) < upLossShare;
    // what nobody has reported for that long has not been calm
    this.calmSinceMs = calm ? this.since(gapMs > upAfterMs ? null : this.calmSinceMs) : null;
    this.shortSinceMs = this.needOf(this.level) > availableKbps ? this.since(this.shortSinceMs) : null;
    this.fitsSinceMs = this.needOf(this.level + 1) <= availableKbps ? this.since(this.fitsSinceMs) : null;
    if (this.nowMs - this.changedAtMs >= this.options.minIntervalMs) this.decide(report.lossShare, availableKbps);
    return this.layer;
  }

  protected decide(lossShare: number, availableKbps: number): void {
    const lossy = lossShare > this.options.downLossShare;
    if (this.isShort(lossy)) this.fallBack(availableKbps);
    else if (this.level > this.limit) this.change(this.limit);
    else if (lossy) this.change(this.level - 1);
    else if (this.mayRise()) this.change(this.level + 1);
  }

  /** Whether the present level does not fit: for a while, or at all while loss says so too. */
  protected isShort(lossy: boolean): boolean {
    if (this.level === 0 || this.shortSinceMs === null) return false;
    return lossy || this.nowMs - this.shortSinceMs >= this.options.shortAfterMs;
  }

  protected mayRise(): boolean {
    if (this.level >= this.limit) return false;
    const calm = this.calmSinceMs !== null && this.nowMs - this.calmSinceMs >= this.waitMs;
    return calm && this.fitsSinceMs !== null && this.nowMs - this.fitsSinceMs >= this.options.fitAfterMs;
  }

  /** How long it has to be calm before the next level is tried. */
  protected get waitMs(): number {
    const { upAfterMs, upAfterFailuresMs } = this.options;
    if (this.failures === 0) return upAfterMs;
    return upAfterFailuresMs[Math.min(this.failures, upAfterFailuresMs.length) - 1] ?? upAfterMs;
  }

  /** To the best level that fits. */
  protected fallBack(availableKbps: number): void {
    let level = this.level - 1;
    while (level > 0 && this.needOf(level) > availableKbps) level--;
    this.change(Math.min(level, this.limit));
  }

  protected change(level: number): void {
    if (level < 0) return;
    if (level > this.level) this.raisedAtMs = this.nowMs;
    else if (level < Math.min(this.level, this.limit)) this.judgeTrial();
    this.level = level;
    this.changedAtMs = this.nowMs;
    this.calmSinceMs = this.calmSinceMs === null ? null : this.nowMs;
    this.shortSinceMs = this.fitsSinceMs = null;
  }

  /** A level is left because of the network. */
  protected judgeTrial(): void {
    if (this.raisedAtMs === -Infinity) return;
    this.failures = this.nowMs - this.raisedAtMs <= this.waitMs ? this.failures + 1 : 0;
    this.raisedAtMs = -Infinity;
  }

  protected averageLoss(lossShare: number, elapsedMs: number): void {
    if (!(lossShare >= 0) || lossShare === this.meanLoss) return;
    this.meanLoss += (lossShare - this.meanLoss) * (1 - Math.exp(-elapsedMs / LOSS_MS));
  }

  /** Above the best level there is none: it needs more than there ever is. */
  protected needOf(level: number): number {
    const layer = LEVELS[level];
    return layer ? this.needKbps[layer] : Infinity;
  }

  protected since(sinceMs: number | null): number {
    return sinceMs ?? this.nowMs;
  }
}
