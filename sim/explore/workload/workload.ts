import { z } from 'zod';
import type { Fault, Scenario, ScriptStep } from '../../scenario/index.js';
import { faultSchema } from '../../scenario/schema/fault-schema.js';
import { stepSchema } from '../../scenario/schema/step-schema.js';
import type { Case } from '../case.js';

/** What people do and what goes wrong in one run, as plain data in the words of a scenario: its `population.script` and its `faults`. */
export interface Workload {
  /** In order of time. */
  readonly script: readonly ScriptStep[];
  /** In order of time. */
  readonly faults: readonly Fault[];
}

export const workloadSchema = z.strictObject({
  script: z.array(stepSchema).describe('What people do, in order of time.'),
  faults: z.array(faultSchema).default([]).describe('What goes wrong.'),
});

/** What people do and what goes wrong in a scenario with a script. */
export const workloadOf = ({ population, faults }: Scenario): Workload => ({ script: population.script ?? [], faults });

/** The scenario with these people and faults instead of its own. */
export const withWorkload = (scenario: Scenario, { script, faults }: Workload): Scenario => ({
  ...scenario,
  population: { ...scenario.population, script: [...script] },
  faults: [...faults],
});

/**
 * The world of a scenario with this workload, to be run with `runSchedule`.
 * @param rest `seed` of everything else that is drawn, default 1; `windowMs`, default 5
 */
export const caseOf = (
  scenario: Scenario,
  workload: Workload,
  { seed = 1, windowMs = 5 }: Partial<Omit<Case, 'scenario'>> = {},
): Case => ({ scenario: withWorkload(scenario, workload), seed, windowMs });

/** Somebody is there, but in no channel that a script could name. */
const NO_CHANNEL = 0;

/** The channels that people are in, as far as a script tells. */
export class Whereabouts {
  private readonly channels = new Map<number, number>();

  /** Whether the step makes sense there and then: only who is away or elsewhere joins, and only who has come does anything else. If so, it is done. */
  take({ user, do: what, channel }: ScriptStep): boolean {
    const here = this.channels.get(user);
    if (what === 'call-on' || what === 'call') {
      if (here === undefined) this.channels.set(user, NO_CHANNEL);
      return true;
    }
    if (what === 'join') {
      if (here === channel) return false;
      this.channels.set(user, channel);
      return true;
    }
    if (here === undefined) return false;
    if (what === 'leave' || what === 'close-tab') this.channels.delete(user);
    return true;
  }
}

/** The steps that make sense one after the other; the others would do nothing. */
export function sensible(script: readonly ScriptStep[]): ScriptStep[] {
  const whereabouts = new Whereabouts();
  return script.filter((step) => whereabouts.take(step));
}

/** What is wrong with a workload, in one sentence that says where, or null. Its shape is the schema's business. */
export function workloadProblem({ script, faults }: Workload): string | null {
  const whereabouts = new Whereabouts();
  for (const [index, step] of script.entries()) {
    const beforeS = script[index - 1]?.atS ?? 0;
    if (step.atS < beforeS) return `script[${index}]: ${step.atS} s comes after ${beforeS} s; sort the steps by time`;
    if (!whereabouts.take(step))
      return `script[${index}]: user ${step.user} cannot ${step.do} ${step.do === 'join' ? `channel ${step.channel}, being there` : 'before a join'}`;
  }
  const index = faults.findIndex(({ atS }, at) => atS < (faults[at - 1]?.atS ?? 0));
  return index < 0 ? null : `faults[${index}]: earlier than the one before; sort the faults by time`;
}
