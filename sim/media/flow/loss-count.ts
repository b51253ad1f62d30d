/** Packets, and how many of them were lost, since the last report. */
export class LossCount {
  private sent = 0;
  private lost = 0;

  add(sent: number, lost: number): void {
    this.sent += sent;
    this.lost += lost;
  }

  /** Nothing was sent. */
  get empty(): boolean {
    return this.sent === 0;
  }

  /** Share lost, 0 when nothing was sent; begins anew. */
  take(): number {
    const share = this.sent > 0 ? this.lost / this.sent : 0;
    this.sent = this.lost = 0;
    return share;
  }
}
