export { runCommandLine as replayCommandFor, shellCommand, suiteCommandLine } from '../../reports/run-command-line.js';
