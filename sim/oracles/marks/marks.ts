import { DeadairError, ExitCode } from '../../errors.js';
import { type Mark, type MarkId, markCatalogue } from './catalogue.js';

const places = new Map<string, number>(markCatalogue.map(({ id }, place) => [id, place]));

/**
 * Which marks have been reached, in one run or in many: one bit each. Sometimes-assertions: what a hunt never reaches, it has not tested,
 * however many schedules it has run.
 */
export class Marks {
  /** Bits in the order of the catalogue; may be sent to another thread. */
  readonly words: Uint32Array;

  /** @throws DeadairError when `words` are not those of this catalogue */
  constructor(words?: Uint32Array) {
    const count = Math.ceil(markCatalogue.length / 32);
    if (words !== undefined && words.length !== count) {
      throw new DeadairError(
        'marks.foreign',
        `these marks have ${words.length} words, the catalogue has ${count}: they come from another version, hunt again`,
        ExitCode.notComparable,
      );
    }
    this.words = words ? words.slice() : new Uint32Array(count);
  }

  reach(id: MarkId): void {
    const place = places.get(id)!;
    this.words[place >>> 5]! |= 1 << (place & 31);
  }

  has(id: MarkId): boolean {
    const place = places.get(id)!;
    return ((this.words[place >>> 5]! >>> (place & 31)) & 1) === 1;
  }

  /** Ids of those reached, in the order of the catalogue. */
  get reached(): ReadonlySet<MarkId> {
    return new Set(markCatalogue.filter(({ id }) => this.has(id)).map(({ id }) => id));
  }

  /** Those never reached, in the order of the catalogue. */
  get missed(): readonly Mark[] {
    return markCatalogue.filter(({ id }) => !this.has(id));
  }

  /** Adds what was reached elsewhere. Returns whether anything was new. */
  merge(other: Marks): boolean {
    let news = 0;
    other.words.forEach((word, index) => {
      news |= word & ~this.words[index]!;
      this.words[index]! |= word;
    });
    return news !== 0;
  }
}
