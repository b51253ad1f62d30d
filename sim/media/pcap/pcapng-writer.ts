import { DeadairError } from '../../errors.js';
import type { CaptureSink } from './capture-sink.js';
import { type CapturedProtocol, LINKTYPE_UPPER_PDU, TAGS_BYTES, writeTags } from './exported-pdu.js';
import type { Endpoint } from './host-endpoints.js';

/** A packet on a simulated link. */
export interface CapturedPacket {
  /** As {@link PcapngWriter.addInterface} has answered. */
  readonly interfaceId: number;
  /** Virtual time, in microseconds. */
  readonly atUs: number;
  readonly protocol: CapturedProtocol;
  readonly bytes: Uint8Array;
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** What became of it, e.g. `lost: burst`, and which fault was active. */
  readonly comment?: string;
}

const BlockType = { section: 0x0a0d_0d0a, interface: 1, enhancedPacket: 6 } as const;
const Option = {
  end: 0,
  comment: 1,
  interfaceName: 2,
  interfaceDescription: 3,
  userApplication: 4,
  resolution: 9,
} as const;
const BYTE_ORDER = 0x1a2b_3c4d;
/** Timestamps are in 10^-6 s. */
const MICROSECONDS = 6;
const NO_LENGTH = 0xffff_ffff;
/** Type, length, and length again. */
const FRAME_BYTES = 12;
const PACKET_FIELDS_BYTES = 20;
const OPTION_BYTES = 4;
const TEXT_BYTES_MAX = 0x3fff;
const DATAGRAM_BYTES_MAX = 0xffff;
/** More than the longest block has. */
const BUFFER_BYTES = 1 << 17;

/**
 * Writes a capture as pcapng (draft-ietf-opsawg-pcapng, section 4) that Wireshark decodes as RTP and RTCP without settings. Each direction of a
 * link is an interface; the time of a packet since 1970 is its virtual time. The same calls make the same bytes.
 *
 * All methods throw DeadairError `output.unwritable` when the sink does not take the bytes, and from then on: the capture is then incomplete.
 */
