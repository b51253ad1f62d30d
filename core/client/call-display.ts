import { createMachine } from 'xstate';
import { stepsOf } from '../state-machine.js';

/** What a person is shown of calls. */
export type CallDisplay =
  /** Takes no calls and is in none. */
  | 'off'
  | 'available'
  /** A call rings here. */
  | 'ringing'
  /** The person has accepted; shown as connected although the service has not said so yet. */
  | 'accepting'
  /** In a call that was accepted. */
  | 'connected'
  /** Has asked for a call; shown as waiting although the service has not said so yet. */
  | 'offering'
  /** The own call waits, or rings at somebody. */
  | 'waiting'
  /** Has declined or hung up; shown as over although the service has not said so yet. */
  | 'ending';

export type CallDisplayEvent =
  // what the person does
  | 'ON'
  | 'OFF'
  | 'OFFER'
  | 'ACCEPT'
  | 'DECLINE'
  | 'HANG_UP'
  /** The service has said no, and its view is still to come. */
  | 'REFUSED'
  // what the service shows
  | 'SEEN_OFF'
  | 'SEEN_AVAILABLE'
  | 'SEEN_RINGING'
  | 'SEEN_WAITING'
  | 'SEEN_CONNECTED';

/** Views are level-triggered: any of them may have been missed, so that the service's word leads from everywhere to everywhere. */
const seen = {
  SEEN_OFF: '.off',
  SEEN_AVAILABLE: '.available',
  SEEN_RINGING: '.ringing',
  SEEN_WAITING: '.waiting',
  SEEN_CONNECTED: '.connected',
} as const;

/** What is shown to a person (E3): what it does shows at once, the service has the last word. */
export const callDisplayMachine = createMachine({
  id: 'callDisplay',
  initial: 'off',
  on: seen,
  states: {
    off: { on: { ON: 'available', OFFER: 'offering' } },
    available: { on: { OFF: 'off', OFFER: 'offering' } },
    ringing: { on: { ACCEPT: 'accepting', DECLINE: 'ending' } },
    accepting: { on: { HANG_UP: 'ending', REFUSED: 'ending' } },
    offering: { on: { HANG_UP: 'ending', REFUSED: 'ending' } },
    waiting: { on: { HANG_UP: 'ending' } },
    connected: { on: { HANG_UP: 'ending' } },
    ending: { on: {} },
  },
});

/** The machine as a pure function. */
export const callDisplayStep = stepsOf<CallDisplay, CallDisplayEvent>(callDisplayMachine);
