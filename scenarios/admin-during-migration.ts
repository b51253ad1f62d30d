import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/** Four of each channel come; two of them keep leaving and coming back, so that something migrates nearly always. */
const people = Array.from({ length: 24 }, (_, index) => index + 1).flatMap((user) => {
  const channel = 1 + ((user - 1) % 6);
  const join = (atS: number) => ({ atS, user, do: 'join' as const, channel });
  const comes = 1 + user / 20;
  if (user <= 12) return [join(comes)];
  return [comes, 40 + user / 4, 80 + user / 4, 120 + user / 4].flatMap((atS) => [
    join(atS),
    { atS: atS + 22, user, do: 'leave' as const },
  ]);
});

const operator = (atS: number, what: 'force-p2p' | 'lift-p2p' | 'clear-stuck' | 'reconcile' | 'health') => ({
  kind: 'operator' as const,
  atS,
  do: what,
});

/**
 * A14: operators give every command there is in the middle of migrations, and one of the backends that carry them out crashes. No healthy migration
 * suffers, a forced mesh holds until it is lifted, and everything is written down once.
 */
export const adminDuringMigration = defineScenario({
  name: 'admin-during-migration',
  description: 'Operators clear, reconcile, force everybody into the mesh and back while channels migrate (A14).',
  durationS: 180,
  drainS: 60,
  policy: { profile: 'calls' },
  topology: { backends: 3, sfuNodes: 2 },
  tokens: { perWindow: 100 },
  population: { clients: 24, script: people.sort((a, b) => a.atS - b.atS) },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  faults: [
    ...[2.3, 2.6, 3, 3.5, 4, 44, 45, 46, 85, 86, 124, 125].map((atS) => operator(atS, 'clear-stuck')),
    operator(2.8, 'reconcile'),
    operator(50, 'force-p2p'),
    { kind: 'backend-crash', atS: 50.05, target: 'any', forS: 10 },
    operator(51, 'force-p2p'),
    operator(75, 'lift-p2p'),
    operator(88, 'reconcile'),
    operator(130, 'force-p2p'),
    operator(131, 'lift-p2p'),
    operator(150, 'health'),
  ],
  expectations: nothingBroken,
});
