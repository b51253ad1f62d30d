/** What `sentinel.conf` says. */
export interface SentinelOptions {
  /** A server that has not answered a PING for so long is subjectively down. In ms. Default 5 000. */
  readonly downAfterMs?: number;
  /** Sentinels that must agree that the primary is down. Default 2. */
  readonly quorum?: number;
  /** A failover that takes longer is given up, and the next one waits twice as long. In ms. Default 10 000. */
  readonly failoverTimeoutMs?: number;
  /** Replicas that are pointed to the new primary at the same time. Default 1. */
  readonly parallelSyncs?: number;
}

export type ResolvedSentinelOptions = Required<SentinelOptions>;

export function resolveSentinelOptions(options: SentinelOptions = {}): ResolvedSentinelOptions {
  return {
    downAfterMs: options.downAfterMs ?? 5000,
    quorum: options.quorum ?? 2,
    failoverTimeoutMs: options.failoverTimeoutMs ?? 10_000,
    parallelSyncs: options.parallelSyncs ?? 1,
  };
}

/** Constants of Redis' `sentinel.c`, in ms. */
export const SentinelPeriod = {
  ping: 1000,
  info: 10_000,
  hello: 2000,
  ask: 1000,
  /** `SENTINEL_MIN_LINK_RECONNECT_PERIOD` */
  reconnect: 15_000,
  /** `SENTINEL_MAX_DESYNC` */
  desync: 1000,
  /** `SENTINEL_TILT_TRIGGER` and `SENTINEL_TILT_PERIOD`: a sentinel that was stopped or whose clock has jumped only watches for a while. */
  tiltTrigger: 2000,
  tilt: 30_000,
  /** Between two looks at everything while nothing is wrong, and while something is. */
  calmTick: 1000,
  busyTick: 100,
} as const;
