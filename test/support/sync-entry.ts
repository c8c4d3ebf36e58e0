/**
 * The program `conclave-sync` as most tests start it: what changes trust may be set to wait for
 * nothing. The product has no such way: its own entry is sync/cli/main.ts, and a test holds it to
 * its least delay.
 * @module
 */
import { processWorld } from '../../sync/cli/cli.ts';
import { flowCommands } from '../../sync/cli/commands/flows.ts';
import { runCli } from '../../sync/cli/program.ts';

process.exitCode = await runCli(
  process.argv.slice(2),
  { ...processWorld(), leastTrustDelayHours: 0 },
  [flowCommands],
);
