/** A list that is filled again and again without giving back its room. What it held before is out of sight, not gone. */
export class Refill<T> {
  size = 0;
  private readonly items: T[] = [];

  clear(): void {
    this.size = 0;
  }

  /** @returns the index */
  push(item: T): number {
    this.items[this.size] = item;
    return this.size++;
  }

  /** What was in the next place before, taken in again as it is; undefined: that place is new. */
  reuse(): T | undefined {
    return this.size < this.items.length ? this.items[this.size++] : undefined;
  }

  /** @param index below `size` */
  at(index: number): T {
    return this.items[index] as T;
  }
}
