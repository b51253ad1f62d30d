export { runCommandLine as replayCommandFor, shellCommand } from '../../reports/run-command-line.js';
