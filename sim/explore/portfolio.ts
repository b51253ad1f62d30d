import { DeadairError } from '../errors.js';
import { didYouMean } from '../scenario/index.js';
import type { Departure } from './schedule.js';
import { DelayBounded } from './strategies/delay-bounded.js';
import { Mutate } from './strategies/mutate.js';
import { Pct } from './strategies/pct.js';
import { Pos } from './strategies/pos.js';
import { RandomWalk } from './strategies/random-walk.js';
import type { Strategy } from './strategies/strategy.js';
import { Surw } from './strategies/surw.js';

type Make = (kept: readonly (readonly Departure[])[]) => Strategy;

const strategies: Readonly<Record<string, Make>> = {
  random: () => new RandomWalk(),
  'pct-2': () => new Pct(2),
  'pct-3': () => new Pct(3),
  'pct-5': () => new Pct(5),
  pos: () => new Pos(),
  surw: () => new Surw(),
  delay: () => new DelayBounded(),
  feedback: (kept) => new Mutate(kept),
};

/** Not drawn from, but a search of its own: see `huntExhaustively`. */
export const EXHAUSTIVE = 'exhaustive';

/** Names of all strategies that `--strategy` takes. */
export const STRATEGY_NAMES: readonly string[] = ['portfolio', ...Object.keys(strategies), EXHAUSTIVE];

/** Shares of the portfolio, in percent. */
const SHARES: readonly (readonly [string, number])[] = [
  ['surw', 33],
  ['pos', 22],
  ['pct-2', 5],
  ['pct-3', 5],
  ['pct-5', 5],
  ['delay', 12],
  ['random', 8],
  ['feedback', 10],
];

/**
 * The strategies for the schedules of one case, made when they are first needed.
 * @param kept schedules that feedback goes by
 */
export class Portfolio {
  private readonly made = new Map<string, Strategy>();

  /** @throws DeadairError when there is no strategy of that name to draw from */
  constructor(
    private readonly name: string,
    private readonly kept: readonly (readonly Departure[])[],
  ) {
    checkStrategy(name);
    if (name === EXHAUSTIVE) {
      throw new DeadairError('hunt.strategy', 'exhaustive searches one seed to its end: use hunt(), not huntSeed()');
    }
  }

  /** @param draw 0 to 99 */
  pick(draw: number): Strategy {
    if (this.name !== 'portfolio') return this.strategy(this.name);
    let left = draw;
    for (const [name, share] of SHARES) {
      left -= share;
      if (left < 0) return this.strategy(name);
    }
    return this.strategy('random');
  }

  private strategy(name: string): Strategy {
    let strategy = this.made.get(name);
    if (strategy === undefined) {
      strategy = strategies[name]!(this.kept);
      this.made.set(name, strategy);
    }
    return strategy;
  }
}

/** @throws DeadairError when there is no strategy of that name */
export function checkStrategy(name: string): void {
  if (STRATEGY_NAMES.includes(name)) return;
  throw new DeadairError('hunt.strategy', `there is no strategy "${name}"${didYouMean(name, STRATEGY_NAMES)}`);
}
