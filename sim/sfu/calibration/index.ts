export { type Calibration, type Comparison, calibrate, type FittedQuantity } from './calibration.js';
export { type Equation, type Fit, fitNonNegative } from './least-squares.js';
export { COLUMNS, type MeasuredRow, readMeasuredRows } from './measured-rows.js';
