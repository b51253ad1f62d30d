import type { MarkId, Marks } from '../../oracles/marks/index.js';
import type { World } from '../world.js';

/** Marks that a counter of the core tells of: name, labels, mark. */
const counted: readonly (readonly [string, Readonly<Record<string, string>> | undefined, MarkId])[] = [
  ['voice_migrations_completed_total', { to: 'sfu' }, 'migration-to-sfu'],
  ['voice_migrations_completed_total', { to: 'p2p' }, 'migration-to-mesh'],
  ['voice_rollbacks_total', undefined, 'migration-rolled-back'],
  ['voice_sessions_evicted_total', undefined, 'session-evicted'],
  ['voice_store_errors_total', undefined, 'store-error'],
  ['voice_reconciled_total', { what: 'stale-session' }, 'stale-session-dropped'],
  ['voice_reconciled_total', { what: 'count' }, 'count-repaired'],
  ['voice_reconciled_total', { what: 'overdue' }, 'overdue-found'],
  ['voice_reconciled_total', { what: 'missing-room' }, 'room-restarted'],
  ['voice_reconciled_total', { what: 'orphan-room' }, 'orphan-room-stopped'],
];

/** Marks that a counter with several labels tells of. */
const labelled: readonly (readonly [RegExp, MarkId])[] = [
  [/^voice_rollbacks_total\{.*reason="timeout"/, 'rollback-by-timeout'],
  [/^voice_rollbacks_total\{.*reason="sfu-unreachable"/, 'rollback-by-client'],
  [/^voice_rollbacks_total\{.*reason="node-lost"/, 'rollback-by-dead-node'],
  [/^voice_migrations_failed_total\{.*reason="abandoned"/, 'migration-abandoned'],
  [/^voice_sfu_node_changes_total\{.*alive="false"/, 'node-dead'],
  [/^voice_sfu_node_changes_total\{.*alive="true"/, 'node-back'],
];

/** Marks that a line in a backend's log tells of. */
const logged: readonly (readonly [string, MarkId])[] = [
  ['cleaned up after a dead backend', 'backend-buried'],
  ['the room is lost', 'room-lost'],
];

/** Marks what the core has counted and logged; to be called once, at the end. */
export function markCounted({ recorder, warnings }: World, marks: Marks): void {
  for (const [name, labels, mark] of counted) if (recorder.total(name, labels) > 0) marks.reach(mark);
  const failed = recorder.total('voice_migrations_failed_total');
  let afterRollback = 0;
  for (const [name, value] of recorder.labelledCounters()) {
    for (const [pattern, mark] of labelled) if (pattern.test(name)) marks.reach(mark);
    if (/^voice_rollbacks_total|^voice_migrations_failed_total\{.*"abandoned"/.test(name)) afterRollback += value;
  }
  // each rollback ends as a failure; what is left over has failed without one
  if (failed > afterRollback) marks.reach('migration-without-target');
  for (const { message } of warnings)
    for (const [text, mark] of logged) if (message.startsWith(text)) marks.reach(mark);
}
