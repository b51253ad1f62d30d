import type { Host } from '../hosts/index.js';

/** Identity of a partition; `heal` takes it. */
export type PartitionId = number;

/** Which way a partition cuts. */
export type PartitionWay = 'both' | 'a-to-b';

interface Partition {
  readonly id: PartitionId;
  readonly a: Set<Host>;
  /** null: everybody who is not in `a`. */
  readonly b: Set<Host> | null;
  readonly way: PartitionWay;
}

/** The partitions in force. They are few; hosts are many. */
export class Partitions {
  private readonly list: Partition[] = [];
  private nextId = 1;

  get count(): number {
    return this.list.length;
  }

  /** @param b null for everybody who is not in `a` */
  add(a: readonly Host[], b: readonly Host[] | null, way: PartitionWay): PartitionId {
    const id = this.nextId++;
    this.list.push({ id, a: new Set(a), b: b === null ? null : new Set(b), way });
    return id;
  }

  /** Puts one more host on a side of a partition, if that is in force. */
  enlarge(id: PartitionId, side: 'a' | 'b', host: Host): void {
    this.list.find((each) => each.id === id)?.[side]?.add(host);
  }

  /** Ends one partition, or all of them. Returns false when there was none. */
  remove(id: PartitionId | undefined): boolean {
    if (id === undefined) return this.list.splice(0).length > 0;
    const index = this.list.findIndex((each) => each.id === id);
    if (index < 0) return false;
    this.list.splice(index, 1);
    return true;
  }

  /** True when nothing gets from one host to the other. A host always reaches itself. */
  block(from: Host, to: Host): boolean {
    if (from === to) return false;
    for (const { a, b, way } of this.list) {
      if (a.has(from) && (b === null ? !a.has(to) : b.has(to))) return true;
      if (way === 'both' && a.has(to) && (b === null ? !a.has(from) : b.has(from))) return true;
    }
    return false;
  }
}
