import { LAYER_NAMES, type LayerName } from '../../../core/media/layers.js';
import type { EarPair } from './ear-pair.js';

/** In what way a link has become worse. `outage`: nothing gets through. */
export type ImpairmentKind = 'capacity' | 'loss' | 'delay' | 'outage';

/** What the world knows of an impaired link. */
export interface LinkTruth {
  /** Share of packets that the link loses by itself, 0..1. Default 0. */
  readonly lossShare?: number;
  /** What is left of its rate, the narrower direction; null: enough. Default null. */
  readonly capacityKbps?: number | null;
}

/** Voice is judged in slots of this length, */
const SLOT_US = 1_000_000;
/** when at least this many frames were spoken in it in one direction. */
const SLOT_FRAMES = 25;
/** So many good slots in a row are an adaptation, and not luck. */
const CALM_SLOTS = 3;
/** Loss above that of the link itself that an adapted sender does not cause any more (B5: below it, a layer up). */
const ADAPTED_LOSS = 0.02;
/** A gap that begins so soon after the last belongs to the same recovery. */
const CHAIN_US = 1_000_000;
/** Less than the lowest layer for each copy, headers included, carries no voice, whatever the sender does: there is nothing to adapt to. */
const VOICE_KBPS = 40;

/**
 * One stretch of time in which a host's link was worse than before, and how voice came through it. What has not come by the end
 * counts with the time waited.
 */
export class Impairment {
  /** When it was mended, or another took its place; null while it lasts. */
  untilUs: number | null = null;
  mended = false;
  /** From the first voice over the worse link until the loss that it does not cause itself is below 2 % for good; null: nobody spoke, or not to be had. */
  adaptationMs: number | null = null;
  /** The layers received before, of the pairs concerned. */
  readonly layersBefore = new Map<EarPair, LayerName>();
  /** Pairs that wait for the layer they had. */
  readonly waiting = new Set<EarPair>();
  private voicedFromUs: number | null = null;
  private voicedUntilUs = 0;
  private calmSinceUs: number | null = null;
  private calmSlots = 0;
  private settled = false;
  private slot = -1;
  private readonly frames = [0, 0];
  private readonly excess = [0, 0];
  private recoveredUs = 0;
  private judgedAfter = false;
  private layersLost = false;
  private layersBackUs: number | null = null;
  /** After it was mended: the next impairment, or the end of the run. */
  private overUs: number | null = null;

  constructor(
    readonly hostId: string,
    readonly kind: ImpairmentKind,
    readonly fromUs: number,
    readonly lossShare: number,
    readonly capacityKbps: number | null,
    /** Copies of its voice that the host's uplink carries. */
    protected copies = 1,
  ) {}

  /** There is nothing to adapt to while the link carries so many copies; with fewer of them, after a move to an SFU, there may be. */
  get hopeless(): boolean {
    return this.untilUs === null && !this.settled && !this.adaptable;
  }

  /** The host's uplink carries so many copies of its voice by now. Adaptation is counted from the first voice that can be adapted on. */
  carries(copies: number): void {
    this.copies = copies;
  }

  /** From the mending until nobody involved has an audible gap; null: not mended, or nobody spoke. */
  get recoveryMs(): number | null {
    if (!this.mended || !this.judgedAfter) return null;
    return (this.recoveredUs - (this.untilUs as number)) / 1e3;
  }

  /** From the mending until all pairs involved have the layer back that they had before; null: not mended, or no layer was lost. */
  get layerRecoveryMs(): number | null {
    if (!this.layersLost) return null;
    const backUs = this.layersBackUs ?? this.overUs;
    return backUs === null ? null : (backUs - (this.untilUs as number)) / 1e3;
  }

  /** Whether everything there is to know is known: nothing heard from now on changes it. */
  get over(): boolean {
    return this.overUs !== null;
  }

