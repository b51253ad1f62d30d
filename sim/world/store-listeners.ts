import type { StoreCommand } from '../oracles/index.js';

type Listener = (command: StoreCommand) => void;

/**
 * Who hears of commands of the store, in the order of listening. Most commands write nothing, and most oracles look at a few families of keys only:
 * which of them a command has written is found out once for all.
 */
export class StoreListeners {
  private readonly all: { readonly listener: Listener; readonly families: number }[] = [];
  /** Family -> its bit. */
  private readonly bits = new Map<string, number>();
  private everyCommand = false;
  /** Families that the command has written. */
  private written = 0;

  /**
   * @param families null: of every command
   * @returns how many listen now
   */
  add(listener: Listener, families: readonly string[] | null): number {
    if (families === null) this.everyCommand = true;
    return this.all.push({ listener, families: families === null ? EVERY : this.maskOf(families) });
  }

  /** Whether anybody is to be told of a command that has written these keys. Call before {@link tell}. */
  wants(writes: readonly string[]): boolean {
    this.written = 0;
    for (const key of writes) {
      const end = key.indexOf(':');
      if (end >= 0) this.written |= this.bits.get(key.slice(0, end)) ?? 0;
    }
    return this.everyCommand || this.written !== 0;
  }

  tell(command: StoreCommand): void {
    const { written } = this;
    for (const { listener, families } of this.all)
      if (families === EVERY || (families & written) !== 0) listener(command);
  }

  private maskOf(families: readonly string[]): number {
    let mask = 0;
    for (const family of families) {
      const bit = this.bits.get(family) ?? 1 << this.bits.size;
      this.bits.set(family, bit);
      mask |= bit;
    }
    return mask;
  }
}

/** All bits: there are never as many families. */
const EVERY = -1;
