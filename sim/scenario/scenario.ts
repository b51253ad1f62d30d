import type { z } from 'zod';
import type { faultSchema } from './schema/fault-schema.js';
import type { scenarioSchema } from './schema/scenario-schema.js';
import type { stepSchema } from './schema/step-schema.js';

/** A scenario as people write it: everything but the name may be left out. */
export type ScenarioInput = z.input<typeof scenarioSchema>;

type Parsed = z.output<typeof scenarioSchema>;

/** A scenario with every default filled in: what `simulate` takes and what the result file keeps. */
export type Scenario = Omit<Parsed, 'network' | 'population' | 'topology'> & {
  readonly network: Omit<Parsed['network'], 'relay'> & {
    readonly relay: Omit<Parsed['network']['relay'], 'servers'> & { readonly servers: number };
  };
  readonly topology: Omit<Parsed['topology'], 'sfuNodes'> & { readonly sfuNodes: number };
  readonly population: Omit<Parsed['population'], 'channels'> & { readonly channels: number };
};

/** One fault of a resolved scenario. */
export type Fault = z.output<typeof faultSchema>;

/** Gives a scenario module its type. The check itself is made when it is loaded, after overrides. */
export function defineScenario<const T extends ScenarioInput>(scenario: T): T {
  return scenario;
}

/** Calls in a resolved scenario. */
export type CallsOptions = NonNullable<Scenario['calls']>;

/** One step of a scripted population. */
export type ScriptStep = z.output<typeof stepSchema>;
