#!/usr/bin/env node
import { ExitCode } from '../errors.js';
import { runProgram } from './program.js';

// `deadair ... | head` closes the pipe early: that is the reader's decision, and the exit code still tells the verdict.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(
    `deadair: standard output cannot be written (${error.code ?? error.message}); make room or redirect it\n`,
  );
  process.exit(ExitCode.usage);
});

process.exitCode = await runProgram(process.argv.slice(2));
