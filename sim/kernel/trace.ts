import { mix32 } from './mix32.js';
import { hashText } from './text-hash.js';
import type { TraceEntry, TraceSink } from './trace-sink.js';

/** Records between two checkpoints of the hash. */
export const CHECKPOINT_RECORDS = 1024;

const RING_RECORDS = 512;
const RING_MASK = RING_RECORDS - 1;
const RING_FIELDS = 6;
/** Room for as many at first: small worlds are built by the thousand and end before they have more. */
const FIRST_RING_RECORDS = 128;

/** Marks what follows in the hashed words, so that the number 1 and the text "1" differ. */
const Tag = { integer: 0x11, real: 0x22, text: 0x33, record: 0x44, message: 0x55 } as const;

type RingRecord = [
  atUs: number,
  host: string,
  to: string | undefined,
  kind: string,
  key: string | number,
  detail: unknown,
];

const textWords = new Int32Array(2);
const realBits = new DataView(new ArrayBuffer(8));

/** A host whose name the trace knows by number: that saves two look-ups in a large table for each message. */
export interface NamedHost {
  readonly id: string;
  /** What {@link Trace.nameNumber} answers for `id`. */
  readonly traceNumber: number;
}

/**
 * What happened in a world, as a rolling 64-bit hash: equal hashes mean equal histories. Keeps a checkpoint every
 * {@link CHECKPOINT_RECORDS} records (to find where two histories part) and the last 512 records (to show what led to
 * a failure).
 *
 * Two lanes of 32 bits, each a multiply-xor step per word as in MurmurHash3 (Appleby) with constants of its own. Meant against
 * accidents, not against an adversary.
 */
export class Trace {
  /** The two lanes, low and high. A typed array holds words unboxed, fields do not. */
  private readonly lanes = Int32Array.of(0x2545f491, 0x6c078965);
  private count = 0;
  /** Two words for each checkpoint. Few worlds that race hunting builds live to see one. */
  private readonly checkpointWords: number[] = [];

  /** The two words of each host and kind name, so that a text is hashed once and not once a record. */
  private readonly nameIds = new Map<string, number>();
  private readonly nameWords: number[] = [];

  /** Time, host, receiver, kind, key and detail of the last records, side by side: one line of the processor's cache for each. */
  private ring: unknown[] = new Array(FIRST_RING_RECORDS * RING_FIELDS);

  private readonly sink: TraceSink | null;
  private readonly sinkFrom: number;
  private readonly sinkTo: number;

  /** @param clock tells the virtual time of a record, in integer microseconds */
  constructor(
    private readonly clock: { readonly nowUs: number },
    sink?: TraceSink,
  ) {
    this.sink = sink ?? null;
    this.sinkFrom = sink?.fromRecord ?? 0;
    this.sinkTo = sink === undefined ? 0 : (sink.toRecord ?? Number.POSITIVE_INFINITY);
  }

  /**
   * Something happened at a host.
   * @param kind one of few names, e.g. `migration.commit`
   * @param key what tells this record from others of the kind; enters the hash
   * @param detail for ring and sink only; must not be changed afterwards
   */
  record(host: string, kind: string, key: string | number, detail?: unknown): void {
    this.mixHead(Tag.record, host, kind);
    this.mixKey(key);
    this.keep(host, undefined, kind, key, detail);
  }

  /** A host sends something to another: a record with a receiver, an arrow in a sequence diagram. */
  message(from: string, to: string, kind: string, key: string | number, detail?: unknown): void {
    this.mixHead(Tag.message, from, kind);
    this.mixName(to);
    this.mixKey(key);
    this.keep(from, to, kind, key, detail);
  }

  /** The same as {@link message}, for hosts that keep their number. */
  messageBetween(from: NamedHost, to: NamedHost, kind: string, key: string | number): void {
    this.mixTime(Tag.message);
    this.mixNumber(from.traceNumber);
    this.mixName(kind);
    this.mixNumber(to.traceNumber);
    this.mixKey(key);
    this.keep(from.id, to.id, kind, key, undefined);
  }

  /** Number of a name in this trace, for {@link messageBetween}. */
  nameNumber(name: string): number {
    return this.nameIds.get(name) ?? this.internName(name);
  }

  /** Hash of everything recorded so far: 16 hexadecimal digits. */
  get hash(): string {
    return hexadecimal(mix32(this.lanes[1]! ^ this.count), mix32(this.lanes[0]! + this.count));
  }

  /** Number of records so far. */
  get recordCount(): number {
    return this.count;
  }

