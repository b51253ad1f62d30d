import type { RunFigures } from '../../../reports/capacity/schema.js';
import { builtInScenarios } from '../../../scenarios/index.js';
import { type Point, runPoints } from '../../campaign/index.js';
import { DeadairError } from '../../errors.js';
import { realWorld } from '../../kernel/real-world.js';
import { loadScenario, type Scenario } from '../../scenario/index.js';
import { runFigures } from '../../sweep/run-figures.js';
import type { Setting } from '../../sweep/setting.js';
import type { Interruption } from '../interruption.js';
import type { ProgressLine } from '../progress-line.js';
import { replayCommandFor } from '../replay-command.js';
import type { JournalFile } from './journal-file.js';

/** A setting with its scenario, or why there is none. */
export interface Loaded {
  readonly setting: Setting;
  readonly scenario: Scenario | DeadairError;
}

/** The scenario at a setting. @throws what is no mistake of the setting */
export async function loadSetting(reference: string, overrides: readonly string[], setting: Setting): Promise<Loaded> {
  try {
    const all = [...overrides, ...setting.overrides];
    return { setting, scenario: await loadScenario(reference, { builtIn: builtInScenarios, overrides: all }) };
  } catch (error) {
    if (!(error instanceof DeadairError)) throw error;
    return { setting, scenario: withoutSet(error, setting) };
  }
}

/** Nobody gave these with `--set`. */
function withoutSet({ code, message, exitCode }: DeadairError, { overrides }: Setting): DeadairError {
  const given = overrides.find((text) => message.startsWith(`--set ${text}: `));
  return new DeadairError(code, given === undefined ? message : message.slice('--set '.length), exitCode);
}

/** Names a point in the journal. */
export function pointKey({ values }: Pick<Setting, 'values'>, seed: number): string {
  return JSON.stringify([...values, seed]);
}

/** Runs points of one scenario at many settings, each once: what is in the journal is not run again. */
export class Study {
  private readonly results: Map<string, RunFigures>;
  private readonly startedMs = realWorld.nowMs();
  private done = 0;

  constructor(
    private readonly options: {
      readonly reference: string;
      /** What holds at every setting. */
      readonly overrides: readonly string[];
      readonly journal: JournalFile<RunFigures>;
      readonly progress: ProgressLine;
      readonly interruption: Interruption;
      readonly workers?: number;
      /** Metrics that are shown, beside those of the levels. */
      readonly metrics: readonly string[];
    },
  ) {
    this.results = new Map(options.journal.found);
  }

  /** What is known of a point. */
  get(setting: Setting, seed: number): RunFigures | undefined {
    return this.results.get(pointKey(setting, seed));
  }

  /**
   * Runs what is not known yet, the first seed at every setting first. Ends early when interrupted.
   * @param label what is being done, for the progress line
   */
  async run(settings: readonly Loaded[], seeds: readonly number[], label: string): Promise<void> {
    const { journal, progress, interruption, workers, metrics } = this.options;
    const byKey = new Map<string, { readonly setting: Setting; readonly seed: number }>();
    const points: Point[] = seeds.flatMap((seed) =>
      settings.flatMap(({ setting, scenario }) => {
        const key = pointKey(setting, seed);
        if (scenario instanceof DeadairError || this.results.has(key)) return [];
        byKey.set(key, { setting, seed });
        return [{ key, scenario, seed }];
      }),
    );
    const total = points.length;
    const known = journal.found.size;
    const startedMs = realWorld.nowMs();
    let ended = 0;
    const show = () => {
      const wallS = (realWorld.nowMs() - this.startedMs) / 1e3;
      const left =
        ended === 0 ? '' : `  ${duration(((realWorld.nowMs() - startedMs) / 1e3 / ended) * (total - ended))} left`;
      const before = known === 0 ? '' : `  (${known} were there)`;
      progress.show(wallS, `${label}  ${ended} of ${total} runs${before}${left}`);
    };
    show();
    await runPoints(points, {
      ...(workers === undefined ? {} : { workers }),
      detail: 'figures',
      metrics,
      signal: interruption.signal,
      onOutcome: (point, outcome) => {
        const { setting, seed } = byKey.get(point.key) as { setting: Setting; seed: number };
        const figures = runFigures(seed, outcome, this.replay(setting, seed));
        journal.add({ key: point.key, value: figures });
        this.results.set(point.key, figures);
        this.done++;
        ended++;
        show();
      },
    });
  }

  /** The command that makes a point again. */
  replay(setting: Setting, seed: number): string {
    const { reference, overrides } = this.options;
    return replayCommandFor(reference, seed, [...overrides, ...setting.overrides]);
  }

  /** Points run in this process. */
  get ran(): number {
    return this.done;
  }
}

/** `3 min 20 s` */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
