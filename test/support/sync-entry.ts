/**
 * The program `conclave-sync` as most tests start it: what changes trust may be set to wait for
 * nothing. With CONCLAVE_TEST_DIE_AT, which names a step of a commit, `serve` dies by SIGKILL right
 * after that step. The product has no such ways: its own entry is sync/cli/main.ts, and a test holds
 * it to its least delay.
 * @module
 */
import { processWorld } from '../../sync/cli/cli.ts';
import { flowCommands } from '../../sync/cli/commands/flows.ts';
import { serve } from '../../sync/cli/commands/serve.ts';
import { type CommandSet, runCli } from '../../sync/cli/program.ts';
import { flowRoutes } from '../../sync/routes/flow-routes.ts';

/** `serve-and-die`, and nothing else of the flows. */
function dyingAt(dieAt: string): CommandSet {
  const die = (step: string): void => {
    if (step === dieAt) process.kill(process.pid, 'SIGKILL');
  };
  return {
    meanings: {},
    register(program, cli) {
      program.command('serve-and-die').action(async () => {
        process.stderr.write(`dies at ${dieAt}\n`);
        await serve(cli, { rehearsal: false }, [flowRoutes(die)], die);
      });
    },
  };
}

const dieAt = process.env['CONCLAVE_TEST_DIE_AT'];
process.exitCode = await runCli(
  process.argv.slice(2),
  { ...processWorld(), leastTrustDelayHours: 0 },
  [dieAt === undefined ? flowCommands : dyingAt(dieAt)],
);
