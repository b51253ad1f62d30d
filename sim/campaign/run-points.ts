import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Detail } from '../detail.js';
import { ExitCode } from '../errors.js';
import type { Outcome, Point } from './point.js';
import { ScenarioLines } from './scenario-lines.js';
import type { PointTask } from './worker.js';

export interface RunPointsOptions {
  /** Threads; default: one for each core. The outcomes do not depend on it, only their order. */
  readonly workers?: number;
  /**
   * A thread stays with a scenario while there are points of it, and begins one that no other thread is at: code compiled for a world is good for its
   * next seed, while each thread compiles for itself. Else in the order of the points.
   */
  readonly stay?: boolean;
  /** Default all. */
  readonly detail?: Detail;
  /** Metrics to be measured though no level asks for them and `detail` would leave them out. */
  readonly metrics?: readonly string[];
  /** Called once for each point, in the order in which they end. What it throws ends the campaign. */
  readonly onOutcome: (point: Point, outcome: Outcome) => void;
  /** Breaks off: points under way are given up, without an outcome. */
  readonly signal?: AbortSignal;
}

/** A point is given up after this many threads have died with it. */
const DEATHS_MAX = 2;

/**
 * Runs points on threads until all have an outcome, or the signal comes. A thread that dies (out of memory, killed) costs only time: another takes
 * its place and its point.
 */
export async function runPoints(points: readonly Point[], options: RunPointsOptions): Promise<void> {
  const { workers = availableParallelism() } = options;
  const line = options.stay === true ? new ScenarioLines(points) : new SingleLine(points);
  const crew = Array.from({ length: Math.min(workers, points.length) }, () => new Thread(line, options));
  try {
    await Promise.all(crew.map((thread) => thread.work()));
  } finally {
    await Promise.all(crew.map((thread) => thread.end()));
  }
}

/** The points that nobody has taken on. */
interface Line {
  /** @param last the point that was taken before, by the same thread */
  take(last?: Point): Point | undefined;
  /** Nobody takes one any more. */
  close(): void;
}

/** One after the other. */
class SingleLine implements Line {
  private next = 0;

  constructor(private readonly points: readonly Point[]) {}

  take(): Point | undefined {
    return this.points[this.next++];
  }

  close(): void {
    this.next = this.points.length;
  }
}

/** One place for a thread, and whoever is in it. */
class Thread {
  private worker: Worker | null = null;
  /** Whoever waits for the thread. */
  private answer: ((answer: Outcome | string | null) => void) | null = null;

  constructor(
    private readonly line: Line,
    private readonly options: RunPointsOptions,
  ) {}

  async work(): Promise<void> {
    const { signal, onOutcome } = this.options;
    for (let point = this.line.take(); point !== undefined; point = this.line.take(point)) {
      if (signal?.aborted) return;
      const outcome = await this.outcomeOf(point);
      if (outcome === null) return;
      try {
        onOutcome(point, outcome);
      } catch (error) {
        this.line.close();
        throw error;
      }
    }
  }

  async end(): Promise<void> {
    const { worker } = this;
    this.worker = null;
    await worker?.terminate();
  }

  /** null: broken off. */
  private async outcomeOf(point: Point): Promise<Outcome | null> {
    let problem = '';
    for (let deaths = 0; deaths < DEATHS_MAX; deaths++) {
      const answer = await this.ask({
        point,
        detail: this.options.detail ?? 'all',
        metrics: this.options.metrics ?? [],
      });
      if (answer === null || typeof answer !== 'string') return answer;
      problem = answer;
    }
    const message = `${point.key}: ${DEATHS_MAX} threads died with it (${problem})`;
    return { kind: 'failed', code: 'point.thread-died', message, exitCode: ExitCode.internal };
  }

  /** The outcome, null when broken off, or why the thread died. */
  private async ask(task: PointTask): Promise<Outcome | string | null> {
    const { signal } = this.options;
    const worker = this.present();
    const answered = new Promise<Outcome | string | null>((resolve) => {
      this.answer = resolve;
    });
    signal?.addEventListener('abort', this.giveUp, { once: true });
    worker.postMessage(task);
    const answer = await answered;
    signal?.removeEventListener('abort', this.giveUp);
    return answer;
  }

  private readonly giveUp = (): void => this.answer?.(null);

  private present(): Worker {
    if (this.worker !== null) return this.worker;
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      // worlds die young: with room for hundreds of them, most need no collection at all
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    const dead = (reason: string) => {
      if (this.worker !== worker) return;
      this.worker = null;
      this.answer?.(reason);
    };
    worker.on('message', (outcome: Outcome) => this.answer?.(outcome));
    worker.on('error', (error: Error) => dead(error.message));
    worker.on('exit', (code) => dead(`it ended with exit code ${code}`));
    this.worker = worker;
    return worker;
  }
}
