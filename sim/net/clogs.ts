import type { Host } from '../hosts/index.js';

interface Clog {
  /** null: any sender, or any receiver. */
  readonly from: Host | null;
  readonly to: Host | null;
  readonly untilUs: number;
}

/** Routes on which packets are held until a given time. They are few. */
export class Clogs {
  private list: Clog[] = [];

  get count(): number {
    return this.list.length;
  }

  add(from: Host | null, to: Host | null, untilUs: number): void {
    this.list.push({ from, to, untilUs });
  }

  /** Forgets those that have ended. */
  expire(nowUs: number): void {
    this.list = this.list.filter((clog) => clog.untilUs > nowUs);
  }

  /** When a packet sent now gets on its way, in microseconds. */
  departureUs(from: Host, to: Host, nowUs: number): number {
    let untilUs = nowUs;
    if (from === to) return nowUs;
    for (const clog of this.list) {
      if ((clog.from === null || clog.from === from) && (clog.to === null || clog.to === to)) {
        untilUs = Math.max(untilUs, clog.untilUs);
      }
    }
    return untilUs;
  }
}
