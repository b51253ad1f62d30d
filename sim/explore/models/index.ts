export { clientModel } from './client-model.js';
export { clientLives, clientPaths, playClientPath } from './client-paths.js';
export { type DrivenPath, drive, PathLost } from './driven-path.js';
export { migrationPaths, playMigrationPath } from './migration-paths.js';
export { type ModelPath, type PathStep, shortestPaths, simplePaths } from './paths.js';
export { modelCoverage, PATH_SEEDS, type PathSet, pathSets, playPath } from './play-models.js';
export { STAGE_CHANNEL, Stage, type StageOptions } from './stage.js';
