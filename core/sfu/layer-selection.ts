import { LAYER_KBPS, LAYER_NAMES, type LayerName } from '../media/layers.js';

/** What a consumer's transport says of itself. */
export interface SelectionInput {
  /** The caller's clock, in ms; what goes back is taken as now. */
  readonly atMs: number;
  /** Bit rate there is for this voice's Opus payload, in kbit/s, headers not counted (see `allocate`). NaN counts as none. */
  readonly availableKbps: number;
  /** Estimate of the whole downlink, in kbit/s: what an attempt is judged by, because `availableKbps` also changes with what other voices take. Default `availableKbps`. */
  readonly linkKbps?: number;
  /** Share of packets lost on the way to the consumer since the report before, 0..1. */
  readonly lossShare: number;
  /** Average share of packets lost on the way from the publisher to here. Default 0. */
  readonly sourceLossShare?: number;
}

/** Numbers of a {@link LayerSelection}. */
export interface SelectionPolicy {
  /** So much more (or less) than a layer needs counts as clearly more (or less), as a share of its rate. */
  readonly margin: number;
  /** A better layer must be clearly affordable, or the present one not quite, for this long. */
  readonly holdMs: number;
  /** Nothing changes until this long after the last change. */
  readonly quietMs: number;
  /** Loss above this, now and on average, is answered by one layer down. */
  readonly lossMax: number;
  /** No better layer while the average loss is at this or above, on either side: who publishes over a lossy link may soon send less (mediasoup asks for a good score). */
  readonly lossCalm: number;
  /** A better layer that had to be left again within this time, or within the wait before it, was a failure. */
  readonly trialMs: number;
  /** How long no better layer is tried after the first, second, ... failure in a row. The last one holds for all that follow. */
  readonly waitsMs: readonly number[];
}

/**
 * B5: never two changes within 5 s. It is half a second more, because a listener sees a change with the next packet, which in silence is up to 400 ms
 * later (DTX), and the next one perhaps at once. mediasoup waits for 10 s after a downgrade; we do after one that undoes an upgrade, and for longer when
 * that goes on.
 */
export const defaultSelectionPolicy: SelectionPolicy = {
  margin: 0.1,
  holdMs: 2_000,
  quietMs: 5_500,
  lossMax: 0.1,
  lossCalm: 0.05,
  trialMs: 10_000,
  waitsMs: [10_000, 20_000, 40_000],
};

/** Time constant of the average loss: a report of 50 packets is noise; with 10 % of loss every ninth shows less than 5 %. */
const LOSS_MS = 3_000;

/** Best layer for a bit rate of payload: 64 kbit/s high, 32 medium, else low (B7). */
export function layerFor(availableKbps: number): LayerName {
  if (availableKbps >= LAYER_KBPS.h) return 'h';
  return availableKbps >= LAYER_KBPS.m ? 'm' : 'l';
}

/** The worse of two layers. */
export function lower(a: LayerName, b: LayerName): LayerName {
  return LAYER_NAMES.indexOf(a) > LAYER_NAMES.indexOf(b) ? a : b;
}

/**
 * Which layer of one publisher one consumer gets (B7). The first report decides at once. Afterwards *down* goes: to what fits, when the rate is
 * clearly below what the present layer needs, or has been a little below it for `holdMs`; one layer when too much is lost. *Up* goes to the best layer that
 * was clearly affordable for all of `holdMs`. Nothing changes within `quietMs` of the last change, for whatever reason, and upgrades that fail are tried
 * less and less often.
 *
 * What the publisher sends counts as well: both together make what the listener hears. A layer that is not sent any more must be left at once; one
 * that comes back is taken at once or, if something has just changed, when it has proved to last: so what the publisher tries and gives up does not come
 * on top of what is tried here.
 */
