import type { ChoiceStream } from '../../kernel/index.js';
import type { Speech } from './speech.js';
import { addSpurt, type Turns } from './turns.js';

/** Mean durations of the states, in microseconds: T = -m ln(1 - x). */
const SINGLE_TALK_US = 854_000;
const DOUBLE_TALK_US = 226_000;
const MUTUAL_SILENCE_US = 456_000;
/** After single talk the other one breaks in with this probability; else both are silent. */
const BREAKS_IN = 0.4;

/**
 * Conversation of two: the four states of ITU-T P.59 (one talks, the other talks, both, nobody). Single talk is followed by double talk
 * (40 %) or mutual silence (60 %), these by single talk of either (50 %).
 *
 * What follows from these numbers: talk spurts of 1.035 s on average, each talks 42.5 % of the time, both 7.4 %, nobody 22.5 %. (The
 * Recommendation's table for measured speech has 1.004 s, 38.5 %, 6.6 % and 22.5 %; its shares do not add up to one.)
 */
export class Conversation implements Turns {
  private state: 'single' | 'double' | 'silence' = 'silence';
  private talker = 0;

  step(fromUs: number, [a, b]: readonly Speech[], stream: ChoiceStream): number {
    const both = [a as Speech, b as Speech];
    if (this.state === 'single') {
      this.state = stream.chance(BREAKS_IN) ? 'double' : 'silence';
    } else {
      this.state = 'single';
      this.talker = stream.choose(2);
    }
    const untilUs = fromUs + stream.exponential(this.meanUs());
    if (this.state === 'single') addSpurt(both[this.talker]!, fromUs, untilUs);
    else if (this.state === 'double') for (const speech of both) addSpurt(speech, fromUs, untilUs);
    return untilUs;
  }

  private meanUs(): number {
    if (this.state === 'single') return SINGLE_TALK_US;
    return this.state === 'double' ? DOUBLE_TALK_US : MUTUAL_SILENCE_US;
  }
}
