/** When a node takes no more, and what it does about it. */
export interface NodeLimits {
  /** At this share of the CPU or the card it is overloaded: it takes nobody and nothing new ... */
  readonly overloadShare: number;
  /** ... until both are at most at this one (videobridge: overload at 50 000 packets/s, recovered at 40 000). */
  readonly recoverShare: number;
  /** It takes nobody and nothing new whose memory would come above this share (B8). */
  readonly memoryFullShare: number;
  /** Participants at most; null: as many as fit. */
  readonly participantsMax: number | null;
  /** A packet that would wait longer than this for the CPU is dropped: what a socket's buffer holds. Unit: ms. */
  readonly queueMs: number;
  /**
   * What it leaves out while it is overloaded (D7: audio only). There is no video here; what a voice can do without is its better
   * encodings: `lowest-layer` sends everybody the 16 kbit/s one. That relieves the card, hardly the CPU, which is paid by the packet.
   */
  readonly fallback: 'none' | 'lowest-layer';
}

export const defaultNodeLimits: NodeLimits = {
  overloadShare: 0.8,
  recoverShare: 0.64,
  memoryFullShare: 0.9,
  participantsMax: null,
  queueMs: 50,
  fallback: 'none',
};
