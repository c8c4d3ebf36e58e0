/**
 * The program `conclave-sync` as most tests start it: what changes trust may be set to wait for
 * nothing. With CONCLAVE_TEST_DIE_FILE there is a command `serve-and-die`: `serve`, which dies by
 * SIGKILL right after the step of a commit that the file names. The product has no such ways: its own
 * entry is sync/cli/main.ts, and a test holds it to its least delay.
 * @module
 */
import { existsSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { processWorld } from '../../sync/cli/cli.ts';
import { flowCommands } from '../../sync/cli/commands/flows.ts';
import { serve } from '../../sync/cli/commands/serve.ts';
import { type CommandSet, runCli } from '../../sync/cli/program.ts';

/** `serve-and-die`, and nothing else of the flows. */
function dyingAt(file: string): CommandSet {
  const die = (step: string): void => {
    if (!existsSync(file) || readFileSync(file, 'utf8') !== step) return;
    // Told once, dead once: whoever goes on with the commit comes by this step again.
    rmSync(file);
    writeSync(process.stderr.fd, `dies at ${step}\n`);
    process.kill(process.pid, 'SIGKILL');
  };
  return {
    meanings: {},
    register(program, cli) {
      program.command('serve-and-die').action(() => serve(cli, { rehearsal: false }, die));
    },
  };
}

const dieFile = process.env['CONCLAVE_TEST_DIE_FILE'];
process.exitCode = await runCli(
  process.argv.slice(2),
  { ...processWorld(), leastTrustDelayHours: 0 },
  [dieFile === undefined ? flowCommands : dyingAt(dieFile)],
);
