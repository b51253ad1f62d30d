/** A share of loss counts when it is based on so many packets; as in the packet fidelity. */
export const ENOUGH_PACKETS = 20;

/** Packets of one transport, and how many of them were lost, since the last report that counted. */
export class LossCount {
  private sent = 0;
  private lost = 0;

  /** Both may be expectations. */
  add(sent: number, lost: number): void {
    this.sent += sent;
    this.lost += lost;
  }

  get enough(): boolean {
    return this.sent >= ENOUGH_PACKETS;
  }

  /** Share lost; begins anew. Only when {@link enough}. */
  take(): number {
    const share = this.lost / this.sent;
    this.sent = this.lost = 0;
    return share;
  }
}
