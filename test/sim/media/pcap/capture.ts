import type { CaptureSink } from '../../../../sim/media/pcap/index.js';

/** A sink that keeps what it is given. */
export class MemorySink implements CaptureSink {
  private readonly chunks: Buffer[] = [];

  write(bytes: Uint8Array): void {
    this.chunks.push(Buffer.from(bytes));
  }

  get writes(): number {
    return this.chunks.length;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}
