export type { Outcome, Point } from './point.js';
export { type RunPointsOptions, runPoints } from './run-points.js';
