import type { Operation } from './operation.js';

/** What a check has come to. `steps`: steps of the model it took. */
export type Verdict<Input, Output> =
  /** `order`: one order in which everything could have been done; operations without an answer that are not needed for it are left out. */
  | { readonly answer: 'linearizable'; readonly steps: number; readonly order: readonly Operation<Input, Output>[] }
  | {
      readonly answer: 'not-linearizable';
      readonly steps: number;
      /** The operation that cannot be placed: the history up to its return, and none shorter, has no explanation. */
      readonly culprit: Operation<Input, Output>;
      /** Operations called before the culprit has returned, itself included. */
      readonly prefix: number;
      /** The same in words. */
      readonly explanation: string;
    }
  /** The budget of steps was too small. */
  | { readonly answer: 'unknown'; readonly steps: number };
