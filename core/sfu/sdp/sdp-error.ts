/**
 * - `malformed`: no SDP, or attributes that contradict each other
 * - `too-long`: more than is looked at
 * - `unsupported`: not one m-line of audio with Opus
 * - `rejected`: the peer does not want the m-line (port 0)
 * - `direction`: an offer that sends nothing, an answer that receives nothing
 * - `simulcast`: encodings that do not exist or were not offered
 */
export type SdpErrorCode = 'malformed' | 'too-long' | 'unsupported' | 'rejected' | 'direction' | 'simulcast';

/** A description that cannot be used. The only error that parsing one throws: answer the request with it, and go on. */
export class SdpError extends Error {
  constructor(
    readonly code: SdpErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SdpError';
  }
}