export class PcapngWriter {
  private readonly buffer = Buffer.alloc(BUFFER_BYTES);
  private readonly view = new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.byteLength);
  private filled = 0;
  private interfaces = 0;
  private state: 'open' | 'finished' | 'broken' = 'open';

  constructor(private readonly sink: CaptureSink) {
    const application = Buffer.from('deadair');
    const length = FRAME_BYTES + 16 + optionBytes(application) + OPTION_BYTES;
    const at = this.begin(BlockType.section, length);
    this.view.setUint32(at, BYTE_ORDER, true);
    this.view.setUint16(at + 4, 1, true);
    this.view.setUint16(at + 6, 0, true);
    this.view.setUint32(at + 8, NO_LENGTH, true);
    this.view.setUint32(at + 12, NO_LENGTH, true);
    this.option(at + 16, Option.userApplication, application);
    this.end(length);
  }

  /**
   * Adds one direction of a link. @returns its id, from 0
   * @param name e.g. `alice up`
   * @param description e.g. its profile
   */
  addInterface(name: string, description: string): number {
    const [nameBytes, descriptionBytes, resolution] = [text(name), text(description), Buffer.of(MICROSECONDS)];
    const options = optionBytes(nameBytes) + optionBytes(descriptionBytes) + optionBytes(resolution) + OPTION_BYTES;
    const length = FRAME_BYTES + 8 + options;
    let at = this.begin(BlockType.interface, length);
    this.view.setUint32(at, LINKTYPE_UPPER_PDU, true);
    this.view.setUint32(at + 4, 0, true);
    at = this.option(at + 8, Option.interfaceName, nameBytes);
    at = this.option(at, Option.interfaceDescription, descriptionBytes);
    this.option(at, Option.resolution, resolution);
    this.end(length);
    return this.interfaces++;
  }

  packet(packet: CapturedPacket): void {
    const { interfaceId, atUs, bytes, comment } = packet;
    if (interfaceId < 0 || interfaceId >= this.interfaces) {
      throw new DeadairError(
        'pcap.interface',
        `interface ${interfaceId} of the packet capture does not exist; add it first`,
      );
    }
    if (bytes.length > DATAGRAM_BYTES_MAX) {
      throw new DeadairError(
        'pcap.packet',
        `a packet of ${bytes.length} bytes; a datagram has at most ${DATAGRAM_BYTES_MAX}`,
      );
    }
    const commentBytes = comment === undefined ? null : text(comment);
    const dataBytes = TAGS_BYTES + bytes.length;
    const options = commentBytes ? optionBytes(commentBytes) + OPTION_BYTES : 0;
    const length = FRAME_BYTES + PACKET_FIELDS_BYTES + padded(dataBytes) + options;
    const at = this.begin(BlockType.enhancedPacket, length);
    const timeUs = Math.floor(atUs);
    this.view.setUint32(at, interfaceId, true);
    this.view.setUint32(at + 4, Math.floor(timeUs / 0x1_0000_0000), true);
    this.view.setUint32(at + 8, timeUs >>> 0, true);
    this.view.setUint32(at + 12, dataBytes, true);
    this.view.setUint32(at + 16, dataBytes, true);
    const data = at + PACKET_FIELDS_BYTES;
    writeTags(this.view, data, packet.protocol, packet.from, packet.to);
    this.buffer.set(bytes, data + TAGS_BYTES);
    this.buffer.fill(0, data + dataBytes, data + padded(dataBytes));
    if (commentBytes) this.option(data + padded(dataBytes), Option.comment, commentBytes);
    this.end(length);
  }

  /** The capture is complete: hands the rest to the sink. */
  finish(): void {
    if (this.state === 'finished') return;
    this.flush();
    this.state = 'finished';
  }

  /** Begins a block. @returns where its body begins */
  private begin(type: number, length: number): number {
    if (this.state === 'finished') throw unwritable('it is finished');
    if (this.state === 'broken' || this.filled + length > BUFFER_BYTES) this.flush();
    this.view.setUint32(this.filled, type, true);
    this.view.setUint32(this.filled + 4, length, true);
    return this.filled + 8;
  }

  private end(length: number): void {
    this.view.setUint32(this.filled + length - 4, length, true);
    this.filled += length;
  }

  /** Writes an option, and the end of options behind it. @returns where the next one goes: over that end */
  private option(at: number, code: number, value: Uint8Array): number {
    this.view.setUint16(at, code, true);
    this.view.setUint16(at + 2, value.length, true);
    this.buffer.set(value, at + OPTION_BYTES);
    const next = at + OPTION_BYTES + padded(value.length);
    this.buffer.fill(0, at + OPTION_BYTES + value.length, next);
    this.view.setUint32(next, Option.end, true);
    return next;
  }

  private flush(): void {
    if (this.state === 'broken') throw unwritable('an earlier write has failed');
    if (this.filled === 0) return;
    try {
      this.sink.write(this.buffer.subarray(0, this.filled));
    } catch (error) {
      this.state = 'broken';
      throw error instanceof DeadairError ? error : unwritable(reason(error));
    }
    this.filled = 0;
  }
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function optionBytes(value: Uint8Array): number {
  return OPTION_BYTES + padded(value.length);
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  if (bytes.length > TEXT_BYTES_MAX) {
    throw new DeadairError(
      'pcap.text',
      `a name or comment of ${bytes.length} bytes; a packet capture takes ${TEXT_BYTES_MAX}`,
    );
  }
  return bytes;
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message ?? String(error);
}

function unwritable(why: string): DeadairError {
  return new DeadairError(
    'output.unwritable',
    `the packet capture cannot be written (${why}); make room or choose another path`,
  );
}
