import type { SfuParticipant } from './sfu-participant.js';

/** A room on a node, owned by one epoch. The same name under another epoch is another room. */
export class SfuRoomState {
  /** `starting` until the room process is there; `gone` once stopped. */
  state: 'starting' | 'running' | 'gone' = 'starting';
  /** session id -> the participant that counts */
  readonly participants = new Map<string, SfuParticipant>();
  /** Told when the start has ended: null, or why it failed. */
  readonly waiting: ((error: string | null) => void)[] = [];

  constructor(
    readonly name: string,
    readonly epoch: number,
  ) {}
}
