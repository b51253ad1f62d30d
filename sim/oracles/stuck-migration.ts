import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Every migration ends: completed, or rolled back. Once quiet there is none. */
export const stuckMigration: Oracle = {
  id: 'stuck-migration',
  kind: 'liveness',
  claim: 'every migration ends',
  whenQuiet(evidence: Evidence): Finding[] {
    return evidence.store.keys('migration:').map((key) => ({
      message: `the migration of channel ${key.slice(10)} is stuck in ${evidence.store.hash(key).get('state') ?? 'no state'}`,
      subjects: [`channel ${key.slice(10)}`],
    }));
  },
};
