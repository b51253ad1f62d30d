import type { RtpExtensionName } from '../../media/rtp-extensions.js';

/** One encoding of a simulcast (RFC 8851, RFC 8853). */
export interface VoiceEncoding {
  /** Its name: 1 to 16 letters and digits. */
  readonly rid: string;
  /** In bit/s; null: not restricted. */
  readonly maxBitrate: number | null;
}

/** What a decoder wishes for (RFC 7587, section 6.1). */
export interface OpusParameters {
  /** In bit/s; null: not restricted. */
  readonly maxAverageBitrate: number | null;
  readonly useInbandFec: boolean;
  readonly useDtx: boolean;
}

/** Feedback on the whole transport that both sides understand. */
export type VoiceFeedback = 'transport-cc' | 'goog-remb';
export const VOICE_FEEDBACK: readonly VoiceFeedback[] = ['transport-cc', 'goog-remb'];

/** Where ICE and DTLS begin. */
export interface TransportCredentials {
  readonly iceUsernameFragment: string;
  readonly icePassword: string;
  readonly fingerprint: { readonly algorithm: string; readonly value: string };
}

/** An offer or an answer: one m-line of Opus. */
export interface VoiceDescription {
  /** Of the `o=` line. */
  readonly sessionId: string;
  readonly mid: string;
  /** Of Opus, 96..127. */
  readonly payloadType: number;
  readonly opus: OpusParameters;
  /** Best first; empty: no simulcast, one encoding without a name. */
  readonly encodings: readonly VoiceEncoding[];
  /** Ids of the header extensions, 1..14. */
  readonly extensions: Readonly<Partial<Record<RtpExtensionName, number>>>;
  readonly feedback: readonly VoiceFeedback[];
  readonly transport: TransportCredentials;
}
