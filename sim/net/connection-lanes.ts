import { EventLane, type Footprint } from '../kernel/index.js';
import type { ConnectionSide } from './connection-side.js';
import type { Parcel } from './parcel.js';

/** In an explored world: the lanes of what connections bring, named by the hosts and, when they connect again, a number. */
export class ConnectionLanes {
  /** By service: what a message to it does to the keys behind it. */
  readonly touches = new Map<string, (message: unknown) => Footprint>();
  private readonly counts = new Map<string, number>();

  /** The lane of what a side receives. */
  of(side: ConnectionSide): EventLane {
    if (side.eventLane === null) {
      const line = `${side.away.host.id}>${side.home.host.id} ${side.service}`;
      const nth = this.counts.get(line) ?? 0;
      this.counts.set(line, nth + 1);
      const touches = side.isServer ? this.touches.get(side.service) : undefined;
      const expected = (parcel: unknown) => {
        const { kind, message } = parcel as Parcel;
        return kind === 'data' ? touches!(message) : null;
      };
      side.eventLane = new EventLane(
        nth === 0 ? line : `${line}.${nth}`,
        side.home.host.id,
        touches === undefined ? null : expected,
      );
    }
    return side.eventLane;
  }
}
