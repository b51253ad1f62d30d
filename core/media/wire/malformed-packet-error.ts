/** Bytes of a peer that are no RTP or RTCP packet. The only error that decoding throws: count it, drop the packet, go on. */
export class MalformedPacketError extends Error {
  /**
   * @param protocol that the bytes should have been
   * @param problem in words, e.g. `its length goes beyond the datagram`
   * @param offset of the first byte of the packet in the datagram
   */
  constructor(
    readonly protocol: 'RTP' | 'RTCP',
    readonly problem: string,
    readonly offset: number,
    options?: ErrorOptions,
  ) {
    super(`malformed ${protocol} packet at byte ${offset}: ${problem}`, options);
    this.name = 'MalformedPacketError';
  }
}
