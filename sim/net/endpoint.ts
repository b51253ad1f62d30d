import type { Host } from '../hosts/index.js';
import type { AccessLink } from './access-link.js';
import type { Connection } from './connection.js';
import type { ConnectionSide } from './connection-side.js';
import type { DatagramPath } from './datagram-path.js';
import type { MediaPath } from './media-path.js';

/** What a network knows about one host. Made when the host first communicates. */
export class Endpoint {
  /** Head of the list of this host's connection sides, latest first. */
  sides: ConnectionSide | null = null;
  /** Listeners by service; a crash clears them. */
  services: Map<string, (connection: Connection) => void> | null = null;
  /** Datagram paths that were used. */
  paths: Map<Endpoint, DatagramPath> | null = null;
  /** Likewise for media. */
  mediaPaths: Map<Endpoint, MediaPath> | null = null;
  /** Messages that have arrived and wait for the resume of this host. */
  waitingMessages = 0;
  /** Datagrams likewise. */
  waitingDatagrams = 0;

  constructor(
    readonly host: Host,
    /** Name of its site; null: a site of its own. */
    public site: string | null,
    public up: AccessLink,
    public down: AccessLink,
  ) {}

  link(side: ConnectionSide): void {
    side.next = this.sides;
    if (this.sides !== null) this.sides.previous = side;
    this.sides = side;
  }

  unlink(side: ConnectionSide): void {
    if (side.previous !== null) side.previous.next = side.next;
    else if (this.sides === side) this.sides = side.next;
    if (side.next !== null) side.next.previous = side.previous;
    side.previous = null;
    side.next = null;
  }
}