export class LayerSelection {
  /** What the bandwidth allows, whatever is sent. */
  protected allowed: LayerName;
  protected limit: LayerName = 'h';
  /** What the server has to spare. */
  protected spared: LayerName = 'h';
  protected present: LayerName;
  protected atMs = Number.NEGATIVE_INFINITY;
  protected decided = false;
  protected availableKbps = Number.POSITIVE_INFINITY;
  protected changedMs = Number.NEGATIVE_INFINITY;
  /** The last upgrade of `allowed`, if it has not failed. */
  protected raisedMs = Number.NEGATIVE_INFINITY;
  protected loweredMs = Number.NEGATIVE_INFINITY;
  /** What the link was thought to carry at that time. */
  protected raisedOnKbps = 0;
  /** Failures in a row. */
  protected failures = 0;
  protected meanLoss = 0;
  protected sourceLoss = 0;
  /** Since when the rate has been below the need of the present layer; null: it is not. */
  protected shortSinceMs: number | null = null;
  /** Since when the medium, and the high layer have been clearly affordable. */
  protected readonly affordableSinceMs: { h: number | null; m: number | null } = { h: null, m: null };
  /** Since when each layer has been sent; null: it is not. */
  protected readonly offeredSinceMs: Record<LayerName, number | null> = {
    h: Number.NEGATIVE_INFINITY,
    m: Number.NEGATIVE_INFINITY,
    l: Number.NEGATIVE_INFINITY,
  };

  /** @param layer until the first report */
  constructor(
    layer: LayerName = 'm',
    protected readonly policy: SelectionPolicy = defaultSelectionPolicy,
  ) {
    this.allowed = this.present = layer;
  }

  /** Nothing lower could be sent, for whatever reason: from here on bandwidth can be spared by leaving voices out only. */
  get isLowest(): boolean {
    return this.present === 'l';
  }

  /** The layer to forward: one that is sent, if any is. */
  get layer(): LayerName {
    return this.present;
  }

  /** Nothing better than this is wanted: by the listener, or to spare its battery. Holds at once; null: whatever the bandwidth allows. */
  prefer(limit: LayerName | null): LayerName {
    if (this.limit === (limit ?? 'h')) return this.present;
    this.limit = limit ?? 'h';
    this.limitMoved();
    this.settle(true);
    return this.present;
  }

  /** The server is too busy for anything better than this; null: it has recovered. Waits like any other change: nobody is made to hear two in a row. */
  spare(limit: LayerName | null, atMs: number): LayerName {
    this.advance(atMs);
    this.spared = limit ?? 'h';
    this.limitMoved();
    this.settle(false);
    return this.present;
  }

  /** What was not asked for has not been held against the bandwidth since. */
  protected limitMoved(): void {
    this.allowed = lower(this.allowed, layerFor(this.availableKbps));
    if (this.sourceLoss >= this.policy.lossCalm) this.allowed = lower(this.allowed, this.present);
  }

  /** Nothing has been forwarded yet: what was changed so far, nobody has heard. */
  unheard(): void {
    this.changedMs = Number.NEGATIVE_INFINITY;
  }

  /** These layers are sent by the publisher from now on; before the first call all are. */
  offer(layers: readonly LayerName[], atMs: number): LayerName {
    this.advance(atMs);
    for (const layer of LAYER_NAMES)
      this.offeredSinceMs[layer] = layers.includes(layer) ? (this.offeredSinceMs[layer] ?? this.atMs) : null;
    this.settle(!this.decided || !layers.includes(this.present));
    return this.present;
  }

  /** A report has come. Returns the layer to forward from now on. */
  update(input: SelectionInput): LayerName {
    const beforeMs = this.atMs;
    this.advance(input.atMs);
    this.averageLoss(input.lossShare, this.atMs - beforeMs);
    this.availableKbps = input.availableKbps;
    this.sourceLoss = input.sourceLossShare ?? 0;
    const short = this.tooShort(input.availableKbps);
    const better = this.affordable(input.availableKbps);
    if (!this.decided) {
      this.decided = true;
      this.allowed = layerFor(input.availableKbps);
      this.settle(true);
    } else if (this.atMs - this.changedMs >= this.policy.quietMs) {
      const linkKbps = input.linkKbps ?? input.availableKbps;
      if (short) this.lowerTo(layerFor(input.availableKbps), linkKbps);
      else if (Math.min(input.lossShare, this.meanLoss) > this.policy.lossMax) this.lowerTo(below(this.present), 0);
      else if (better !== null && this.mayRise()) this.raiseTo(better, linkKbps);
      this.settle(false);
    }
    return this.present;
  }

