#!/usr/bin/env node
import { runProgram } from './program.js';

// `deadair ... | head` closes the pipe early: that is the reader's decision, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runProgram(process.argv.slice(2));
