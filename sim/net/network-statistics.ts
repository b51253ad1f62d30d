/** Why something never reached its receiver. */
export type DropCause = 'loss' | 'queue' | 'partition' | 'host-down' | 'connection' | 'timeout';

/** Counters of one kind of traffic. At any moment sent + duplicated = delivered + dropped + inFlight. */
export class TrafficStatistics {
  /** Handed in by senders. */
  sent = 0;
  /** Copies made on the way. */
  duplicated = 0;
  /** Handed to a running receiver. */
  delivered = 0;
  /** On the way, or waiting for a paused receiver. */
  inFlight = 0;
  /** Transmissions beyond the first (connections only). */
  retransmissions = 0;
  /** Bytes handed in by senders. */
  sentBytes = 0;
  /** What did not arrive, by cause. */
  readonly dropped: Record<DropCause, number> = {
    loss: 0,
    queue: 0,
    partition: 0,
    'host-down': 0,
    connection: 0,
    timeout: 0,
  };

  /** Sum over all causes. */
  get droppedTotal(): number {
    let total = 0;
    for (const count of Object.values(this.dropped)) total += count;
    return total;
  }

  /** 0 when nothing was lost track of. */
  get imbalance(): number {
    return this.sent + this.duplicated - this.delivered - this.droppedTotal - this.inFlight;
  }
}

/** Counters of a network. */
export class NetworkStatistics {
  /** Datagrams: every one counts when it is sent. */
  readonly datagrams = new TrafficStatistics();
  /** Packets of voice and their RTCP. `host-down`: the receiver was down or paused. */
  readonly media = new TrafficStatistics();
  /** Messages on connections. Causes of drops: `host-down` (the sender or receiver crashed), `connection` (closed by the other side), `timeout`. */
  readonly messages = new TrafficStatistics();
  /** Connections that opened, on the side that asked. */
  connectionsOpened = 0;
  /** Connects that ended as refused or timed out. */
  connectsFailed = 0;
}
