import type { ChoiceStream } from '../../kernel/index.js';
import type { FlowSeat } from './flow-seat.js';
import type { FlowStream } from './flow-stream.js';
import type { SfuTransport } from './sfu-transport.js';

/** What becomes of the report of an interval. It is drawn when somebody asks: mostly nobody does, because it would change nothing. */
export const Fate = { unknown: 0, arrives: 1, lost: 2 } as const;

/** Whether reports arrive. All that one says is in one datagram, so its parts arrive together or not at all. */
export class ReportDelivery {
  /** @param stream of the channel's reports */
  constructor(private readonly stream: ChoiceStream) {}

  /** A listener's report on the copies that a talker sends to it. */
  toPeer(copy: FlowStream, listener: FlowSeat, talker: FlowSeat, atUs: number): boolean {
    if (copy.fate === Fate.unknown)
      copy.fate = this.draw(1 - (1 - leaving(listener, atUs)) * (1 - coming(talker, atUs)));
    return copy.fate === Fate.arrives;
  }

  /** A client's report on what its node sends. */
  toNode(transport: SfuTransport, seat: FlowSeat, atUs: number): boolean {
    if (transport.downFate === Fate.unknown) transport.downFate = this.draw(leaving(seat, atUs));
    return transport.downFate === Fate.arrives;
  }

  /** A node's report on what a client sends. */
  toClient(transport: SfuTransport, seat: FlowSeat, atUs: number): boolean {
    if (transport.upFate === Fate.unknown) transport.upFate = this.draw(coming(seat, atUs));
    return transport.upFate === Fate.arrives;
  }

  private draw(lossShare: number): number {
    return this.stream.chance(lossShare) ? Fate.lost : Fate.arrives;
  }
}

/** Share of reports that a seat's uplink loses. */
function leaving({ up, endpoint }: FlowSeat, atUs: number): number {
  return up.reportLossAt(endpoint.up, atUs);
}

/** Share of reports that its downlink loses. */
function coming({ down, downLink }: FlowSeat, atUs: number): number {
  return down.reportLossAt(downLink, atUs);
}
