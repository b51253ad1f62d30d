import { createMachine } from 'xstate';
import { stepsOf } from '../state-machine.js';

/** Where a call stands. No record in the store means `new`. */
export type CallState =
  | 'new'
  | 'waiting'
  | 'ringing'
  | 'accepted'
  | 'ended'
  | 'missed'
  | 'cancelled'
  | 'failed'
  | 'lost';

export type CallEvent =
  | 'OFFER'
  /** Staff have been found: it rings there. */
  | 'RING'
  /** Nobody is left whom it rings at: they have declined, or are gone. */
  | 'REROUTE'
  | 'ACCEPT'
  /** The caller has given up. */
  | 'CANCEL'
  /** Nobody came, or nobody answered, in time. */
  | 'TIMEOUT'
  | 'HANG_UP'
  /** One of those it needs has vanished. */
  | 'LOST'
  /** The backend that keeps it has not been heard of: nobody can say whether it was answered. */
  | 'LAPSE';

/** Life of a call (E3). Without context, so that the state can be one word in Redis; who rings and who has answered is data beside it. */
export const callMachine = createMachine({
  id: 'call',
  initial: 'new',
  states: {
    new: { on: { OFFER: 'waiting' } },
    waiting: { on: { RING: 'ringing', CANCEL: 'cancelled', TIMEOUT: 'missed', LOST: 'failed' } },
    ringing: {
      on: {
        ACCEPT: 'accepted',
        REROUTE: 'waiting',
        CANCEL: 'cancelled',
        TIMEOUT: 'missed',
        LOST: 'failed',
        LAPSE: 'lost',
      },
    },
    accepted: { on: { HANG_UP: 'ended', LOST: 'ended' } },
    ended: { type: 'final' },
    missed: { type: 'final' },
    cancelled: { type: 'final' },
    failed: { type: 'final' },
    lost: { type: 'final' },
  },
});

/** The machine as a pure function. */
export const callStep = stepsOf<CallState, CallEvent>(callMachine);

/** A call that has come to its one end. */
export const isOver = (state: CallState): boolean =>
  state === 'ended' || state === 'missed' || state === 'cancelled' || state === 'failed' || state === 'lost';
