/**
 * Where the auditor's command starts, under tsx and in the one built file.
 * @module
 */
import { writeSync } from 'node:fs';
import { FAULT, faultText, runVerify } from './program.ts';

// Node's own code for a fault nobody caught is 1, which here is a verdict.
process.on('uncaughtException', (error) => {
  try {
    writeSync(2, faultText(error));
  } finally {
    process.exit(FAULT);
  }
});

for (const stream of [process.stdout, process.stderr]) {
  // Whoever reads may stop early (`| head`); the exit code stays what was found.
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EPIPE') throw cause;
  });
}
process.exitCode = runVerify(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
