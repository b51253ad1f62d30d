export { runCommandLine as replayCommandFor } from '../../reports/run-command-line.js';
