import type { RtpExtensions } from '../../../core/media/rtp-extensions.js';
import { DeadairError } from '../../errors.js';
import type { Host } from '../../hosts/index.js';
import type { DropCause, MediaObserver, MediaPacket } from '../../net/index.js';
import { FrameFlag } from '../packet/index.js';
import type { CaptureSink } from './capture-sink.js';
import { HostEndpoints } from './host-endpoints.js';
import { type CapturedPacket, PcapngWriter } from './pcapng-writer.js';
import { voiceBytes } from './voice-bytes.js';

export interface LinkCaptureOptions {
  readonly sink: CaptureSink;
  readonly nowUs: () => number;
  /** The fault that is active now, in words; null: none. */
  readonly fault: () => string | null;
}

const CAUSES: Readonly<Record<DropCause, string>> = {
  loss: 'lost on the link',
  queue: 'lost to a full queue on the link',
  partition: 'lost, nothing gets through',
  'host-down': 'lost, the receiver is down',
  connection: 'lost, the connection is closed',
  timeout: 'lost, the connection has timed out',
};
/** Of RFC 6464, in -dBov: a voice, and silence. */
const VOICE_LEVEL = 30;
const SILENCE_LEVEL = 127;

/**
 * Writes what goes over access links into one capture: all hosts' packets in the order of time, each direction of a link as an interface of its own. A packet
 * that never reaches its host stands on the interface `down` at the time at which it was lost, with a comment that says so.
 *
 * A sink that takes no more ends the capture, never the world: see {@link failure}.
 */
export class LinkCapture {
  /** Packets captured. */
  packets = 0;
  /** Why the capture is incomplete; null while it is not. */
  failure: DeadairError | null = null;
  private readonly endpoints = new HostEndpoints();
  private readonly writer: PcapngWriter;
  /** What was sent last: it may be lost at once, which then becomes its comment. */
  private held: { readonly packet: MediaPacket; readonly captured: CapturedPacket } | null = null;

  constructor(private readonly options: LinkCaptureOptions) {
    this.writer = new PcapngWriter(options.sink);
  }

  /** Captures another link. @returns what has to see its packets @param description e.g. its profile */
  add(host: Host, description: string): MediaObserver {
    let [up, down] = [0, 0];
    this.guard(() => {
      up = this.writer.addInterface(`${host.id} up`, description);
      down = this.writer.addInterface(`${host.id} down`, description);
    });
    return {
      sent: (packet, to) => {
        this.release();
        this.held = { packet, captured: this.captured(packet, up, host, to, null) };
      },
      delivered: (packet, from) => this.write(this.captured(packet, down, from, host, null)),
      dropped: (packet, from, to, cause, on) => {
        if (to === host) this.write(this.captured(packet, down, from, to, lossAt(cause, on === 'uplink')));
        else if (on !== 'downlink' && this.held?.packet === packet)
          this.held = { packet, captured: this.captured(packet, up, from, to, lossAt(cause, false)) };
      },
    };
  }

  /** Hands everything to the sink. */
  finish(): void {
    this.release();
    this.guard(() => this.writer.finish());
  }

  private captured(
    packet: MediaPacket,
    interfaceId: number,
    from: Host,
    to: Host,
    loss: string | null,
  ): CapturedPacket {
    const fault = this.options.fault();
    const remarks = [...(loss === null ? [] : [loss]), ...(fault === null ? [] : [`fault: ${fault}`])];
    return {
      interfaceId,
      atUs: this.options.nowUs(),
      protocol: packet.rtcp === null ? 'rtp' : 'rtcp',
      bytes: packet.rtcp ?? voiceBytes(packet, packet.payloadBytes, extensionsOf(packet)),
      from: this.endpoints.of(from.id),
      to: this.endpoints.of(to.id),
      ...(remarks.length === 0 ? {} : { comment: remarks.join('; ') }),
    };
  }

  private write(packet: CapturedPacket): void {
    this.release();
    this.put(packet);
  }

  private release(): void {
    if (this.held === null) return;
    const { captured } = this.held;
    this.held = null;
    this.put(captured);
  }

  private put(packet: CapturedPacket): void {
    this.packets++;
    this.guard(() => this.writer.packet(packet));
  }

  private guard(write: () => void): void {
    if (this.failure !== null) return;
    try {
      write();
    } catch (error) {
      if (!(error instanceof DeadairError)) throw error;
      this.failure = error;
    }
  }
}

function lossAt(cause: DropCause, before: boolean): string {
  return before ? `${CAUSES[cause]} of its sender` : CAUSES[cause];
}

/** Those of the plan: audio level, absolute send time, transport-wide number; or none. */
function extensionsOf({ transportSequence, sentUs, flags }: MediaPacket): RtpExtensions {
  if (transportSequence < 0) return {};
  const voice = (flags & FrameFlag.spoken) !== 0;
  return {
    audioLevel: { voice, level: voice ? VOICE_LEVEL : SILENCE_LEVEL },
    // 6 bits of seconds, 18 of fraction
    absSendTime: Math.floor(((sentUs % 64e6) * 0x4_0000) / 1e6),
    transportSequenceNumber: transportSequence & 0xffff,
  };
}
