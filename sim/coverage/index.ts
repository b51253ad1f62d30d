export { type CoverageRow, type KnownTransitions, TransitionCoverage } from './transition-coverage.js';
export { transitionsOf } from './transitions-of.js';
export { CLIENT_MACHINE, type ClientTransition, watchClients } from './watch-clients.js';
export {
  knownMigrationTransitions,
  type MigrationTransition,
  migrationMachineName,
  watchMigrations,
} from './watch-migrations.js';
