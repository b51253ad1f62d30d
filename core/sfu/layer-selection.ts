import { LAYER_KBPS, LAYER_NAMES, type LayerName } from '../media/layers.js';

/** What a consumer's transport says of itself. */
export interface SelectionInput {
  /** The caller's clock, in ms; what goes back is taken as now. */
  readonly atMs: number;
  /** Bit rate there is for this voice's Opus payload, in kbit/s, headers not counted (see `allocate`). NaN counts as none. */
  readonly availableKbps: number;
  /** Share of packets lost on the way to the consumer since the report before, 0..1. */
  readonly lossShare: number;
}

/** Numbers of a {@link LayerSelection}. */
export interface SelectionPolicy {
  /** So much more (or less) than a layer needs counts as clearly more (or less), as a share of its rate. */
  readonly margin: number;
  /** A better layer must be clearly affordable, or the present one not quite, for this long. */
  readonly holdMs: number;
  /** No better layer until this long after the last change, and no further step down because of loss until this long after the last step down. */
  readonly quietMs: number;
  /** Loss above this is answered by one layer down, at once. */
  readonly lossMax: number;
  /** No better layer while loss is at this or above. */
  readonly lossCalm: number;
}

/**
 * mediasoup waits for 10 s after a downgrade and wants a layer to be active for 2 s; B10 wants adaptation within 5 s and B5 no two changes
 * within 5 s, so we wait for 5 and for 2.
 */
export const defaultSelectionPolicy: SelectionPolicy = {
  margin: 0.1,
  holdMs: 2_000,
  quietMs: 5_000,
  lossMax: 0.1,
  lossCalm: 0.05,
};

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
 * Which layer of one publisher one consumer gets (B7). The first report decides at once. Afterwards *down* goes: at once to what
 * fits when the rate is clearly below what the present layer needs; after `holdMs` when it is a little below; one layer at once when too much is
 * lost. *Up* goes to the best layer that was clearly affordable for all of `holdMs`, when nothing has changed for `quietMs`.
 */
export class LayerSelection {
  /** What the bandwidth allows, before the cap. */
  protected allowed: LayerName;
  protected limit: LayerName | null = null;
  protected atMs = Number.NEGATIVE_INFINITY;
  protected decided = false;
  protected changedMs = Number.NEGATIVE_INFINITY;
  protected loweredMs = Number.NEGATIVE_INFINITY;
  /** Since when the rate has been below the need of the present layer; null: it is not. */
  protected shortSinceMs: number | null = null;
  /** Since when the medium, and the high layer have been clearly affordable. */
  protected readonly affordableSinceMs: { h: number | null; m: number | null } = { h: null, m: null };

  /** @param layer until the first report */
  constructor(
    layer: LayerName = 'm',
    protected readonly policy: SelectionPolicy = defaultSelectionPolicy,
  ) {
    this.allowed = layer;
  }

  /** The layer to forward. */
  get layer(): LayerName {
    return this.limit === null ? this.allowed : lower(this.allowed, this.limit);
  }

  /** Nothing better than this is wanted: by the listener, or to spare its battery. Holds at once; null: whatever the bandwidth allows. */
  prefer(limit: LayerName | null): LayerName {
    this.limit = limit;
    return this.layer;
  }

  /** A report has come. Returns the layer to forward from now on. */
  update(input: SelectionInput): LayerName {
    this.atMs = Math.max(this.atMs, input.atMs);
    const next = this.choose(input);
    if (next !== this.allowed) {
      if (lower(next, this.allowed) === next) this.loweredMs = this.atMs;
      this.allowed = next;
      this.changedMs = this.atMs;
      this.shortSinceMs = null;
    }
    return this.layer;
  }

  /** The layer that is right now, with hysteresis. */
  protected choose(input: SelectionInput): LayerName {
    const { allowed, atMs } = this;
    const fitting = layerFor(input.availableKbps);
    const better = this.affordable(input.availableKbps);
    if (!this.decided) {
      this.decided = true;
      return fitting;
    }
    const { lossMax, lossCalm, quietMs } = this.policy;
    if (this.tooShort(input.availableKbps)) return fitting;
    if (input.lossShare > lossMax) return atMs - this.loweredMs >= quietMs ? below(allowed) : allowed;
    if (better === null || atMs - this.changedMs < quietMs || input.lossShare >= lossCalm) return allowed;
    return lower(better, allowed) === allowed ? better : allowed;
  }

  /** The rate is clearly below the need of the present layer, or has been below it for a while. */
  protected tooShort(availableKbps: number): boolean {
    const { allowed, atMs } = this;
    if (allowed === 'l' || availableKbps >= LAYER_KBPS[allowed]) {
      this.shortSinceMs = null;
      return false;
    }
    this.shortSinceMs ??= atMs;
    return (
      !(availableKbps >= LAYER_KBPS[allowed] * (1 - this.policy.margin)) ||
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
}

function below(layer: LayerName): LayerName {
  return layer === 'h' ? 'm' : 'l';
}
