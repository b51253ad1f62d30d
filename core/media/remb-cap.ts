/** A cap that has not been said again for this long no longer holds: receivers repeat it every second. */
const RENEWED_WITHIN_MS = 10_000;

/** What the receiver allows at most (REMB, draft-alvestrand-rmcat-remb-03). */
export class RembCap {
  protected limitKbps = Infinity;
  protected saidAtMs = 0;

  /** Takes note of a REMB. Zero or nonsense lifts the cap, as in libwebrtc: no receiver means that nothing may be sent. */
  onRemb(atMs: number, kbps: number): void {
    this.limitKbps = kbps > 0 ? kbps : Infinity;
    this.saidAtMs = atMs;
  }

  /** The cap in kbit/s, Infinity if there is none. */
  capAt(atMs: number): number {
    return atMs - this.saidAtMs > RENEWED_WITHIN_MS ? Infinity : this.limitKbps;
  }
}
