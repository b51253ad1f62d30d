import { type MediaDescription, type RTCRtpCodecParameters, SessionDescription } from 'werift';
import { OPUS_CLOCK } from '../../media/rtp.js';
import type { RtpExtensionName } from '../../media/rtp-extensions.js';
import { EXTENSION_URIS } from './extension-uris.js';
import { readOpusFormat } from './opus-parameters.js';
import { SdpError } from './sdp-error.js';
import { readSimulcast } from './simulcast.js';
import { type TransportCredentials, VOICE_FEEDBACK, type VoiceDescription } from './voice-description.js';

/** What is looked at: about twice what a browser offers for audio and video. */
export const SDP_CHARACTERS_MAX = 16_384;
export const SDP_LINES_MAX = 256;

const ORIGIN = /^\S+ (\d{1,20}) \d{1,20} IN IP[46] \S+$/;
const TOKEN = /^[\w!#$%&'*+\-.^`{|}~]{1,64}$/;
const SIMULCAST = 'a=simulcast:';

/**
 * Reads an offer that sends, or an answer that receives. What belongs to codecs other than Opus, unknown attributes and candidates is passed over.
 * @throws SdpError and nothing else, whatever the text is
 */
export function readDescription(sdp: string, type: 'offer' | 'answer'): VoiceDescription {
  const lines = splitLines(sdp);
  let session: SessionDescription;
  try {
    session = SessionDescription.parse(lines.join('\r\n'));
  } catch (cause) {
    throw new SdpError('malformed', 'the description has a line that cannot be read', { cause });
  }
  const media = audioOf(session);
  const directions = type === 'offer' ? ['sendonly', 'sendrecv'] : ['recvonly', 'sendrecv'];
  if (!directions.includes(media.direction ?? 'sendrecv')) {
    throw new SdpError('direction', `an ${type} with a=${media.direction}; ${directions.join(' or ')} is expected`);
  }
  const opus = opusOf(media);
  const simulcast = lines.filter((line) => line.startsWith(SIMULCAST)).map((line) => line.slice(SIMULCAST.length));
  return {
    sessionId: sessionIdOf(session),
    mid: midOf(media),
    payloadType: opus.payloadType,
    opus: readOpusFormat(opus.parameters ?? ''),
    encodings: readSimulcast(media.simulcastParameters, simulcast, type === 'offer' ? 'send' : 'recv'),
    extensions: extensionsOf(media),
    feedback: VOICE_FEEDBACK.filter((feedback) =>
      opus.rtcpFeedback.some(({ type, parameter }) => type === feedback && parameter === undefined),
    ),
    transport: transportOf(media),
  };
}

function splitLines(sdp: string): string[] {
  if (sdp.length > SDP_CHARACTERS_MAX) {
    throw new SdpError('too-long', `a description of more than ${SDP_CHARACTERS_MAX} characters`);
  }
  const lines = sdp.split(/\r?\n/);
  if (lines.length > SDP_LINES_MAX) throw new SdpError('too-long', `a description of more than ${SDP_LINES_MAX} lines`);
  if (lines[0] !== 'v=0') throw new SdpError('malformed', 'a description begins with v=0');
  return lines;
}

function audioOf(session: SessionDescription): MediaDescription {
  const [media] = session.media;
  if (session.media.length !== 1 || media?.kind !== 'audio') {
    throw new SdpError('unsupported', 'one media section is expected, of audio');
  }
  if (media.port === 0) throw new SdpError('rejected', 'the media section is rejected: its port is 0');
  return media;
}

function opusOf(media: MediaDescription): RTCRtpCodecParameters {
  const opus = media.rtp.codecs.find(
    ({ name, clockRate, channels, payloadType }) =>
      name?.toLowerCase() === 'opus' &&
      clockRate === OPUS_CLOCK &&
      channels === 2 &&
      payloadType >= 96 &&
      payloadType <= 127 &&
      (media.fmt as readonly unknown[]).includes(payloadType),
  );
  if (!opus) throw new SdpError('unsupported', 'no rtpmap opus/48000/2 with a payload type of the m-line');
  return opus;
}

function sessionIdOf(session: SessionDescription): string {
  const sessionId = ORIGIN.exec(session.origin ?? '')?.[1];
  if (sessionId === undefined) throw new SdpError('malformed', 'no o= line with a session id');
  return sessionId;
}

function midOf(media: MediaDescription): string {
  const mid = media.rtp.muxId;
  if (mid === undefined || !TOKEN.test(mid)) throw new SdpError('malformed', 'the media section has no a=mid');
  return mid;
}

function extensionsOf(media: MediaDescription): Partial<Record<RtpExtensionName, number>> {
  const extensions: Partial<Record<RtpExtensionName, number>> = {};
  const ids = new Set<number>();
  for (const { id, uri } of media.rtp.headerExtensions) {
    if (!Number.isInteger(id) || id < 1 || id > 14 || ids.has(id)) {
      throw new SdpError('malformed', 'ids of a=extmap are 1 to 14, and each stands for one extension');
    }
    ids.add(id);
    const name = (Object.keys(EXTENSION_URIS) as RtpExtensionName[]).find((each) => EXTENSION_URIS[each] === uri);
    if (name !== undefined) extensions[name] = id;
  }
  return extensions;
}

function transportOf(media: MediaDescription): TransportCredentials {
  const { usernameFragment, password } = media.iceParams ?? {};
  const [fingerprint] = media.dtlsParams?.fingerprints ?? [];
  if (!usernameFragment || !password) throw new SdpError('malformed', 'no a=ice-ufrag and a=ice-pwd');
  if (!fingerprint?.algorithm || !fingerprint.value) throw new SdpError('malformed', 'no a=fingerprint and a=setup');
  const { algorithm, value } = fingerprint;
  return { iceUsernameFragment: usernameFragment, icePassword: password, fingerprint: { algorithm, value } };
}