  /** The hashes after record 1024, 2048, ... */
  get checkpoints(): string[] {
    const checkpoints: string[] = [];
    for (let index = 0; index < Math.floor(this.count / CHECKPOINT_RECORDS); index++) {
      checkpoints.push(hexadecimal(this.checkpointWords[index * 2]!, this.checkpointWords[index * 2 + 1]!));
    }
    return checkpoints;
  }

  /** The last `n` records (512 at most), oldest first. */
  recent(n: number): TraceEntry[] {
    const entries: TraceEntry[] = [];
    for (let index = Math.max(0, this.count - Math.min(n, RING_RECORDS)); index < this.count; index++) {
      const place = (index & RING_MASK) * RING_FIELDS;
      const [atUs, host, to, kind, key, detail] = this.ring.slice(place, place + RING_FIELDS) as RingRecord;
      entries.push(traceEntry(atUs, host, to, kind, key, detail));
    }
    return entries;
  }

  private keep(host: string, to: string | undefined, kind: string, key: string | number, detail: unknown): void {
    const timeUs = this.clock.nowUs;
    const index = this.count++;
    if (index === FIRST_RING_RECORDS) this.growRing();
    const place = (index & RING_MASK) * RING_FIELDS;
    const { ring } = this;
    ring[place] = timeUs;
    ring[place + 1] = host;
    ring[place + 2] = to;
    ring[place + 3] = kind;
    ring[place + 4] = key;
    ring[place + 5] = detail;
    if (this.count % CHECKPOINT_RECORDS === 0) this.checkpoint();
    if (index < this.sinkTo && index >= this.sinkFrom) {
      this.sink!.write(traceEntry(timeUs, host, to, kind, key, detail));
    }
  }

  private growRing(): void {
    const small = this.ring;
    this.ring = new Array(RING_RECORDS * RING_FIELDS);
    for (let i = 0; i < small.length; i++) this.ring[i] = small[i];
  }

  private checkpoint(): void {
    this.checkpointWords.push(mix32(this.lanes[1]! ^ this.count), mix32(this.lanes[0]! + this.count));
  }

  private mixHead(tag: number, host: string, kind: string): void {
    this.mixTime(tag);
    this.mixName(host);
    this.mixName(kind);
  }

  private mixTime(tag: number): void {
    const timeUs = this.clock.nowUs;
    this.mixWord(timeUs | 0);
    this.mixWord(Math.floor(timeUs / 0x1_0000_0000) ^ (tag << 24));
  }

  private mixKey(key: string | number): void {
    if (typeof key === 'string') {
      this.mixText(key);
    } else if ((key | 0) === key) {
      this.mixWord(key);
      this.mixWord(Tag.integer);
    } else {
      realBits.setFloat64(0, key);
      this.mixWord(realBits.getInt32(0));
      this.mixWord(realBits.getInt32(4));
      this.mixWord(Tag.real);
    }
  }

  private mixText(text: string): void {
    textWords[0] = Tag.text;
    textWords[1] = ~Tag.text;
    hashText(text, textWords);
    this.mixWords(textWords[0]!, textWords[1]!);
  }

  private mixName(name: string): void {
    this.mixNumber(this.nameNumber(name));
  }

  private mixNumber(id: number): void {
    this.mixWords(this.nameWords[id]!, this.nameWords[id + 1]!);
  }

  private mixWord(word: number): void {
    this.mixWords(word, word);
  }

  private mixWords(lowWord: number, highWord: number): void {
    const { lanes } = this;
    const low = Math.imul(lanes[0]! ^ lowWord, 0xcc9e2d51);
    lanes[0] = ((low << 15) | (low >>> 17)) + 0xe6546b64;
    const high = Math.imul(lanes[1]! ^ highWord, 0x1b873593);
    lanes[1] = ((high << 13) | (high >>> 19)) + 0x38b34ae5;
  }

  private internName(name: string): number {
    const id = this.nameWords.length;
    textWords.fill(0);
    hashText(name, textWords);
    this.nameWords.push(textWords[0]!, textWords[1]!);
    this.nameIds.set(name, id);
    return id;
  }
}

function traceEntry(
  atUs: number,
  host: string,
  to: string | undefined,
  kind: string,
  key: string | number,
  detail: unknown,
): TraceEntry {
  return {
    atUs,
    host,
    ...(to === undefined ? {} : { to }),
    kind,
    key,
    ...(detail === undefined ? {} : { detail }),
  };
}

function hexadecimal(high: number, low: number): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
