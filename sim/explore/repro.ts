import { DeadairError, ExitCode } from '../errors.js';
import { resolveScenario, scenarioHash } from '../scenario/index.js';
import { DEADAIR_VERSION } from '../version.js';
import type { Catch } from './hunt-seed.js';
import type { CriticalPair } from './localise.js';
import type { Minimised, Suspect } from './minimise.js';
import { REPRO_VERSION, type Repro, reproSchema } from './repro-schema.js';

/** Stands for collaborators that are not in the zoo, or own oracles: only the test suite that has them can replay. */
export const CUSTOM = 'custom';

/**
 * What is written to a repro file.
 * @param hazards ids of the hazards in the core
 */
export function reproOf(
  caught: Catch | (Minimised & Pick<Catch, 'strategy'>),
  hazards: readonly string[],
  critical: CriticalPair | null = null,
): Repro {
  const { given, violation } = caught;
  return {
    format: 'deadair-repro',
    version: REPRO_VERSION,
    deadairVersion: DEADAIR_VERSION,
    scenario: given.scenario,
    scenarioHash: scenarioHash(given.scenario),
    hazards: [...hazards],
    seed: given.seed,
    windowMs: given.windowMs,
    choices: caught.departures.flatMap((choice) => ('hold' in choice ? [] : [choice])),
    holds: caught.departures.flatMap((choice) => ('hold' in choice ? [choice] : [])),
    strategy: caught.strategy,
    violation: {
      oracle: violation.oracle,
      kind: violation.kind,
      message: violation.message,
      atUs: violation.atUs,
      subjects: [...violation.subjects],
    },
    traceHash: caught.traceHash,
    minimised:
      'replays' in caught
        ? {
            actors: caught.actors,
            actions: caught.actions,
            faults: caught.faults,
            choices: caught.choices,
            replays: caught.replays,
            complete: caught.complete,
          }
        : null,
    critical: critical === null ? null : { first: critical.first, second: critical.second },
  };
}

/** The text of a repro file. */
export function renderRepro(repro: Repro): string {
  return `${JSON.stringify(repro, null, 2)}\n`;
}

/** What a repro says is to be seen again. */
export function suspectOf(repro: Repro): Suspect {
  return {
    given: { scenario: resolveScenario(repro.scenario), seed: repro.seed, windowMs: repro.windowMs },
    departures: [...repro.choices, ...repro.holds],
    violation: { ...repro.violation, events: [] },
    traceHash: repro.traceHash,
  };
}

/**
 * Reads a repro file.
 * @param name what to call it in messages
 * @throws DeadairError with exit code 2 when it is damaged or no repro, 6 when it cannot be compared: another version, a changed scenario
 */
export function parseRepro(text: string, name: string): Repro {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    const problem =
      text.trim() === ''
        ? 'is empty'
        : /^\s*\{/.test(text) && !/\}\s*$/.test(text)
          ? 'breaks off in the middle'
          : 'is not JSON';
    throw new DeadairError(
      'repro.damaged',
      `${name} ${problem}; hunt again with --repro, or take the file from version control`,
    );
  }
  const { format, version } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (format !== 'deadair-repro') {
    throw new DeadairError(
      'repro.foreign',
      `${name}: format: must be "deadair-repro", not ${shown(format)}; pass a file that deadair hunt --repro has written`,
    );
  }
  if (version !== REPRO_VERSION) {
    throw new DeadairError(
      'repro.version',
      `${name}: version: this deadair replays version ${REPRO_VERSION}, not ${shown(version)}; hunt again, or replay with the deadair that made it`,
      ExitCode.notComparable,
    );
  }
  const parsed = reproSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.map(String).join('.') || 'the file';
    throw new DeadairError(
      'repro.invalid',
      `${name}: ${field}: ${issue?.message ?? 'is not valid'}; hunt again with --repro`,
    );
  }
  const repro = parsed.data;
  try {
    resolveScenario(repro.scenario);
  } catch (error) {
    if (!(error instanceof DeadairError)) throw error;
    throw new DeadairError('repro.invalid', `${name}: scenario.${error.message}`);
  }
  // of what was written down: options that are younger than the file have their defaults
  const hash = scenarioHash(repro.scenario);
  if (hash !== repro.scenarioHash) {
    const cause =
      repro.deadairVersion === DEADAIR_VERSION ? 'was changed by hand' : `was made by deadair ${repro.deadairVersion}`;
    throw new DeadairError(
      'repro.scenario',
      `${name}: scenarioHash: the scenario has ${hash}, not ${repro.scenarioHash}: it ${cause}; hunt again`,
      ExitCode.notComparable,
    );
  }
  return repro;
}

function shown(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 30);
}
