import type { ChoiceStream } from '../../kernel/index.js';
import { Conversation } from './conversation.js';
import { Floor } from './floor.js';
import { BLOCK_FRAMES, Speech } from './speech.js';
import { FRAME_US, type Turns } from './turns.js';

/** `conversation`: two as in P.59, more with a floor. `dominant`: a floor always. `everyone`: all talk all the time. `nobody`: silence. */
export type TalkModel = 'conversation' | 'dominant' | 'everyone' | 'nobody';

/**
 * Who talks when in one channel. Planned in blocks of 1 s, as far as somebody asks, and planned again from where who takes part has changed. What is planned
 * depends on the stream and on who joined and left when, not on who asked: packets and flows hear the same people talk.
 */
export class TalkPlan {
  private readonly members: Speech[] = [];
  private turns: Turns | null = null;
  private plannedUs = 0;

  /** @param stream the channel's own, e.g. `media/talk/17` */
  constructor(
    private readonly model: TalkModel,
    private readonly stream: ChoiceStream,
  ) {}

  /** Members now. */
  get size(): number {
    return this.members.length;
  }

  /** Somebody takes part from a frame on. Frames must not go back from call to call of {@link join} and {@link leave}. */
  join(userId: string, frame: number): Speech {
    this.cover(frame);
    const speech = new Speech(userId, (asked) => this.cover(asked));
    this.members.push(speech);
    if (this.model === 'everyone') speech.add(frame, Number.POSITIVE_INFINITY);
    else if (this.members.length <= 3) this.planAgain(frame);
    return speech;
  }

  /** Before this frame somebody who is silent at `frame` says nothing, unless who takes part changes. */
  quietUntil(speech: Speech, frame: number): number {
    return Math.min(speech.nextStart(frame), Math.floor(this.plannedUs / FRAME_US));
  }

  /** Somebody takes no longer part; is silent from then on. */
  leave(speech: Speech, frame: number): void {
    const index = this.members.indexOf(speech);
    if (index < 0) return;
    this.cover(frame);
    this.members.splice(index, 1);
    speech.truncate(frame);
    const held = this.turns instanceof Floor && this.turns.isHeldBy(speech.userId);
    if (held || this.members.length <= 2) this.planAgain(frame);
  }

  private cover(frame: number): void {
    const endUs = (Math.floor(frame / BLOCK_FRAMES) + 1) * BLOCK_FRAMES * FRAME_US;
    if (this.turns === null) {
      if (this.plannedUs < endUs) this.plannedUs = endUs;
      return;
    }
    while (this.plannedUs < endUs) this.plannedUs = this.turns.step(this.plannedUs, this.members, this.stream);
  }

  private planAgain(frame: number): void {
    if (this.model === 'everyone' || this.model === 'nobody') return;
    for (const member of this.members) member.truncate(frame);
    this.plannedUs = frame * FRAME_US;
    if (this.members.length < 2) this.turns = null;
    else if (this.model === 'conversation' && this.members.length === 2) this.turns = new Conversation();
    else if (!(this.turns instanceof Floor)) this.turns = new Floor();
  }
}
