import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

const join = (user: number, atS: number, channel: number) => ({ atS, user, do: 'join' as const, channel });

/**
 * A13: every SFU node is gone for a minute. Nine of channel 2 go on in a mesh, and a tenth may come, but no eleventh; channel 1 has fourteen, too many for a mesh:
 * they are told, and hear each other again when a node is back.
 */
export const sfuGone = defineScenario({
  name: 'sfu-gone',
  description: 'No SFU for a minute: at most ten in a mesh, the others are told, and all hear each other again (A13).',
  durationS: 180,
  drainS: 60,
  policy: { profile: 'channels' },
  topology: { backends: 2, sfuNodes: 2 },
  population: {
    clients: 26,
    script: [
      ...Array.from({ length: 14 }, (_, index) => join(1 + index, 1 + index / 5, 1)),
      ...Array.from({ length: 9 }, (_, index) => join(15 + index, 1 + index / 5, 2)),
      // while there is no SFU: two more for the mesh of nine, and one for those who wait
      join(24, 80, 2),
      join(25, 85, 2),
      join(26, 85, 1),
    ],
  },
  faults: [{ kind: 'sfu-crash', atS: 40, target: 'sfu-*', forS: 60 }],
  expectations: { ...nothingBroken, converged_after_ms: ['value<60000'] },
});
