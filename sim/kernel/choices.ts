import { DeadairError, ExitCode } from '../errors.js';
import type { ChoiceSource } from './choice-source.js';
import { type Generator, labelledGenerator, scaledInteger } from './random.js';

/** Options of the choice behind a continuous draw: fine enough for delays, and exact in 32 bits. */
const GRAIN = 0x4000_0000;
const N_LIMIT = 0x1_0000_0000;

/**
 * The single source of everything undecided in a world. Each label has its own stream, so that an extra draw in one
 * place does not shift any other.
 */
export class Choices {
  private readonly streams = new Map<string, ChoiceStream>();

  /**
   * @param seed any safe integer
   * @param source decides instead of the seed: a recorder, a replay, a strategy
   */
  constructor(
    readonly seed: number,
    private readonly source?: ChoiceSource,
  ) {
    if (!Number.isSafeInteger(seed)) {
      throw new DeadairError('kernel.seed', `seed ${seed} is not a safe integer: give one such as 1`);
    }
  }

  /** One choice of the label's stream; see {@link ChoiceStream.choose}. Where it is hot, keep the stream instead. */
  choose(label: string, n: number): number {
    return this.stream(label).choose(n);
  }

  /** The stream of a label: always the same object for the same label. */
  stream(label: string): ChoiceStream {
    let stream = this.streams.get(label);
    if (stream === undefined) {
      stream = new ChoiceStream(this.seed, label, this.source);
      this.streams.set(label, stream);
    }
    return stream;
  }
}

/** The choices of one label. All draws are built on {@link choose}, so that a recorded list of choices replays them all. */
export class ChoiceStream {
  private readonly source: ChoiceSource | null;
  private readonly generator: Generator;
  private ordinal = 0;

  /** @internal made by {@link Choices.stream} */
  constructor(
    seed: number,
    readonly label: string,
    source: ChoiceSource | undefined,
  ) {
    this.source = source ?? null;
    this.generator = labelledGenerator(seed, label);
  }

  /**
   * One of `n` options, 0 ... n - 1, of which 0 is the tame one. With one option nothing is consumed.
   * @throws DeadairError `kernel.choice` when n is no integer 1 ... 2^32, or the source answers out of range
   */
  choose(n: number): number {
    if (n === 1) return 0;
    if (!(n > 1 && n <= N_LIMIT && Math.floor(n) === n)) {
      throw new DeadairError(
        'kernel.choice',
        `choice '${this.label}' among ${n} options: the number of options must be an integer from 1 to 2^32`,
        ExitCode.internal,
      );
    }
    if (this.source === null) return scaledInteger(this.generator, n);
    return this.ask(this.source, n);
  }

  /** Uniform in [0, 1), in steps of 2^-30. The tame value is 0. */
  uniform(): number {
    return this.choose(GRAIN) / GRAIN;
  }

  /** Uniform real in [low, high). The tame value is `low`. Equal bounds consume nothing. */
  between(low: number, high: number): number {
    return low === high ? low : low + this.uniform() * (high - low);
  }

  /** Exponentially distributed with the given mean, by inversion (Devroye 1986, II.2). The tame value is 0. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** Normally distributed (Box and Muller, 1958), two choices a draw. The tame value is the mean. */
  normal(mean: number, standardDeviation: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + standardDeviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** True with the given probability; the tame answer is false. A certain answer (0 or less, 1 or more) consumes nothing. */
  chance(probability: number): boolean {
    if (probability <= 0) return false;
    if (probability >= 1) return true;
    return this.uniform() >= 1 - probability;
  }

  private ask(source: ChoiceSource, n: number): number {
    const ordinal = this.ordinal++;
    const value = source.choose(this.label, ordinal, n);
    if (!(value >= 0 && value < n && Math.floor(value) === value)) {
      throw new DeadairError(
        'kernel.choice',
        `choice '${this.label}' #${ordinal}: the source answered ${value}, but the options are 0 to ${n - 1}`,
        ExitCode.internal,
      );
    }
    return value;
  }
}
