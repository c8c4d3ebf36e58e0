/**
 * The program `conclave-sync`.
 * @module
 */
import { flowCommands } from './commands/flows.ts';
import { processWorld } from './cli.ts';
import { type CommandSet, runCli } from './program.ts';

const COMMAND_SETS: readonly CommandSet[] = [flowCommands];

process.exitCode = await runCli(process.argv.slice(2), processWorld(), COMMAND_SETS);
