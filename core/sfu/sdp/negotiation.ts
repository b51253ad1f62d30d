import { LAYER_KBPS, LAYER_NAMES } from '../../media/layers.js';
import { RTP_EXTENSION_IDS, type RtpExtensionName } from '../../media/rtp-extensions.js';
import { readDescription } from './read-description.js';
import { SdpError } from './sdp-error.js';
import {
  type OpusParameters,
  type TransportCredentials,
  VOICE_FEEDBACK,
  type VoiceDescription,
  type VoiceEncoding,
} from './voice-description.js';
import { writeDescription } from './write-description.js';

/** The three encodings of a voice: 64, 32 and 16 kbit/s (B6). */
export const SIMULCAST: readonly VoiceEncoding[] = LAYER_NAMES.map((rid) => ({
  rid,
  maxBitrate: LAYER_KBPS[rid] * 1000,
}));

const OPUS: OpusParameters = { maxAverageBitrate: LAYER_KBPS.h * 1000, useInbandFec: true, useDtx: true };
/** Chrome's. */
const OPUS_PAYLOAD_TYPE = 111;

export interface OfferOptions {
  /** Decimal digits, unique for the peer. */
  readonly sessionId: string;
  readonly transport: TransportCredentials;
  /** Default: {@link SIMULCAST}; empty: one encoding without a name. */
  readonly encodings?: readonly VoiceEncoding[];
  /** Default: 64 kbit/s, with FEC and DTX. */
  readonly opus?: OpusParameters;
}

export interface AnswerOptions {
  readonly sessionId: string;
  readonly transport: TransportCredentials;
  /** Names of the encodings to receive; default: all that were offered. */
  readonly accept?: readonly string[];
}

/** An offer to send one voice, in up to three encodings. */
export function makeOffer(options: OfferOptions): string {
  const { sessionId, transport, encodings = SIMULCAST, opus = OPUS } = options;
  return writeDescription(
    {
      sessionId,
      transport,
      encodings,
      opus,
      mid: '0',
      payloadType: OPUS_PAYLOAD_TYPE,
      extensions: RTP_EXTENSION_IDS,
      feedback: VOICE_FEEDBACK,
    },
    'offer',
  );
}

/** @throws SdpError and nothing else */
export function parseOffer(sdp: string): VoiceDescription {
  return readDescription(sdp, 'offer');
}

/**
 * An answer that receives all or some of the encodings offered, best first.
 * @throws SdpError `simulcast`: to be accepted is what was not offered, or nothing of what was
 */
export function makeAnswer(offer: VoiceDescription, options: AnswerOptions): string {
  const { sessionId, transport } = options;
  const accept = options.accept ?? offer.encodings.map(({ rid }) => rid);
  const encodings = offer.encodings.filter(({ rid }) => accept.includes(rid));
  if (encodings.length < accept.length || (encodings.length === 0 && offer.encodings.length > 0)) {
    const offered = offer.encodings.map(({ rid }) => rid).join(', ');
    throw new SdpError('simulcast', `accept one or more of the encodings offered, each once: ${offered || 'none'}`);
  }
  return writeDescription({ ...offer, sessionId, transport, encodings }, 'answer');
}

/**
 * What was agreed on. `encodings` are those to send, best first, each at the lower of the two bit rates; empty: the peer knows no
 * simulcast, send one.
 * @param offer that it answers
 * @throws SdpError and nothing else
 */
export function parseAnswer(sdp: string, offer: VoiceDescription): VoiceDescription {
  const answer = readDescription(sdp, 'answer');
  if (answer.mid !== offer.mid || answer.payloadType !== offer.payloadType) {
    throw new SdpError('malformed', 'the answer has another mid or payload type for Opus than the offer');
  }
  for (const [name, id] of Object.entries(answer.extensions)) {
    if (offer.extensions[name as RtpExtensionName] !== id) {
      throw new SdpError('malformed', `the answer has a=extmap:${id}, which was not offered so`);
    }
  }
  for (const { rid } of answer.encodings) {
    if (!offer.encodings.some((offered) => offered.rid === rid)) {
      throw new SdpError('simulcast', `the answer accepts the encoding "${rid}", which was not offered`);
    }
  }
  const encodings = offer.encodings.flatMap(({ rid, maxBitrate }) => {
    const accepted = answer.encodings.find((each) => each.rid === rid);
    return accepted ? [{ rid, maxBitrate: lower(maxBitrate, accepted.maxBitrate) }] : [];
  });
  return { ...answer, encodings, feedback: answer.feedback.filter((each) => offer.feedback.includes(each)) };
}

function lower(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
