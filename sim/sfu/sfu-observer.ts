/** What oracles and metrics are told about SFU nodes, synchronously. Times are virtual microseconds. */
export interface SfuObserver {
  roomStarted(node: string, room: string, epoch: number, atUs: number): void;
  /** `reason`: `stopped`, `superseded` (empty, and a later epoch has taken over) or `crash`. */
  roomStopped(node: string, room: string, epoch: number, reason: string, atUs: number): void;
  /** Connected in both directions. */
  participantIn(node: string, room: string, epoch: number, userId: string, sessionId: string, atUs: number): void;
  participantOut(
    node: string,
    room: string,
    epoch: number,
    userId: string,
    sessionId: string,
    reason: string,
    atUs: number,
  ): void;
  /** A client was not let in. */
  refused?(node: string, reason: string): void;
}
