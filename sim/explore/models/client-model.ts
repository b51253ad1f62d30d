import { createMachine } from 'xstate';

/**
 * In the channel: mode, and what the migration asks for. `preparing`: wait; `to-...`: build the new path; `settling`: the mode has changed,
 * say so; `rollback`: go back.
 */
const viewed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  p2p: { PREPARING: 'p2p-preparing' },
  'p2p-preparing': { INVITED: 'p2p-to-sfu', AT_REST: 'p2p' },
  'p2p-to-sfu': { SWITCHED: 'sfu-settling', RECALLED: 'p2p-rollback' },
  'p2p-rollback': { AT_REST: 'p2p' },
  'p2p-settling': { AT_REST: 'p2p' },
  sfu: { INVITED: 'sfu-to-p2p', PREPARING: 'sfu-preparing' },
  'sfu-preparing': { INVITED: 'sfu-to-sfu', AT_REST: 'sfu' },
  'sfu-to-sfu': { SWITCHED: 'sfu-settling', RECALLED: 'sfu-rollback' },
  'sfu-settling': { AT_REST: 'sfu' },
  'sfu-to-p2p': { SWITCHED: 'p2p-settling', RECALLED: 'sfu-rollback' },
  'sfu-rollback': { AT_REST: 'sfu' },
};

/** Places of one who is in the channel. */
export const PLACES_IN: readonly string[] = Object.keys(viewed);

interface State {
  readonly on: Readonly<Record<string, string>>;
}

/** Places in which one may lose the line to the backend and not notice it in the voices. */
function withLine(place: string, on: Readonly<Record<string, string>>): [string, State][] {
  return [
    [place, { on: { ...on, LINE_LOST: `${place}-offline`, LEFT: 'leaving', CLOSED: 'away' } }],
    [`${place}-offline`, { on: { LINE_BACK: place, CLOSED: 'away' } }],
  ];
}

/**
 * What one session goes through, in a user's words. It is a model, not part of the core: the core's client is level-triggered and follows any
 * view, so that in a rough world it also takes steps that are not here (a view is missed, a channel is forgotten). Those that are here are the
 * ones that a client must be able to take; {@link watchClients} tells of them in the same words.
 */
export const clientModel = createMachine({
  id: 'client',
  initial: 'away',
  states: Object.fromEntries<State>([
    ['away', { on: { OPENED: 'joining' } }],
    [
      'joining',
      {
        on: {
          ADMITTED: 'p2p',
          ADMITTED_P2P_PREPARING: 'p2p-preparing',
          // a second tab takes the place of the first, migration or not
          ADMITTED_P2P_TO_SFU: 'p2p-to-sfu',
          ADMITTED_SFU_SETTLING: 'sfu-settling',
          ADMITTED_SFU: 'sfu',
          QUEUED: 'queued',
          REFUSED: 'refused',
          LEFT: 'leaving',
          CLOSED: 'away',
        },
      },
    ],
    ['refused', { on: { ADMITTED: 'p2p', ADMITTED_SFU: 'sfu', LEFT: 'leaving', CLOSED: 'away' } }],
    ...withLine('queued', { ADMITTED: 'p2p', ADMITTED_SFU_SETTLING: 'sfu-settling' }),
    ...Object.entries(viewed).flatMap(([place, on]) => withLine(place, { ...on, DISPLACED: 'displaced' })),
    ['leaving', { on: { CLOSED: 'away' } }],
    ['displaced', { on: { CLOSED: 'away' } }],
  ]),
});
