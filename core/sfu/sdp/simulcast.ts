import type { RTCRtpSimulcastParameters } from 'werift';
import { SdpError } from './sdp-error.js';
import type { VoiceEncoding } from './voice-description.js';

export type EncodingDirection = 'send' | 'recv';

const RID = /^[0-9A-Za-z]{1,16}$/;
const BITRATE = /^[1-9][0-9]{0,9}$/;
/** Encodings of one voice that are looked at. */
const ENCODINGS_MAX = 8;

/**
 * The `a=rid` and `a=simulcast` lines. They are not left to werift, which has no place for the restrictions of an encoding.
 */
export function simulcastLines(
  encodings: readonly VoiceEncoding[],
  direction: EncodingDirection,
  payloadType: number,
): string[] {
  if (encodings.length === 0) return [];
  const rids = encodings.map(({ rid, maxBitrate }) => {
    const restrictions = maxBitrate === null ? '' : ` pt=${payloadType};max-br=${maxBitrate}`;
    return `a=rid:${rid} ${direction}${restrictions}`;
  });
  return [...rids, `a=simulcast:${direction} ${encodings.map(({ rid }) => rid).join(';')}`];
}

/**
 * The encodings of one direction, in the order of `a=simulcast`.
 * @param rids as werift reads them: `direction` is all that stands behind the name
 * @param values of the `a=simulcast` lines
 */
export function readSimulcast(
  rids: readonly RTCRtpSimulcastParameters[],
  values: readonly string[],
  direction: EncodingDirection,
): VoiceEncoding[] {
  if (values.length > 1) throw new SdpError('malformed', 'more than one a=simulcast line in a media section');
  const list = ridList(values[0] ?? '', direction);
  if (list.length > ENCODINGS_MAX) throw new SdpError('simulcast', `more than ${ENCODINGS_MAX} encodings`);
  if (new Set(list).size < list.length) throw new SdpError('malformed', 'a=simulcast names an encoding twice');
  return list.map((rid) => {
    const lines = rids.filter((line) => line.rid === rid && line.direction.split(' ')[0] === direction);
    if (lines.length !== 1) {
      throw new SdpError(
        'simulcast',
        `a=simulcast names the encoding "${rid}", which needs one line a=rid:${rid} ${direction}`,
      );
    }
    return { rid, maxBitrate: maxBitrate(lines[0]?.direction ?? '') };
  });
}

/** RFC 8853, section 5.1: `send h;m;~l recv x`. Of alternatives (`h,m`) the first counts; that an encoding begins paused (`~`) does not matter. */
function ridList(value: string, direction: EncodingDirection): string[] {
  const words = value.trim().split(/ +/);
  const at = words.indexOf(direction);
  if (at < 0) return [];
  return (words[at + 1] ?? '').split(';').map((alternatives) => {
    const rid = (alternatives.split(',')[0] as string).replace(/^~/, '');
    if (!RID.test(rid))
      throw new SdpError('malformed', 'a=simulcast has a name that is not 1 to 16 letters and digits');
    return rid;
  });
}

/** `send pt=111;max-br=64000`. */
function maxBitrate(restrictions: string): number | null {
  const parameter = restrictions.split(/[ ;]/).find((each) => each.startsWith('max-br='));
  if (parameter === undefined) return null;
  const value = parameter.slice('max-br='.length);
  if (!BITRATE.test(value)) throw new SdpError('malformed', 'max-br of an encoding is no whole number of bit/s');
  return Number(value);
}
