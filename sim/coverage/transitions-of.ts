import type { AnyStateMachine } from 'xstate';

/** Every (state, event) that a flat XState machine reacts to, in the order of its definition. */
export function transitionsOf(machine: AnyStateMachine): [state: string, event: string][] {
  return Object.entries(machine.states).flatMap(([state, node]) =>
    node.ownEvents.map((event): [string, string] => [state, String(event)]),
  );
}
