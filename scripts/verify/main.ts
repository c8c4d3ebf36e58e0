/**
 * Where the auditor's command starts, under tsx and in the one built file.
 * @module
 */
import { runVerify } from './program.ts';

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
