import { DeadairError } from '../../errors.js';

/** An expression that cannot be read, or that lies outside of the subset (see the grammar above the parser). */
export class PromqlError extends DeadairError {
  /**
   * @param problem what is wrong and what to do about it
   * @param line from 1, within the expression
   * @param column from 1
   */
  constructor(
    readonly problem: string,
    readonly line: number,
    readonly column: number,
  ) {
    super('promql.syntax', `line ${line}, column ${column} of the expression: ${problem}`);
    this.name = 'PromqlError';
  }
}

/** The error at an offset of a text. */
export function promqlError(text: string, offset: number, problem: string): PromqlError {
  const before = text.slice(0, offset).split('\n');
  return new PromqlError(problem, before.length, (before.at(-1) ?? '').length + 1);
}
