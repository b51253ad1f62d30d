import type { Host, HostClockOptions } from '../hosts/index.js';
import type { NodeMachine } from './capacity/index.js';
import type { SfuDoor } from './sfu-door.js';
import type { SfuObserver } from './sfu-observer.js';
import type { SfuParticipant } from './sfu-participant.js';
import type { SfuTokenCheck } from './sfu-token.js';

/** How to make an {@link SfuNode}. */
export interface SfuNodeOptions {
  /** Name of the node, and id of its host. */
  readonly name: string;
  readonly clock?: HostClockOptions;
  /** Participants of all rooms together; more are refused, those inside stay (B8). Default 300. */
  readonly capacity?: number;
  /** What it runs on: then that says how much it takes, not `capacity`. */
  readonly machine?: NodeMachine;
  /** Time to start a room, uniform, in milliseconds. Default 50 to 200. */
  readonly startMinMs?: number;
  readonly startMaxMs?: number;
  /** Share of starts that are slow, 0 to 1, default 0, and how long those take. Default 4 000 to 8 000 ms. */
  readonly slowStartShare?: number;
  readonly slowStartMinMs?: number;
  readonly slowStartMaxMs?: number;
  /** A participant from whom nothing arrives for this long is removed (RFC 7675 consent). Default 30 000 ms. */
  readonly staleAfterMs?: number;
  /** Default {@link checkSfuToken}. */
  readonly checkToken?: SfuTokenCheck;
  /** Checks signed tokens instead of `checkToken`; made at each boot. */
  readonly door?: (
    host: Host,
    inside: () => readonly SfuParticipant[],
    remove: (participant: SfuParticipant) => void,
  ) => SfuDoor;
  readonly observers?: readonly SfuObserver[];
}

/** Faults of a node that are not crashes. None at first; a scenario sets them. They outlive a crash. */
export interface SfuNodeFaults {
  /** How many faults make it refuse new clients and new rooms. It keeps what it has, and answers every call. */
  refusals: number;
  /** Control calls wait this long before they are carried out and answered. Unit: ms. */
  slowMs: number;
  /** Share of rooms that fail to start, and of clients that are not let in. 0 to 1. */
  startFailShare: number;
  joinFailShare: number;
  /** Refuses new clients and new rooms, keeps what it has (B8). */
  memoryFull: boolean;
  /** Answers nobody, clients or backends. Media of those inside flows on. */
  hang: boolean;
}
