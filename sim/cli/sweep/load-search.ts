import { type CapacityFile, type CapacityOutcome, holds, type RunFigures } from '../../../reports/index.js';
import { DeadairError } from '../../errors.js';
import type { Scenario } from '../../scenario/index.js';
import { type Answer, type Interval, SNAP_MAX, searchCapacity } from '../../sweep/capacity-search.js';
import type { Link } from '../../sweep/link.js';
import { type Load, loadSettingOf } from '../../sweep/load.js';
import { assemble } from './assemble.js';
import { type Loaded, loadSetting, type Study } from './study.js';

/** What is searched, and in which range. */
interface Range {
  readonly min: number;
  readonly max: number;
  readonly start: number;
}

/** Asks the study for what the search wants to know. */
export class LoadSearch {
  private readonly seen = new Map<number, Loaded>();
  /** Loads that make no valid scenario, and why. */
  private readonly unfit = new Map<number, DeadairError>();

  constructor(
    private readonly parts: {
      readonly study: Study;
      readonly reference: string;
      readonly overrides: readonly string[];
      readonly load: Load;
      readonly links: readonly Link[];
      readonly seeds: readonly number[];
      readonly base: Scenario;
    },
  ) {}

  /** null: interrupted. @throws DeadairError when no load is valid */
  async run(range: Range, precision: number, signal: AbortSignal): Promise<Interval | null> {
    const steps = searchCapacity({ ...range, precision });
    let step = steps.next();
    while (step.done !== true) {
      const answer = await this.answer(step.value, signal);
      if (answer === null) return null;
      step = steps.next(answer);
    }
    if (step.value.passed === null && step.value.failed === null) throw this.noneValid(range);
    return step.value;
  }

  /** Settings that were tried, smallest load first. */
  tried(): (Loaded & { readonly runs: readonly RunFigures[] })[] {
    return sorted(this.seen).map(([, loaded]) => ({ ...loaded, runs: this.runsOf(loaded) }));
  }

  /** Loads that were stepped over, neighbours together. */
  skipped(): CapacityOutcome['skipped'] {
    const groups: CapacityOutcome['skipped'] = [];
    for (const [load, problem] of sorted(this.unfit)) {
      const last = groups.at(-1);
      if (last !== undefined && last.to === load - 1) last.to = load;
      else groups.push({ from: load, to: load, why: reasonOf(problem) });
    }
    return groups;
  }

  /** null: interrupted. */
  private async answer(load: number, signal: AbortSignal): Promise<Answer | null> {
    if (signal.aborted) return null;
    const { study, reference, overrides, load: what, links, seeds, base } = this.parts;
    const loaded = await loadSetting(reference, overrides, loadSettingOf(what, links, load));
    if (loaded.scenario instanceof DeadairError) {
      // a field that does not exist will not exist with any other load either
      if (loaded.scenario.code !== 'scenario.invalid') throw loaded.scenario;
      this.unfit.set(load, loaded.scenario);
      return 'not-valid';
    }
    this.seen.set(load, loaded);
    await study.run([loaded], seeds, `${what.key} ${load}`);
    const runs = this.runsOf(loaded);
    if (signal.aborted && runs.length < seeds.length) return null;
    const { levels, settings } = assemble({
      kind: 'capacity',
      command: '',
      base,
      overrides,
      variations: [],
      links: [],
      seeds,
      figures: [],
      settings: [{ ...loaded, runs }],
    });
    return holds({ levels }, settings[0] as CapacityFile['settings'][number]);
  }

  private runsOf({ setting }: Loaded): RunFigures[] {
    return this.parts.seeds.flatMap((seed) => this.parts.study.get(setting, seed) ?? []);
  }

  private noneValid({ min, max, start }: Range): DeadairError {
    const { key } = this.parts.load;
    const first = this.unfit.get(start) as DeadairError;
    const which =
      this.unfit.size > max - min
        ? `no load from ${min} to ${max}`
        : `none of the ${SNAP_MAX} loads nearest to ${start}`;
    const advice =
      key === 'population.clients'
        ? 'let channels grow with them: --with population.channels=clients/10, or search --load channel-size'
        : 'give a range in which it is valid, or let other fields follow with --with';
    return new DeadairError(first.code, `--load ${key}: ${which} is valid: ${reasonOf(first)}; ${advice}`);
  }
}

/** Without the value that the search has tried. */
function reasonOf({ message }: DeadairError): string {
  return message.replace(/^(--set )?[\w.-]+=[^:]*: /, '');
}

function sorted<T>(loads: ReadonlyMap<number, T>): [number, T][] {
  return [...loads].sort(([a], [b]) => a - b);
}
