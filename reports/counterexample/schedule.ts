import type { Counterexample } from './counterexample-schema.js';
import { formatDuration, lateness } from './wording.js';

/** One line of the minimal schedule. */
export interface ScheduleLine {
  readonly atUs: number;
  /** `action`: somebody does it; `fault`: it goes wrong; `order`: the schedule departs from the tame order. */
  readonly kind: 'action' | 'fault' | 'order';
  readonly who: string;
  readonly what: string;
  /** `n` of the event, for `order`. */
  readonly n?: number;
}

/** All that has to happen for the violation, in order of time: actions, faults and departures from the tame order. */
export function scheduleOf(counterexample: Counterexample): readonly ScheduleLine[] {
  const actions = counterexample.actions.map(
    ({ atS, actor, what }): ScheduleLine => ({ atUs: Math.round(atS * 1e6), kind: 'action', who: actor, what }),
  );
  const faults = counterexample.faults.map(({ atS, kind, target, forS }): ScheduleLine => {
    const span = forS === null ? ' to the end' : forS === 0 ? '' : ` for ${formatDuration(Math.round(forS * 1e6))}`;
    return { atUs: Math.round(atS * 1e6), kind: 'fault', who: target, what: `${kind}${span}` };
  });
  const orders = counterexample.events
    // A fault that was chosen stands among the faults already.
    .filter((event) => event.chosen === true && event.kind !== 'fault' && event.kind !== 'action')
    .map((event): ScheduleLine => {
      const late = lateness(event);
      const what = late === '' ? `${event.label} now, out of turn` : `${event.label}, ${late}`;
      return { atUs: event.atUs, kind: 'order', who: event.host, what, n: event.n };
    });
  // Stable: at one time, what a person does comes before what goes wrong.
  return [...actions, ...faults, ...orders].sort((a, b) => a.atUs - b.atUs);
}
