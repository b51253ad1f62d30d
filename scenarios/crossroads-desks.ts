import { defineScenario } from '../sim/scenario/index.js';
import { crossroads } from './crossroads.js';

/** Where races for tokens are hunted: everybody needs one at once, and may have but one in a while. */
export const crossroadsTokens = defineScenario({
  ...crossroads,
  name: 'crossroads-tokens',
  description:
    'The crossroads, all through the SFU, with signed tokens of which everybody may have one in 2 s: for hunting races.',
  policy: { ...crossroads.policy, profile: 'always-sfu' },
  tokens: { perWindow: 1, windowMs: 2_000 },
});

/** Where operators meet everybody else: commands at any moment. */
export const crossroadsOperators = defineScenario({
  ...crossroads,
  name: 'crossroads-operators',
  description: 'The crossroads, with operators who give commands in the middle of anything: for hunting races.',
  tokens: { perWindow: 1_000 },
  faults: [
    { kind: 'operator', atS: 2, do: 'clear-stuck' },
    { kind: 'operator', atS: 3, do: 'clear-stuck' },
    { kind: 'operator', atS: 4, do: 'reconcile' },
    { kind: 'operator', atS: 5, do: 'clear-stuck' },
  ],
});
