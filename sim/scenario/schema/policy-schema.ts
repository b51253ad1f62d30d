import { z } from 'zod';
import { PLACEMENT_STRATEGIES } from '../../../core/cluster/placement.js';
import { type Policy, type PolicyProfile, PolicyProfiles } from '../../../core/policy.js';

const defaults = PolicyProfiles.channels;

/** What each number of the core's policy means, for editors and `deadair schema`. */
const meanings: Record<keyof Policy, string> = {
  enableThreshold: 'Participants from which a channel moves to the SFU.',
  disableThreshold: 'Participants at which it moves back to peer to peer; below enableThreshold.',
  disableHoldMs: 'How long it must stay at or below disableThreshold before it moves back. Unit: ms.',
  meshLimit: 'Largest peer-to-peer mesh while the SFU cannot be used.',
  migrationTimeoutMs: 'A migration that is not over by then is rolled back. Unit: ms.',
  settleTimeoutMs: 'How long old paths are kept at most for members who do not play the new one yet. Unit: ms.',
  rollbackTimeoutMs: 'A rollback that not everybody has confirmed by then counts as done. Unit: ms.',
  retryMs: 'First wait after a failed migration; doubles up to retryMaxMs. Unit: ms.',
  retryMaxMs: 'Longest wait after failed migrations. Unit: ms.',
  lockTtlMs: 'Lease of the lock on a channel. Unit: ms.',
  lockRetryMs: 'Pause between two attempts to take the lock. Unit: ms.',
  lockWaitMs: 'How long to try before the request is refused. Unit: ms.',
  estimatedWaitMs: 'Waiting time that a queued client is told. Unit: ms.',
  sessionGraceMs: 'How long a session whose connection is lost stays a member. Unit: ms.',
  pingEveryMs: 'Heartbeat of the clients; after three missing ones the connection is dropped. Unit: ms.',
  tickMs: 'Period of the tick of a backend. Unit: ms.',
  backendTimeoutMs: 'A backend that has not ticked for this long is dead. Unit: ms.',
  reconcileEveryMs: 'Period of reconciliation. Unit: ms.',
  sfuCheckEveryMs: 'Period of SFU health checks. Unit: ms.',
  sfuCheckFailures: 'Failed health checks in a row that make an SFU node dead.',
  roomRetireMs: 'A room is stopped this long after the channel has left it. Unit: ms.',
  workLeaseMs: 'Time for one attempt to start or verify a room. Unit: ms.',
  storePatienceMs:
    'A backend that has not reached Redis for this long sends its clients to others; 0: it keeps them. Unit: ms.',
  callRecordMs: 'The record of a call is kept this long after its end; 0: none is written. Unit: ms.',
  roomsPerUser: 'Channels that one user may be in at once, over all tabs and backends; 0: any number.',
  verifyEveryMs: 'Pause between two looks at who has arrived in the new room. Unit: ms.',
};

const numbers = Object.fromEntries(
  Object.entries(meanings).map(([name, meaning]) => [
    name,
    z
      .int()
      .min(0)
      .max(86_400_000)
      .optional()
      .describe(`${meaning} Default of profile channels: ${defaults[name as keyof Policy]}.`),
  ]),
) as Record<keyof Policy, z.ZodOptional<z.ZodInt>>;

const ms = (description: string) => z.int().min(0).max(86_400_000).optional().describe(`${description} Unit: ms.`);

/** Overrides of the core's policy. A field that is left out has the value that the profile gives it. */
export const policySchema = z.strictObject({
  profile: z
    .enum(Object.keys(PolicyProfiles) as PolicyProfile[])
    .default('channels')
    .describe('Where the numbers start: channels (8 up), calls (3 up, 2 down) or always-sfu. Default: channels.'),
  ...numbers,
  overlapMs: ms('Clients keep both paths this long after a switch. Default: 2 000.'),
  placement: z
    .enum(PLACEMENT_STRATEGIES)
    .optional()
    .describe(
      'Where new SFU rooms go: two-choices (the better of two nodes drawn), least-loaded, or region (two choices among the nodes at the site of the backend; see topology.sites). How old the figures are says sfuCheckEveryMs. Default: two-choices.',
    ),
  placementJoinLoad: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Load that somebody placed on a node since its last report counts for (jicofo: 0.01); 0: believe the report. Default: 0.01.',
    ),
  fadeMs: ms('Clients fade from one path to the other in this time. Default: 500.'),
});
