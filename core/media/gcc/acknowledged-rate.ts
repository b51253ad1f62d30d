const WINDOW_MS = 500;
/** A rate is not taken from less: two packets close together say nothing about a link. */
const SPAN_MIN_MS = 250;
const PACKETS_MIN = 5;
/** Nothing arriving for this long is a pause of the sender, as in silence (DTX: a packet in 400 ms), or an outage; this far back, a clock that was set. */
const GAP_MS = 200;

/**
 * Rate at which packets arrived, by transport-wide feedback, over the last 500 ms of arrivals, without gaps: in silence it stays what it was, since
 * silence says nothing about the path, and an outage says nothing about the rate before and after it.
 */
export class AcknowledgedRate {
  /** Rate of arrival in kbit/s, null before there is one. A queue that drains makes it higher than what is sent. */
  arrivedKbps: number | null = null;
  /** The lower of the rates of sending and of arrival: what has been shown to get through, at the rate it was sent. */
  deliveredKbps: number | null = null;
  protected sent: number[] = [];
  protected arrived: number[] = [];
  protected sizes: number[] = [];
  protected head = 0;
  protected bytes = 0;

  /** A packet that arrived. */
  add(sentMs: number, arrivedMs: number, bytes: number): void {
    if (Math.abs(arrivedMs - (this.arrived.at(-1) ?? arrivedMs)) > GAP_MS) this.forget();
    this.sent.push(sentMs);
    this.arrived.push(arrivedMs);
    this.sizes.push(bytes);
    this.bytes += bytes;
  }

  /** To be called when all packets of a feedback have been added. */
  update(): void {
    const last = this.arrived.length - 1;
    while (this.head < last && this.arrived[last]! - this.arrived[this.head]! > WINDOW_MS)
      this.bytes -= this.sizes[this.head++]!;
    if (this.head > last / 2) this.compact();
    this.measure();
  }

  protected measure(): void {
    const { head } = this;
    const last = this.arrived.length - 1;
    const arrivalSpanMs = this.arrived[last]! - this.arrived[head]!;
    if (last - head + 1 < PACKETS_MIN || !(arrivalSpanMs >= SPAN_MIN_MS)) return;
    // the first packet only marks the beginning
    const bits = (this.bytes - this.sizes[head]!) * 8;
    const sendSpanMs = this.sent[last]! - this.sent[head]!;
    this.arrivedKbps = bits / arrivalSpanMs;
    this.deliveredKbps = bits / Math.max(arrivalSpanMs, sendSpanMs);
  }

  protected forget(): void {
    this.sent = [];
    this.arrived = [];
    this.sizes = [];
    this.head = this.bytes = 0;
  }

  protected compact(): void {
    this.sent = this.sent.slice(this.head);
    this.arrived = this.arrived.slice(this.head);
    this.sizes = this.sizes.slice(this.head);
    this.head = 0;
  }
}