  /**
   * Voice that passed the link.
   * @param excess frames lost beyond what the links lose by themselves
   * @returns true when this settles the adaptation
   */
  heard(fromUs: number, frames: number, excess: number, direction: 0 | 1): boolean {
    if (this.untilUs !== null) {
      if (fromUs >= this.untilUs) this.judgedAfter = true;
      return false;
    }
    if (this.settled || fromUs < this.fromUs || !this.adaptable) return false;
    const slot = Math.floor((fromUs - this.fromUs) / SLOT_US);
    if (slot > this.slot) {
      this.closeSlot();
      this.slot = slot;
    }
    this.frames[direction] = (this.frames[direction] as number) + frames;
    this.excess[direction] = (this.excess[direction] as number) + excess;
    return this.settled;
  }

  /** An audible gap of a pair involved. */
  gap(fromUs: number, toUs: number): void {
    if (!this.mended || toUs <= this.recoveredUs || fromUs > this.recoveredUs + CHAIN_US) return;
    this.recoveredUs = Math.min(toUs, this.overUs ?? toUs);
    this.judgedAfter = true;
  }

  /** A gap that begins later than this does not concern it any more. */
  get concernsUntilUs(): number {
    return this.mended ? this.recoveredUs + CHAIN_US : Number.POSITIVE_INFINITY;
  }

  /** The link is as before, or (`mended` false) becomes worse again. Returns true when this settles the adaptation. */
  end(atUs: number, mended: boolean): boolean {
    this.untilUs = atUs;
    this.mended = mended;
    this.recoveredUs = atUs;
    if (mended) {
      for (const [pair, before] of this.layersBefore)
        if (pair.layerNow !== null && worse(pair.layerNow, before)) this.waiting.add(pair);
      this.layersLost = this.waiting.size > 0;
    }
    return this.settle();
  }

  /** A pair receives another layer, or is no more. Returns true when this was the last that was waited for. */
  layerChanged(pair: EarPair, layer: LayerName | null, atUs: number): boolean {
    const before = this.layersBefore.get(pair);
    if (before === undefined || !this.waiting.has(pair) || (layer !== null && worse(layer, before))) return false;
    this.waiting.delete(pair);
    if (this.waiting.size > 0) return false;
    this.layersBackUs = atUs;
    return true;
  }

  /** The link becomes worse again, or the run ends. Returns true when layers were still waited for. */
  conclude(atUs: number): boolean {
    const waited = this.waiting.size > 0;
    this.overUs ??= atUs;
    this.waiting.clear();
    return waited;
  }

  private get adaptable(): boolean {
    const dead = this.capacityKbps !== null && this.capacityKbps < VOICE_KBPS * this.copies;
    return this.kind !== 'outage' && !dead;
  }

  private closeSlot(): void {
    let judged = false;
    let bad = false;
    for (const direction of [0, 1]) {
      const frames = this.frames[direction] as number;
      if (frames >= SLOT_FRAMES) {
        judged = true;
        if ((this.excess[direction] as number) >= ADAPTED_LOSS * frames) bad = true;
      }
      this.frames[direction] = 0;
      this.excess[direction] = 0;
    }
    if (!judged) return;
    const fromUs = this.fromUs + this.slot * SLOT_US;
    this.voicedFromUs ??= fromUs;
    this.voicedUntilUs = fromUs + SLOT_US;
    if (bad) {
      this.calmSinceUs = null;
      this.calmSlots = 0;
      return;
    }
    this.calmSinceUs ??= fromUs;
    this.calmSlots++;
    if (this.calmSlots >= CALM_SLOTS) this.settle();
  }

  private settle(): boolean {
    if (this.settled) return false;
    if (this.untilUs !== null) this.closeSlot();
    if (this.settled) return true;
    this.settled = true;
    if (this.voicedFromUs === null) return false;
    this.adaptationMs = ((this.calmSinceUs ?? this.voicedUntilUs) - this.voicedFromUs) / 1e3;
    return true;
  }
}

function worse(layer: LayerName, than: LayerName): boolean {
  return LAYER_NAMES.indexOf(layer) > LAYER_NAMES.indexOf(than);
}
