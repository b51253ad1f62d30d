import { resolveCallPolicy, type Scenario } from '../../sim/scenario/index.js';
import type { Hazard } from './hazard.js';

/** What a scenario must have for the hazards of a world to show themselves; the text is what it lacks. */
const LACKS: Readonly<
  Record<NonNullable<Hazard['world']>, (scenario: Scenario, id: Hazard['id']) => string | false | undefined>
> = {
  'crossroads-tokens': ({ tokens }) => tokens === undefined && 'no tokens are signed in it (tokens)',
  'crossroads-operators': ({ faults }) =>
    !faults.some((fault) => fault.kind === 'operator' && fault.do === 'clear-stuck') &&
    'no operator clears stuck migrations in it (faults: kind operator, do clear-stuck)',
  switchboard: ({ calls }) => calls === undefined && 'nobody rings anybody in it (calls)',
  'switchboard-without-redis': (scenario) =>
    (scenario.calls === undefined && 'nobody rings anybody in it (calls)') ||
    (resolveCallPolicy(scenario)?.holdMs === 0 && 'no call is held without Redis in it (calls.policy.holdMs)'),
  'voice-crossroads': ({ media }, id) =>
    (media.fidelity !== 'packet' && 'voice does not travel in packets in it (media.fidelity packet)') ||
    (id === 'estimate-oscillates' &&
      media.estimator !== 'loss-rule' &&
      'nobody estimates by the loss rule in it (media.estimator loss-rule)'),
};

/** Why a hazard can never show itself in a scenario, as words of a sentence; null: nothing is known that keeps it from that. */
export function lackOf({ id, world }: Hazard, scenario: Scenario): string | null {
  return (world !== undefined && LACKS[world](scenario, id)) || null;
}
