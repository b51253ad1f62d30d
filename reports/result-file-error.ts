/** A result file that cannot be used; the message is one line that says what to do. */
export class ResultFileError extends Error {
  /** @param code `result.unreadable`, `result.truncated`, `result.foreign`, `result.version` or `result.invalid` */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ResultFileError';
  }
}
