import type { Strategy } from './strategy.js';

/** The order of time: no decision is anything but tame. */
export class Tame implements Strategy {
  readonly name = 'tame';

  begin(): void {}

  choose(): number {
    return 0;
  }
}
