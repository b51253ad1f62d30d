/** Numbers a client decides by (A5, A6). Times in milliseconds. */
export interface ClientPolicy {
  /** Waits before the second, third, ... attempt to connect to the SFU. */
  readonly sfuRetryMs: readonly number[];
  /** How often the health of a new SFU path is looked at, and how long it may take. */
  readonly healthPollMs: number;
  readonly healthLimitMs: number;
  /** Both paths are kept this long after the change of mode ... */
  readonly overlapMs: number;
  /** ... and this long more, while the sound moves over. */
  readonly fadeMs: number;
  /** A queued client asks again this long after the estimated wait. */
  readonly queueSlackMs: number;
  /** Time without an answer after which a request is repeated. */
  readonly requestTimeoutMs: number;
}

export const defaultClientPolicy: ClientPolicy = {
  sfuRetryMs: [1_000, 2_000, 4_000],
  healthPollMs: 500,
  healthLimitMs: 5_000,
  overlapMs: 2_000,
  fadeMs: 500,
  queueSlackMs: 5_000,
  requestTimeoutMs: 8_000,
};
