export {
  type AnswerOptions,
  makeAnswer,
  makeOffer,
  type OfferOptions,
  parseAnswer,
  parseOffer,
  SIMULCAST,
} from './negotiation.js';
export { SDP_CHARACTERS_MAX, SDP_LINES_MAX } from './read-description.js';
export { SdpError, type SdpErrorCode } from './sdp-error.js';
export type {
  OpusParameters,
  TransportCredentials,
  VoiceDescription,
  VoiceEncoding,
  VoiceFeedback,
} from './voice-description.js';
