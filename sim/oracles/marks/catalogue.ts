/** A situation that is worth reaching when races are looked for. */
export interface Mark {
  /** Short name in kebab-case, stable: it appears in reports. */
  readonly id: string;
  /** What happens, in one sentence. */
  readonly sentence: string;
}

/**
 * Every mark, in the order in which a report names them. New ones go to the end of their group; the place in this list is the bit
 * in the set, so sets of different versions of the program are not to be mixed.
 */
export const markCatalogue = [
  // migration
  { id: 'migration-to-sfu', sentence: 'A migration to the SFU completes.' },
  { id: 'migration-to-mesh', sentence: 'A migration back to the mesh completes.' },
  { id: 'migration-released', sentence: 'Everybody plays the new path, and old paths may go.' },
  { id: 'migration-rolled-back', sentence: 'A migration is rolled back.' },
  { id: 'rollback-by-timeout', sentence: 'A migration is rolled back because its time is over.' },
  { id: 'rollback-by-client', sentence: 'A migration is rolled back because a client cannot reach the SFU.' },
  { id: 'rollback-by-dead-node', sentence: 'A migration is rolled back because the node it goes to has died.' },
  {
    id: 'migration-without-target',
    sentence: 'A migration ends before anybody was invited, because its room cannot be started.',
  },
  { id: 'migration-abandoned', sentence: 'The last member goes while a migration is in progress.' },
  { id: 'migration-retried', sentence: 'A migration completes in a channel in which one has failed before.' },
  {
    id: 'member-pending-again',
    sentence: 'A member comes back while the new room is being verified, and has to be waited for again.',
  },
  { id: 'completed-after-pending', sentence: 'A migration completes in which a member had to be waited for again.' },
  { id: 'completed-by-another', sentence: 'A migration is completed by another backend than the one that began it.' },
  { id: 'two-migrations-at-once', sentence: 'Two channels migrate at the same time.' },
  { id: 'ready-too-late', sentence: 'A client acknowledges a migration that is over.' },
  {
    id: 'timeout-and-ready-in-one-second',
    sentence: 'A migration completes, or its last acknowledgement comes, within a second of its time-out.',
  },
  { id: 'leave-during-migration', sentence: 'A member leaves or closes its tab while the channel migrates.' },
  { id: 'join-while-settling', sentence: 'Somebody is let in after the mode has changed and before old paths may go.' },
  { id: 'reconnect-during-migration', sentence: 'A member gets a new connection while the channel migrates.' },
  { id: 'backend-crash-during-migration', sentence: 'A backend crashes while some channel migrates.' },
  { id: 'failover-during-migration', sentence: 'Another server becomes the primary while some channel migrates.' },
  // joins and sessions
  { id: 'join-queued', sentence: 'A join has to wait.' },
  { id: 'queued-join-admitted', sentence: 'A join that had to wait is done.' },
  {
    id: 'queued-join-admitted-after-crash',
    sentence: 'A join that had to wait is done although the backend that told so has crashed meanwhile.',
  },
  { id: 'queued-tab-closed', sentence: 'Somebody who had to wait goes before the turn comes.' },
  { id: 'second-tab-displaces', sentence: 'A second tab of a user takes the place of the first.' },
  {
    id: 'displaced-during-migration',
    sentence: 'A second tab takes the place of the first while the channel migrates.',
  },
  { id: 'session-evicted', sentence: 'A member is removed because its connection has been lost for too long.' },
  { id: 'evicted-one-returns', sentence: 'A client hears that it was removed although it is still there.' },
  { id: 'reconnect-to-another-backend', sentence: 'A client loses its connection and finds another backend.' },
  { id: 'join-refused-busy', sentence: 'A join is refused because the channel is busy.' },
  { id: 'join-refused-store', sentence: 'A join is refused because the store cannot be reached.' },
  { id: 'join-refused-full', sentence: 'A join is refused because the mesh is full.' },
  // lock and store
  { id: 'lock-contended', sentence: 'A backend finds the lock of a channel taken.' },
  { id: 'lease-expired-while-held', sentence: 'The lease of a channel lock ends before its holder has given it back.' },
  { id: 'commit-refused-by-fence', sentence: 'A commit is refused because the lock is not held any more.' },
  {
    id: 'commit-refused-by-version',
    sentence: 'A commit is refused although the lock is held, because the channel is not the one that was read.',
  },
  { id: 'lock-given-back-unused', sentence: 'A lock is given back by a holder who could not commit.' },
  { id: 'crash-while-lock-held', sentence: 'A backend crashes while it holds the lock of a channel.' },
  { id: 'store-error', sentence: 'A command of the service fails or is not answered in time.' },
  { id: 'store-unreachable', sentence: 'A backend tells its clients that the store cannot be reached.' },
  { id: 'failover', sentence: 'Another server becomes the primary.' },
  // care
  { id: 'caretaker-changed', sentence: 'Another backend takes over the periodic work.' },
  { id: 'backend-buried', sentence: 'A dead backend is cleaned up after.' },
  { id: 'stale-session-dropped', sentence: 'A member whose connection has long ended is found in the store.' },
  { id: 'count-repaired', sentence: 'A count that is not the size of its set is found and repaired.' },
  { id: 'overdue-found', sentence: 'A channel is found that somebody should have looked at.' },
  // SFU
  { id: 'node-dead', sentence: 'An SFU node is found dead.' },
  { id: 'node-back', sentence: 'An SFU node is found alive again.' },
  { id: 'room-restarted', sentence: 'A room that its node has lost is started again.' },
  { id: 'room-lost', sentence: 'A room cannot be started again, and its channel has to move.' },
  { id: 'orphan-room-stopped', sentence: 'A room that belongs to no channel is found and stopped.' },
  { id: 'sfu-degraded', sentence: 'Members are told that there is no SFU to be had.' },
] as const satisfies readonly Mark[];

export type MarkId = (typeof markCatalogue)[number]['id'];
