import { createMachine } from 'xstate';
import { stepsOf } from '../state-machine.js';

/** Where a migration stands (A4). No record in the store means `idle`. */
export type MigrationState =
  | 'idle'
  | 'preparing'
  | 'migrating'
  | 'verifying'
  /** The mode has changed; old paths are kept until everybody plays the new one. */
  | 'completed'
  | 'released'
  | 'rollingBack'
  | 'failed';

export type MigrationEvent =
  | 'START'
  /** The target exists: the SFU room has been started, or the target is the mesh. */
  | 'TARGET_READY'
  | 'TARGET_FAILED'
  /** The SFU node of the target has died. */
  | 'TARGET_LOST'
  /** Every present member has acknowledged the new path. */
  | 'ALL_READY'
  /** Somebody present has not: a member came back while we were verifying. */
  | 'MEMBER_PENDING'
  /** A member cannot build the new path: everyone goes back. */
  | 'CLIENT_FAILED'
  /** The target itself confirms that every member has arrived. */
  | 'VERIFIED'
  | 'TIMEOUT'
  /** Every member has confirmed that it is back, or we stopped waiting for it. */
  | 'ROLLED_BACK'
  /** Nobody is left. */
  | 'ABANDONED';

/** What the channel has to do when a transition is taken. */
export type MigrationAction = 'begin' | 'invite' | 'commit' | 'release' | 'goBack' | 'giveUp' | 'discard';

/**
 * The migration state machine. It has no context, so that a transition depends on (state, event) only and the state can
 * be kept as one word in Redis; who has acknowledged is data beside it.
 */
export const migrationMachine = createMachine({
  id: 'migration',
  initial: 'idle',
  states: {
    idle: { on: { START: { target: 'preparing', actions: 'begin' } } },
    preparing: {
      on: {
        TARGET_READY: { target: 'migrating', actions: 'invite' },
        TARGET_FAILED: { target: 'failed', actions: 'giveUp' },
        TARGET_LOST: { target: 'failed', actions: 'giveUp' },
        TIMEOUT: { target: 'failed', actions: 'giveUp' },
        ABANDONED: { target: 'failed', actions: 'discard' },
      },
    },
    migrating: {
      on: {
        ALL_READY: { target: 'verifying' },
        CLIENT_FAILED: { target: 'rollingBack', actions: 'goBack' },
        TARGET_LOST: { target: 'rollingBack', actions: 'goBack' },
        TIMEOUT: { target: 'rollingBack', actions: 'goBack' },
        ABANDONED: { target: 'failed', actions: 'discard' },
      },
    },
    verifying: {
      on: {
        VERIFIED: { target: 'completed', actions: 'commit' },
        MEMBER_PENDING: { target: 'migrating' },
        CLIENT_FAILED: { target: 'rollingBack', actions: 'goBack' },
        TARGET_LOST: { target: 'rollingBack', actions: 'goBack' },
        TIMEOUT: { target: 'rollingBack', actions: 'goBack' },
        ABANDONED: { target: 'failed', actions: 'discard' },
      },
    },
    rollingBack: {
      on: {
        ROLLED_BACK: { target: 'failed', actions: 'giveUp' },
        ABANDONED: { target: 'failed', actions: 'discard' },
      },
    },
    completed: {
      on: {
        ALL_READY: { target: 'released', actions: 'release' },
        TIMEOUT: { target: 'released', actions: 'release' },
        TARGET_LOST: { target: 'released', actions: 'release' },
        ABANDONED: { target: 'released', actions: 'release' },
      },
    },
    released: { type: 'final' },
    failed: { type: 'final' },
  },
});

/** The machine as a pure function. */
export const migrationStep = stepsOf<MigrationState, MigrationEvent, MigrationAction>(migrationMachine);
