/** Exit codes of the command line; all can be used with `git bisect run`. */
export const ExitCode = {
  ok: 0,
  sloMissed: 1,
  usage: 2,
  safety: 3,
  liveness: 4,
  notDeterministic: 5,
  notComparable: 6,
  internal: 70,
  cannotJudge: 125,
} as const;

/** A mistake of the user or of the environment: shown as one line that says what to do, never as a stack trace. */
export class DeadairError extends Error {
  /**
   * @param code stable identifier, e.g. `scenario.unknown`
   * @param message what is wrong and what to do about it, one line
   * @param exitCode one of {@link ExitCode}
   */
  constructor(
    readonly code: string,
    message: string,
    readonly exitCode: number = ExitCode.usage,
  ) {
    super(message);
    this.name = 'DeadairError';
  }
}
