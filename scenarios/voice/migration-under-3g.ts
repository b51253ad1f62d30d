import { defineScenario } from '../../sim/scenario/index.js';
import { nothingBroken } from '../service-levels.js';

/** Make before break where it is hardest: nine people on 3G (250 ms, 750 kbit/s, 1.5 % loss), the mesh is full, and the ninth moves all of them to the SFU. */
export const migrationUnder3g = defineScenario({
  name: 'migration-under-3g',
  description: 'Nine people on 3G move from a mesh to an SFU while they talk: no gap, and no voice twice (A3, A15).',
  durationS: 60,
  drainS: 20,
  population: {
    script: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((user) => ({
      atS: user === 9 ? 30 : user * 0.8,
      user,
      do: 'join',
      network: '3g',
    })),
  },
  media: { fidelity: 'packet', talk: { model: 'dominant' } },
  expectations: {
    ...nothingBroken,
    migrations_completed: ['count==1'],
    migrations_rolled_back: ['count==0'],
    voice_gaps: ['count==0'],
    doubled_ms: ['value==0'],
  },
});