  /** @param linkKbps what the link carries; 0: it loses too much */
  protected lowerTo(layer: LayerName, linkKbps: number): void {
    if (lower(layer, this.allowed) === this.allowed) return;
    this.allowed = layer;
    this.loweredMs = this.atMs;
    if (this.raisedMs === Number.NEGATIVE_INFINITY) return;
    const { trialMs, margin } = this.policy;
    const early = this.atMs - this.raisedMs <= Math.max(trialMs, this.waitMs);
    // a link that carries no less than before has not failed: another voice takes more of it
    if (!early || linkKbps >= this.raisedOnKbps * (1 + margin)) this.failures = 0;
    else if (linkKbps < this.raisedOnKbps) this.failures++;
    this.raisedMs = Number.NEGATIVE_INFINITY;
  }

  protected raiseTo(layer: LayerName, linkKbps: number): void {
    if (lower(layer, this.allowed) === layer) return;
    this.allowed = layer;
    this.raisedMs = this.atMs;
    this.raisedOnKbps = linkKbps;
  }

  /** How long after a step down no better layer is tried. */
  protected get waitMs(): number {
    const { quietMs, waitsMs } = this.policy;
    return this.failures === 0 ? quietMs : (waitsMs[Math.min(this.failures, waitsMs.length) - 1] ?? quietMs);
  }

  protected mayRise(): boolean {
    const { lossCalm } = this.policy;
    return this.atMs - this.loweredMs >= this.waitMs && this.meanLoss < lossCalm && this.sourceLoss < lossCalm;
  }

  /** Goes to the best layer that is allowed, wanted and sent. @param now whatever has changed a moment ago */
  protected settle(now: boolean): void {
    const next = this.nearest(lower(this.allowed, lower(this.limit, this.spared)));
    if (next === this.present || !(now || this.atMs - this.changedMs >= this.policy.quietMs)) return;
    this.present = next;
    this.changedMs = this.atMs;
    this.shortSinceMs = null;
  }

  /** The best layer there is that is not better than this one, else the least of those that are. */
  protected nearest(wanted: LayerName): LayerName {
    let best: LayerName | null = null;
    for (const layer of LAYER_NAMES) {
      if (this.offeredSinceMs[layer] === null) continue;
      if (lower(layer, wanted) === wanted && layer !== wanted) best = layer;
      else if (this.isReady(layer)) return layer;
    }
    return best ?? this.present;
  }

  /** Whether a layer that is sent may be taken: a better one only when it begins, and is not about to be lost again, or when it has lasted. */
  protected isReady(layer: LayerName): boolean {
    const sinceMs = this.offeredSinceMs[layer] as number;
    if (this.offeredSinceMs[this.present] === null || lower(layer, this.present) === layer) return true;
    const begins = this.atMs === sinceMs && this.sourceLoss < this.policy.lossCalm;
    return begins || this.atMs - sinceMs >= this.policy.trialMs;
  }

  /** The rate is clearly below the need of the present layer, or has been below it for a while. */
  protected tooShort(availableKbps: number): boolean {
    const { present, atMs } = this;
    if (present === 'l' || availableKbps >= LAYER_KBPS[present]) {
      this.shortSinceMs = null;
      return false;
    }
    this.shortSinceMs ??= atMs;
    return (
      !(availableKbps >= LAYER_KBPS[present] * (1 - this.policy.margin)) ||
      atMs - this.shortSinceMs >= this.policy.holdMs
    );
  }

  /** Best layer that has been clearly affordable for long enough. */
  protected affordable(availableKbps: number): LayerName | null {
    const { affordableSinceMs: since, atMs, policy } = this;
    for (const layer of ['h', 'm'] as const) {
      if (availableKbps >= LAYER_KBPS[layer] * (1 + policy.margin)) since[layer] ??= atMs;
      else since[layer] = null;
    }
    for (const layer of ['h', 'm'] as const) {
      if (since[layer] !== null && atMs - since[layer] >= policy.holdMs) return layer;
    }
    return null;
  }

  protected averageLoss(lossShare: number, elapsedMs: number): void {
    if (!(lossShare >= 0) || lossShare === this.meanLoss) return;
    this.meanLoss += (lossShare - this.meanLoss) * (1 - Math.exp(-elapsedMs / LOSS_MS));
  }

  protected advance(atMs: number): void {
    this.atMs = Math.max(this.atMs, atMs);
  }
}

function below(layer: LayerName): LayerName {
  return layer === 'h' ? 'm' : 'l';
}
