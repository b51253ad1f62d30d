/** Counters of a packet plane. */
export class MediaStatistics {
  /** Voice packets that senders have made, copies and encodings counted each. */
  voicePackets = 0;
  /** Voice packets that SFU nodes have sent on. */
  forwarded = 0;
  rtcpPackets = 0;
  /** RTCP that could not be read: counted and ignored. */
  malformedRtcp = 0;
  /** Frames at listeners, over all streams. */
  played = 0;
  repaired = 0;
  concealed = 0;
}
