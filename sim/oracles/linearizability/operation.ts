/**
 * One operation of a concurrent history. Times may be of any clock, as long as they order calls and returns; an operation precedes
 * another one if it has returned before the other is called.
 */
export interface Operation<Input, Output> {
  /** Who has called; for messages only. */
  readonly client: string;
  readonly input: Input;
  /** What was answered; `undefined` when nobody knows, always so without a return. */
  readonly output: Output | undefined;
  readonly callAt: number;
  /** Infinity when no answer has come: the operation may take effect at any time after the call, or never. */
  readonly returnAt: number;
}
