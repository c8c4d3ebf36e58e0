/**
 * Where the auditor's command starts, under tsx and in the one built file.
 * @module
 */
import { runVerify } from './program.ts';

process.exitCode = runVerify(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
