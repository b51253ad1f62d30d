/** Every number the voice core decides by. Times in milliseconds, counts in participants. */
export interface Policy {
  /** P2P becomes SFU when a channel has at least this many participants. */
  readonly enableThreshold: number;
  /** SFU becomes P2P when a channel has at most this many participants ... */
  readonly disableThreshold: number;
  /** ... and has had for this long (hysteresis in time; Jitsi waits 5 s). */
  readonly disableHoldMs: number;
  /** Largest P2P mesh: further joins are refused while the SFU cannot be used (A13). */
  readonly meshLimit: number;
  /** A migration that has not completed after this long is rolled back (A4). */
  readonly migrationTimeoutMs: number;
  /** Old paths are kept this long at most for members who have not said yet that they play the new one. */
  readonly settleTimeoutMs: number;
  /** A rollback that not everybody has confirmed after this long is considered done. */
  readonly rollbackTimeoutMs: number;
  /** First wait after a failed migration; doubles up to `retryMaxMs`. */
  readonly retryMs: number;
  readonly retryMaxMs: number;
  /** Lease of the channel lock (A2). */
  readonly lockTtlMs: number;
  readonly lockRetryMs: number;
  readonly lockWaitMs: number;
  /** What a queued client is told to expect (A5). */
  readonly estimatedWaitMs: number;
  /**
   * How long a session that lost its connection stays a member: below `migrationTimeoutMs`, so that one who has vanished does not fail a
   * migration, and with `backendTimeoutMs` above two heartbeats, the time in which a client notices a silent backend and goes to another.
   */
  readonly sessionGraceMs: number;
  /** Clients send a heartbeat this often; after three missing ones the backend drops the connection. */
  readonly pingEveryMs: number;
  /** Period of a backend's tick: heartbeat, due work, missed notifications. */
  readonly tickMs: number;
  /** A backend that has not ticked for this long is dead. */
  readonly backendTimeoutMs: number;
  /** Period of reconciliation (A7). */
  readonly reconcileEveryMs: number;
  /** Period of SFU health checks, and failures in a row that make a node dead. */
  readonly sfuCheckEveryMs: number;
  readonly sfuCheckFailures: number;
  /** A room is stopped this long after everybody has left it: longer than the clients' overlap. */
  readonly roomRetireMs: number;
  /** One attempt to start a room or to verify one; after it another backend may take over. */
  readonly workLeaseMs: number;
  /** Pause between two looks at who has arrived in the new room. */
  readonly verifyEveryMs: number;
  /** A backend that has not reached Redis for this long sends its clients to others, again and again; 0: it keeps them. */
  readonly storePatienceMs: number;
  /** Channels that one user may be in at once, over all tabs and backends (B9 asks for 5); 0: any number. */
  readonly roomsPerUser: number;
  /** The record of a call is kept this long after its end (D4); 0: none is written. */
  readonly callRecordMs: number;
}

const channels: Policy = {
  enableThreshold: 8,
  disableThreshold: 5,
  disableHoldMs: 5_000,
  meshLimit: 10,
  migrationTimeoutMs: 30_000,
  settleTimeoutMs: 15_000,
  rollbackTimeoutMs: 10_000,
  retryMs: 5_000,
  retryMaxMs: 60_000,
  lockTtlMs: 5_000,
  lockRetryMs: 100,
  lockWaitMs: 5_000,
  estimatedWaitMs: 5_000,
  sessionGraceMs: 27_000,
  pingEveryMs: 15_000,
  tickMs: 1_000,
  backendTimeoutMs: 5_000,
  reconcileEveryMs: 60_000,
  sfuCheckEveryMs: 1_000,
  sfuCheckFailures: 3,
  roomRetireMs: 6_000,
  workLeaseMs: 4_000,
  verifyEveryMs: 500,
  storePatienceMs: 0,
  roomsPerUser: 0,
  callRecordMs: 0,
};

/** The policies of the source documents: A3 (`channels`), D1 (`calls`), and an SFU from the first participant on. */
export const PolicyProfiles = {
  channels,
  calls: { ...channels, enableThreshold: 3, disableThreshold: 2 },
  'always-sfu': { ...channels, enableThreshold: 1, disableThreshold: 0 },
} as const satisfies Record<string, Policy>;

export type PolicyProfile = keyof typeof PolicyProfiles;

/** Below these a policy cannot work, whatever the core does. */
const LEAST: Partial<Record<keyof Policy, number>> = {
  lockTtlMs: 100,
  lockRetryMs: 1,
  tickMs: 50,
  pingEveryMs: 500,
  backendTimeoutMs: 500,
  sfuCheckEveryMs: 50,
  sfuCheckFailures: 1,
  workLeaseMs: 100,
  verifyEveryMs: 10,
  migrationTimeoutMs: 1_000,
  reconcileEveryMs: 1_000,
};

/** What is wrong with a policy, in one sentence, or null. */
export function policyProblem(policy: Policy): string | null {
  for (const [name, value] of Object.entries(policy)) {
    if (!Number.isInteger(value) || value < 0) return `policy.${name} must be a whole number from 0, not ${value}`;
  }
  if (policy.enableThreshold < 1) return 'policy.enableThreshold must be at least 1';
  if (policy.disableThreshold >= policy.enableThreshold) {
    return `policy.disableThreshold (${policy.disableThreshold}) must be below policy.enableThreshold (${policy.enableThreshold}), or modes flap`;
  }
  if (policy.meshLimit < policy.enableThreshold) {
    return `policy.meshLimit must be at least policy.enableThreshold (${policy.enableThreshold}), or channels never grow up to it`;
  }
  if (policy.meshLimit < policy.disableThreshold) return 'policy.meshLimit must be at least policy.disableThreshold';
  for (const [name, least] of Object.entries(LEAST)) {
    const value = policy[name as keyof Policy];
    if (value < least) return `policy.${name} must be at least ${least}, not ${value}`;
  }
  return null;
}
