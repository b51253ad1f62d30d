import {
  GroupDescription,
  MediaDescription,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCIceParameters,
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionParameters,
  SessionDescription,
} from 'werift';
import { OPUS_CLOCK } from '../../media/rtp.js';
import type { RtpExtensionName } from '../../media/rtp-extensions.js';
import { EXTENSION_URIS } from './extension-uris.js';
import { opusFormat } from './opus-parameters.js';
import { simulcastLines } from './simulcast.js';
import type { VoiceDescription } from './voice-description.js';

/** Ports and addresses are those of ICE: none (RFC 8829, section 5.2.1). */
const DISCARD_PORT = 9;
const NO_ADDRESS = '0.0.0.0';

/** The text of an offer that sends, or of an answer that receives. */
export function writeDescription(description: VoiceDescription, type: 'offer' | 'answer'): string {
  const { mid, payloadType, transport } = description;
  const session = new SessionDescription();
  session.origin = `- ${description.sessionId} 1 IN IP4 ${NO_ADDRESS}`;
  session.group.push(new GroupDescription('BUNDLE', [mid]));

  const media = new MediaDescription('audio', DISCARD_PORT, 'UDP/TLS/RTP/SAVPF', [payloadType]);
  media.host = NO_ADDRESS;
  media.rtcpPort = DISCARD_PORT;
  media.rtcpHost = NO_ADDRESS;
  media.rtcpMux = true;
  media.direction = type === 'offer' ? 'sendonly' : 'recvonly';
  media.rtp.muxId = mid;
  media.rtp.codecs.push(
    new RTCRtpCodecParameters({
      mimeType: 'audio/opus',
      clockRate: OPUS_CLOCK,
      channels: 2,
      payloadType,
      rtcpFeedback: description.feedback.map((feedback) => ({ type: feedback })),
      parameters: opusFormat(description.opus),
    }),
  );
  for (const [name, id] of Object.entries(description.extensions)) {
    const uri = EXTENSION_URIS[name as RtpExtensionName];
    media.rtp.headerExtensions.push(new RTCRtpHeaderExtensionParameters({ id, uri }));
  }
  media.iceParams = new RTCIceParameters({
    usernameFragment: transport.iceUsernameFragment,
    password: transport.icePassword,
  });
  const { algorithm, value } = transport.fingerprint;
  const role = type === 'offer' ? 'auto' : 'server';
  media.dtlsParams = new RTCDtlsParameters([new RTCDtlsFingerprint(algorithm, value)], role);
  session.media.push(media);

  const lines = simulcastLines(description.encodings, type === 'offer' ? 'send' : 'recv', payloadType);
  return session.string + lines.map((line) => `${line}\r\n`).join('');
}
