/** What one step of a model says. */
export interface Step<State> {
  /** Whether the object could have answered this in the state before. */
  readonly ok: boolean;
  /** State afterwards; of no meaning when not `ok`. */
  readonly state: State;
}

/** A sequential object: what it would answer if operations came one after the other. States are values and never altered. */
export interface Model<State, Input, Output> {
  readonly init: State;
  /** Executes one operation. An `output` of `undefined` is not known, and therefore never wrong. */
  step(state: State, input: Input, output: Output | undefined): Step<State>;
  /** Equal for equal states, different for different ones. */
  key(state: State): string;
  /** An operation in words, e.g. `write 4`; different for inputs or outputs that `step` tells apart. */
  describe(input: Input, output: Output | undefined): string;
  /** A state in words, e.g. `the value 4`. */
  describeState(state: State): string;
}
