export type { Keep, Outcome, Point } from './point.js';
export { type RunPointsOptions, runPoints } from './run-points.js';
