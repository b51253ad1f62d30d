/** Every number of ringing. Times in ms. */
export interface CallPolicy {
  /** A call that has rung for this long is missed (E2). Default 45 000. */
  readonly ringTimeoutMs: number;
  /** A call that has waited for this long for somebody free is missed; 0: at once. Default 300 000. */
  readonly waitTimeoutMs: number;
  /** At how many staff a call rings at once. Default 3. */
  readonly ringWidth: number;
  /** A person that has not been heard of for this long is gone. Default 40 000: more than two heartbeats. */
  readonly leaseMs: number;
  /** One who is in a call has this much longer to come back. Default 20 000. */
  readonly busyGraceMs: number;
  /** A call that was accepted is looked at this often; leases tell much earlier when somebody is gone. Default 60 000. */
  readonly lookEveryMs: number;
  /** Records of calls that are over are kept this long, for late questions. Default 120 000. */
  readonly keepMs: number;
  /** A worker that has taken something on has this long, then another may. Default 5 000. */
  readonly claimMs: number;
  /** Conflicts after which a change is given up. Default 20. */
  readonly attempts: number;
  /** Pause after a conflict, uniform from 0. Default 20. */
  readonly conflictPauseMs: number;
  /**
   * A call that rings may be accepted without Redis for this long, by the backend that keeps it (E5): see `CallKeeper`. Others may end it after twice
   * this time. 0: never. To be raised from 0 when every backend knows of it. Default 0.
   */
  readonly holdMs: number;
}

export const defaultCallPolicy: CallPolicy = {
  ringTimeoutMs: 45_000,
  waitTimeoutMs: 300_000,
  ringWidth: 3,
  leaseMs: 40_000,
  busyGraceMs: 20_000,
  lookEveryMs: 60_000,
  keepMs: 120_000,
  claimMs: 5_000,
  attempts: 20,
  conflictPauseMs: 20,
  holdMs: 0,
};
