import type { AnyStateMachine } from 'xstate';
import { createTestModel } from 'xstate/graph';

/** One step of a path: the event, and the states before and after. */
export interface PathStep {
  readonly from: string;
  readonly event: string;
  readonly state: string;
}

/** A way through a machine from its initial state. */
export interface ModelPath {
  /** The events in words: `START > TARGET_READY > ...`. */
  readonly name: string;
  readonly steps: readonly PathStep[];
}

/** Which transitions of a machine a set of paths may use. */
export type TransitionFilter = (state: string, event: string) => boolean;

/**
 * All ways through a machine that take no transition twice and end where they can go no further. A flat machine without context is expected;
 * small ones only: their number grows exponentially.
 */
export function simplePaths(machine: AnyStateMachine, allowed: TransitionFilter = () => true): ModelPath[] {
  return pathsOf(machine, 'getSimplePaths', allowed);
}

/** Shortest ways that together take every transition of a machine at least once. */
export function shortestPaths(machine: AnyStateMachine, allowed: TransitionFilter = () => true): ModelPath[] {
  return pathsOf(machine, 'getShortestPaths', allowed);
}

function pathsOf(
  machine: AnyStateMachine,
  way: 'getSimplePaths' | 'getShortestPaths',
  allowed: TransitionFilter,
): ModelPath[] {
  const model = createTestModel(machine);
  const paths = model[way]({ filterEvents: (snapshot, event) => allowed(String(snapshot.value), event.type) });
  return paths.map(({ steps }) => {
    let from = '';
    const taken: PathStep[] = [];
    for (const { event, state } of steps) {
      const reached = String(state.value);
      // the first step is the machine's own start
      if (from !== '') taken.push({ from, event: event.type, state: reached });
      from = reached;
    }
    return { name: taken.map(({ event }) => event).join(' > '), steps: taken };
  });
}
