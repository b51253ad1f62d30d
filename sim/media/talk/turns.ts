import type { ChoiceStream } from '../../kernel/index.js';
import type { Speech } from './speech.js';

/** Plans talk step by step: each step appends spurts and says up to where everything is decided. */
export interface Turns {
  /**
   * @param fromUs where the plan ends now, in microseconds
   * @param members who may talk, in the order of joining
   * @returns where it ends after this step, in microseconds, later than `fromUs`
   */
  step(fromUs: number, members: readonly Speech[], stream: ChoiceStream): number;
}

/** Length of an Opus frame in microseconds. */
export const FRAME_US = 20_000;

/** Adds a spurt given in microseconds: it begins and ends with the frame that is nearest. */
export function addSpurt(speech: Speech, fromUs: number, untilUs: number): void {
  speech.add(Math.round(fromUs / FRAME_US), Math.round(untilUs / FRAME_US));
}
