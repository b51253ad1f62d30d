/** A share of loss counts when it is based on so many packets; as in the packet fidelity. */
export const ENOUGH_PACKETS = 20;

/** Packets of one transport, and how many of them were lost, since the last report that counted. */
export class LossCount {
  private sent = 0;
  private lost = 0;
  /** As of the last report that has arrived. */
  private knownSent = 0;
  private knownLost = 0;

  /** Both may be expectations. */
  add(sent: number, lost: number): void {
    this.sent += sent;
    this.lost += lost;
  }

  /** Packets have been sent since the last report, and none of them has arrived: there is none. */
  get nothingCame(): boolean {
    const sent = this.sent - this.knownSent;
    return sent > 0 && this.lost - this.knownLost >= sent;
  }

  /** A report has arrived: what has been added so far is known. */
  know(): void {
    this.knownSent = this.sent;
    this.knownLost = this.lost;
  }

  /** A report is lost, and nobody else tells what it would have told. */
  forget(): void {
    this.sent = this.knownSent;
    this.lost = this.knownLost;
  }

  get enough(): boolean {
    return this.sent >= ENOUGH_PACKETS;
  }

  /** Share lost; begins anew. Only when {@link enough}. */
  take(): number {
    const share = this.lost / this.sent;
    this.sent = this.lost = this.knownSent = this.knownLost = 0;
    return share;
  }
}
