/**
 * `serve` as a process of its own that dies by SIGKILL right after the step of a commit that
 * CONCLAVE_TEST_DIE_AT names. For tests only: the product has no such setting.
 * @module
 */
import { runCli } from '../../sync/cli/program.ts';
import { serve } from '../../sync/cli/commands/serve.ts';
import { processWorld } from '../../sync/cli/cli.ts';
import { flowRoutes } from '../../sync/routes/flow-routes.ts';

const dieAt = process.env['CONCLAVE_TEST_DIE_AT'];

const die = (step: string): void => {
  if (step === dieAt) process.kill(process.pid, 'SIGKILL');
};

const world = { ...processWorld(), leastTrustDelayHours: 0 };

await runCli(['serve-and-die'], world, [
  {
    meanings: {},
    register(program, cli) {
      program.command('serve-and-die').action(async () => {
        process.stderr.write(`dies at ${dieAt ?? 'no step'}\n`);
        await serve(cli, { rehearsal: false }, [flowRoutes(die)], die);
      });
    },
  },
]);
