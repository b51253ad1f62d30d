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

export interface ReadPacket {
  readonly interfaceId: number;
  readonly atUs: number;
  readonly comment: string | undefined;
}

/** Interfaces and packets of a capture, read back; a reader of its own, of nothing but what the tests ask for. */
export function readCapture(bytes: Buffer): { interfaces: { name: string }[]; packets: ReadPacket[] } {
  const interfaces: { name: string }[] = [];
  const packets: ReadPacket[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4)) {
    const [type, end] = [bytes.readUInt32LE(at), at + bytes.readUInt32LE(at + 4) - 4];
    if (type === 1) interfaces.push({ name: textOption(bytes, at + 16, end, 2)! });
    if (type !== 6) continue;
    const dataBytes = bytes.readUInt32LE(at + 20);
    packets.push({
      interfaceId: bytes.readUInt32LE(at + 8),
      atUs: bytes.readUInt32LE(at + 12) * 0x1_0000_0000 + bytes.readUInt32LE(at + 16),
      comment: textOption(bytes, at + 28 + ((dataBytes + 3) & ~3), end, 1),
    });
  }
  return { interfaces, packets };
}

function textOption(bytes: Buffer, from: number, end: number, wanted: number): string | undefined {
  for (let at = from; at + 4 <= end; ) {
    const [code, length] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
    if (code === wanted) return bytes.toString('utf8', at + 4, at + 4 + length);
    if (code === 0) return undefined;
    at += 4 + ((length + 3) & ~3);
  }
  return undefined;
}
