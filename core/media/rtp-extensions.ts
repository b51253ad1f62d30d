/** Header extensions of a voice packet (RFC 8285): those that are there. */
export interface RtpExtensions {
  /** RFC 6464. */
  readonly audioLevel?: { readonly voice: boolean /** -dBov, 0 (loud) to 127 (silence). */; readonly level: number };
  /** When it was sent: 6 bits of seconds, 18 bits of fraction. */
  readonly absSendTime?: number;
  /** 16 bits, counted over all streams of a transport. */
  readonly transportSequenceNumber?: number;
  /** RtpStreamId (RFC 8852): which encoding of a simulcast this is; 1 to 16 letters and digits. */
  readonly rid?: string;
}

export type RtpExtensionName = keyof RtpExtensions;

/** Ids on the wire, 1..14; an offer names them. The ones that Chrome offers. */
export const RTP_EXTENSION_IDS: Readonly<Record<RtpExtensionName, number>> = {
  audioLevel: 1,
  absSendTime: 2,
  transportSequenceNumber: 3,
  rid: 10,
};
