import { type CapacityFile, renderCapacityJson, renderCapacityTerminal } from '../../../reports/index.js';
import { DeadairError } from '../../errors.js';
import type { Written } from '../outputs.js';
import { shellCommand } from '../replay-command.js';
import { useColor } from '../use-color.js';
import { type CapacityOutputs, capacityOutputs } from './capacity-outputs.js';

/** What a sweep and a search for the capacity take alike. */
export interface StudyOptions extends CapacityOutputs {
  readonly with: readonly string[];
  readonly seeds: number;
  readonly seed: number;
  readonly set: readonly string[];
  readonly duration?: number;
  readonly workers?: number;
  readonly metrics?: string;
  readonly out: string;
  readonly json?: boolean;
}

/**
 * Prints the outcome: one JSON object, or the summary and the files that were written.
 * @throws DeadairError `output.unwritable` then, of the first file that could not be written
 */
export function showCapacity(file: CapacityFile, options: StudyOptions, { failed, failure }: Written): void {
  if (options.json === true) process.stdout.write(renderCapacityJson(file));
  else {
    process.stdout.write(renderCapacityTerminal(file, { color: useColor(process.stdout) }));
    for (const { option, path } of capacityOutputs(options))
      if (!failed.has(option)) process.stdout.write(`${option.slice(2)}: ${path}\n`);
  }
  if (failure === null) return;
  throw new DeadairError(failure.code, `${failure.message}, and give the same command again: the runs are kept`);
}

/**
 * The command that makes the same file again.
 * @param head its name, the scenario and what is varied or searched
 * @param tail options that the other one does not have
 */
export function commandOf(head: readonly string[], options: StudyOptions, tail: readonly string[] = []): string {
  const { with: links, seeds, seed, set, duration, metrics } = options;
  return shellCommand([
    'deadair',
    ...head,
    ...links.flatMap((text) => ['--with', text]),
    ...set.flatMap((text) => ['--set', text]),
    ...(duration === undefined ? [] : ['--duration', String(duration)]),
    '--seeds',
    String(seeds),
    ...(seed === 1 ? [] : ['--seed', String(seed)]),
    ...tail,
    ...(metrics === undefined ? [] : ['--metrics', metrics]),
  ]);
}
