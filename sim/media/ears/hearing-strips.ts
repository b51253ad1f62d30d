import type { EarPair } from './ear-pair.js';

/** What a cell of a strip shows, the worst that was in it. */
export const HearingState = { quiet: 0, heard: 1, doubled: 2, silent: 3, unwatched: 4 } as const;

/** Columns of a picture. */
const CELLS = 240;
/** Pairs of a channel that are watched from their beginning. */
const WATCHED_PER_CHANNEL = 90;
/** Pairs watched in all: above that only pairs in trouble are taken in, up to twice as many. */
const WATCHED_MAX = 20_000;
/** At most this many strips share a block of memory. */
const BUFFER_STRIPS = 256;
/** Changes of layer kept for one pair. */
const LAYER_STEPS_MAX = 200;

/** One pair over the whole run: a cell for each 240th of the time. Of a pair that meets again the strip goes on. */
export class PairStrip {
  /** What was marked last: most marks say it again. */
  private lastCell = -1;
  private lastState = -1;
  /** [time in us, place of the layer in LAYER_NAMES] */
  readonly layers: [atUs: number, layer: number][] = [];

  constructor(
    readonly listener: string,
    readonly talker: string,
    private readonly cellUs: number,
    private readonly block: Uint8Array,
    private readonly start: number,
  ) {}

  get cells(): Uint8Array {
    return this.block.subarray(this.start, this.start + CELLS);
  }

  mark(fromUs: number, toUs: number, state: number): void {
    const last = Math.min(CELLS - 1, Math.ceil(toUs / this.cellUs) - 1);
    if (last === this.lastCell && state === this.lastState && Math.floor(fromUs / this.cellUs) === last) return;
    this.lastCell = last;
    this.lastState = state;
    const { block, start } = this;
    for (let cell = Math.floor(fromUs / this.cellUs); cell <= last; cell++) {
      const present = block[start + cell] as number;
      if (present < state || present === HearingState.unwatched) block[start + cell] = state;
    }
  }

  layer(atUs: number, layer: number): void {
    if (this.layers.length < LAYER_STEPS_MAX) this.layers.push([atUs, layer]);
  }

  /** Share of the cells with speech that were silent, and with doubled voice. */
  get trouble(): number {
    let troubled = 0;
    let spoken = 0;
    for (const cell of this.cells) {
      if (cell === HearingState.quiet || cell === HearingState.unwatched) continue;
      spoken++;
      if (cell !== HearingState.heard) troubled++;
    }
    return spoken === 0 ? 0 : troubled / spoken;
  }
}

/** The strips of all channels, within bounds that do not depend on how long the run is. */
export class HearingStrips {
  readonly cellUs: number;
  /** channel -> `listener>talker` -> strip */
  readonly channels = new Map<number, Map<string, PairStrip>>();
  private watched = 0;
  private block = new Uint8Array(0);
  private usedBytes = 0;

  /** @param untilUs planned end of the run */
  constructor(untilUs: number) {
    this.cellUs = Math.max(1, Math.ceil(untilUs / CELLS));
  }

  /** The cell in which all of an interval lies; -2: it lies in more than one. */
  cellOf(fromUs: number, untilUs: number): number {
    const last = Math.min(CELLS - 1, Math.ceil(untilUs / this.cellUs) - 1);
    return Math.floor(fromUs / this.cellUs) === last ? last : -2;
  }

  /** The strip of a pair that begins, while there is room. */
  admit(listener: string, talker: string, channelId: number): PairStrip | null {
    const strips = this.of(channelId);
    const present = strips.get(`${listener}>${talker}`);
    if (present) return present;
    if (strips.size >= WATCHED_PER_CHANNEL || this.watched >= WATCHED_MAX) return null;
    return this.make(strips, listener, talker);
  }

  /** The strip of a pair that is in trouble: there is room for some of these even when there is none for others. */
  troubled(pair: EarPair, atUs: number): PairStrip | null {
    const strips = this.of(pair.channelId);
    const present = strips.get(`${pair.listener.userId}>${pair.talker.userId}`);
    if (present) return present;
    if (strips.size >= 2 * WATCHED_PER_CHANNEL || this.watched >= 2 * WATCHED_MAX) return null;
    const strip = this.make(strips, pair.listener.userId, pair.talker.userId);
    strip.cells.fill(HearingState.unwatched, 0, Math.min(CELLS, Math.floor(atUs / this.cellUs)));
    return strip;
  }

  private make(strips: Map<string, PairStrip>, listener: string, talker: string): PairStrip {
    const strip = new PairStrip(listener, talker, this.cellUs, ...this.room());
    strips.set(`${listener}>${talker}`, strip);
    this.watched++;
    return strip;
  }

  /** Many strips share a block: each one of its own would keep the garbage collector busy. */
  private room(): [block: Uint8Array, start: number] {
    if (this.usedBytes === this.block.length) {
      this.block = new Uint8Array(CELLS * Math.min(BUFFER_STRIPS, Math.max(8, this.watched)));
      this.usedBytes = 0;
    }
    const start = this.usedBytes;
    this.usedBytes += CELLS;
    return [this.block, start];
  }

  private of(channelId: number): Map<string, PairStrip> {
    let strips = this.channels.get(channelId);
    if (strips === undefined) {
      strips = new Map();
      this.channels.set(channelId, strips);
    }
    return strips;
  }
}
