import type { ChoiceStream } from '../../kernel/index.js';
import type { Speech } from './speech.js';
import { addSpurt, type Turns } from './turns.js';

/** Talk spurts and the pauses within a turn: mean talk spurt and mean mutual silence of ITU-T P.59, in microseconds. */
const SPURT_US = 1_004_000;
const PAUSE_US = 508_000;
/** Our choice, as all that follows: how long somebody holds the floor, on average. */
const TURN_US = 6_000_000;
/** Share of turns that one of the dominant two takes. */
const DOMINANT_SHARE = 0.85;
/** Probability that after a turn one of the dominant two is replaced. */
const CHANGE_OF_DOMINANCE = 0.05;
/** Probability that somebody throws a word into a talk spurt, and its mean length (double talk of P.59 is 0.228 s). */
const INTERJECTION = 0.15;
const INTERJECTION_US = 400_000;

/**
 * Talk in a group: somebody holds the floor for some seconds with talk spurts and pauses as in P.59, others throw in a word; most turns go to one or two
 * dominant speakers. About two thirds of the time one talks, 4 % two.
 */
export class Floor implements Turns {
  private readonly dominant: string[] = [];
  private holder = '';

  /** True when the person is in the middle of a turn. */
  isHeldBy(userId: string): boolean {
    return this.holder === userId;
  }

  step(fromUs: number, members: readonly Speech[], stream: ChoiceStream): number {
    this.elect(members, stream);
    const holder = this.next(members, stream);
    this.holder = holder.userId;
    const untilUs = fromUs + Math.max(SPURT_US / 2, stream.exponential(TURN_US));
    let atUs = fromUs;
    while (atUs < untilUs) {
      const endUs = Math.min(untilUs, atUs + stream.exponential(SPURT_US));
      addSpurt(holder, atUs, endUs);
      if (stream.chance(INTERJECTION)) this.interject(members, stream, atUs, endUs, untilUs);
      atUs = endUs + stream.exponential(PAUSE_US);
    }
    return Math.max(atUs, untilUs);
  }

  private elect(members: readonly Speech[], stream: ChoiceStream): void {
    for (let i = this.dominant.length - 1; i >= 0; i--) {
      if (!members.some(({ userId }) => userId === this.dominant[i])) this.dominant.splice(i, 1);
    }
    if (this.dominant.length > 0 && stream.chance(CHANGE_OF_DOMINANCE)) this.dominant.shift();
    while (this.dominant.length < Math.min(2, members.length)) {
      const { userId } = members[stream.choose(members.length)]!;
      if (!this.dominant.includes(userId)) this.dominant.push(userId);
    }
  }

  private next(members: readonly Speech[], stream: ChoiceStream): Speech {
    if (!stream.chance(DOMINANT_SHARE)) return members[stream.choose(members.length)]!;
    const userId = this.dominant[stream.choose(this.dominant.length)];
    return members.find((member) => member.userId === userId)!;
  }

  private interject(
    members: readonly Speech[],
    stream: ChoiceStream,
    fromUs: number,
    endUs: number,
    limitUs: number,
  ): void {
    const guest = members[stream.choose(members.length)]!;
    const atUs = stream.between(fromUs, endUs);
    const untilUs = Math.min(limitUs, atUs + stream.exponential(INTERJECTION_US));
    if (guest.userId !== this.holder) addSpurt(guest, atUs, untilUs);
  }
}
