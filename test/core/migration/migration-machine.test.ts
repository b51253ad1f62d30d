import { describe, expect, it } from 'vitest';
import {
  type MigrationEvent,
  type MigrationState,
  migrationMachine,
  migrationStep,
} from '../../../core/migration/migration-machine.js';

const states: MigrationState[] = [
  'idle',
  'preparing',
  'migrating',
  'verifying',
  'completed',
  'released',
  'rollingBack',
  'failed',
];
const events: MigrationEvent[] = [
  'START', 'TARGET_READY', 'TARGET_FAILED', 'TARGET_LOST', 'ALL_READY', 'MEMBER_PENDING', 'CLIENT_FAILED', 'VERIFIED', 'TIMEOUT', 'ROLLED_BACK', 'ABANDONED',
]; // biome-ignore format: a list

describe('migration machine', () => {
  it('knows exactly the states of A4, and the one after which old paths may go', () => {
    expect(Object.keys(migrationMachine.states).sort()).toEqual([...states].sort());
  });

  it('goes the good way from idle to completed', () => {
    let state: MigrationState = 'idle';
    const actions: string[] = [];
    for (const event of ['START', 'TARGET_READY', 'ALL_READY', 'VERIFIED'] as const) {
      const step = migrationStep(state, event);
      expect(step.taken).toBe(true);
      actions.push(...step.actions);
      state = step.state;
    }
    expect(state).toBe('completed');
    expect(actions).toEqual(['begin', 'invite', 'commit']);
  });

  it('commits nothing but a verified migration', () => {
    for (const state of states) {
      for (const event of events) {
        const step = migrationStep(state, event);
        expect(step.actions.includes('commit')).toBe(state === 'verifying' && event === 'VERIFIED');
      }
    }
  });

  it('leaves a final state by no event, and an unknown event changes nothing', () => {
    for (const state of ['released', 'failed'] as const) {
      for (const event of events) expect(migrationStep(state, event)).toEqual({ state, actions: [], taken: false });
    }
    expect(migrationStep('preparing', 'VERIFIED')).toEqual({ state: 'preparing', actions: [], taken: false });
  });

  it('ends from every state on the way when nobody is left, and rolls back from every state in which clients have been invited', () => {
    for (const state of ['preparing', 'migrating', 'verifying', 'rollingBack'] as const)
      expect(migrationStep(state, 'ABANDONED').state).toBe('failed');
    for (const event of ['TIMEOUT', 'CLIENT_FAILED', 'TARGET_LOST'] as const) {
      for (const state of ['migrating', 'verifying'] as const)
        expect(migrationStep(state, event)).toMatchObject({ state: 'rollingBack', actions: ['goBack'] });
    }
  });
});
