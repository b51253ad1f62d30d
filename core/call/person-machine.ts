import { createMachine } from 'xstate';
import { stepsOf } from '../state-machine.js';

/** What a person is doing, as far as calls go. No record in the store means `off`. */
export type PersonState = 'off' | 'available' | 'ringing' | 'calling' | 'busy';

export type PersonEvent =
  /** Staff: ready for calls. */
  | 'ON'
  /** A call rings here. */
  | 'RING'
  /** The person calls. */
  | 'CALL'
  /** The call in which the person is, is answered. */
  | 'CONNECT'
  /** Free again. */
  | 'RELEASE'
  /** Not to be reached any more. */
  | 'OFF';

/** Whoever has a part in a call has one state, so that nobody is in two calls (E4). */
export const personMachine = createMachine({
  id: 'person',
  initial: 'off',
  states: {
    off: { on: { ON: 'available', CALL: 'calling' } },
    available: { on: { RING: 'ringing', CALL: 'calling', OFF: 'off' } },
    ringing: { on: { CONNECT: 'busy', RELEASE: 'available', OFF: 'off' } },
    calling: { on: { CONNECT: 'busy', RELEASE: 'available', OFF: 'off' } },
    busy: { on: { RELEASE: 'available', OFF: 'off' } },
  },
});

/** The machine as a pure function. */
export const personStep = stepsOf<PersonState, PersonEvent>(personMachine);
