import { RTP_EXTENSION_URI } from 'werift';
import type { RtpExtensionName } from '../../media/rtp-extensions.js';

/** Names of header extensions in `a=extmap`. */
export const EXTENSION_URIS: Readonly<Record<RtpExtensionName, string>> = {
  audioLevel: RTP_EXTENSION_URI.audioLevelIndication,
  absSendTime: RTP_EXTENSION_URI.absSendTime,
  transportSequenceNumber: RTP_EXTENSION_URI.transportWideCC,
  rid: RTP_EXTENSION_URI.sdesRTPStreamID,
};
