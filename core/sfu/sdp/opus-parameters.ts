import { SdpError } from './sdp-error.js';
import type { OpusParameters } from './voice-description.js';

/** Value of `a=fmtp` (RFC 7587, section 6.1). */
export function opusFormat({ maxAverageBitrate, useInbandFec, useDtx }: OpusParameters): string {
  const parameters = ['minptime=10', `useinbandfec=${Number(useInbandFec)}`, `usedtx=${Number(useDtx)}`];
  if (maxAverageBitrate !== null) parameters.push(`maxaveragebitrate=${maxAverageBitrate}`);
  return parameters.join(';');
}

/** @param format value of `a=fmtp`, without the payload type; parameters that are not there have the RFC's defaults */
export function readOpusFormat(format: string): OpusParameters {
  const parameters = new Map<string, string>();
  for (const parameter of format.split(';')) {
    const [name = '', value = ''] = parameter.split('=', 2);
    parameters.set(name.trim().toLowerCase(), value.trim());
  }
  const bitrate = parameters.get('maxaveragebitrate');
  if (bitrate !== undefined && !/^[1-9][0-9]{0,9}$/.test(bitrate)) {
    throw new SdpError('malformed', 'maxaveragebitrate of Opus is no whole number of bit/s');
  }
  return {
    maxAverageBitrate: bitrate === undefined ? null : Number(bitrate),
    useInbandFec: parameters.get('useinbandfec') === '1',
    useDtx: parameters.get('usedtx') === '1',
  };
}
