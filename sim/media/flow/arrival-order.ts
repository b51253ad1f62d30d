/** Packets of several streams in the order in which they come to a link. Used again and again. */
export class ArrivalOrder {
  size = 0;
  private times = new Float64Array(1_024);
  private sources = new Int32Array(1_024);
  private frames = new Int32Array(1_024);
  private places = new Uint32Array(1_024);
  private readonly earlier = (one: number, other: number): number =>
    this.times[one]! - this.times[other]! || one - other;

  clear(): void {
    this.size = 0;
  }

  /** @param source whose packet it is */
  add(timeUs: number, source: number, frame: number): void {
    const { size } = this;
    if (size === this.times.length) this.grow();
    this.times[size] = timeUs;
    this.sources[size] = source;
    this.frames[size] = frame;
    this.places[size] = size;
    this.size++;
  }

  /** Those of the same time stay in the order in which they were added. */
  sort(): void {
    this.places.subarray(0, this.size).sort(this.earlier);
  }

  /** @param place in the order */
  timeAt(place: number): number {
    return this.times[this.places[place]!]!;
  }

  sourceAt(place: number): number {
    return this.sources[this.places[place]!]!;
  }

  frameAt(place: number): number {
    return this.frames[this.places[place]!]!;
  }

  private grow(): void {
    const length = 2 * this.times.length;
    this.times = grown(this.times, new Float64Array(length));
    this.sources = grown(this.sources, new Int32Array(length));
    this.frames = grown(this.frames, new Int32Array(length));
    this.places = grown(this.places, new Uint32Array(length));
  }
}

function grown<T extends Float64Array | Int32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
