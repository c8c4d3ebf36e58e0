/**
 * The commands of the flows.
 * @module
 */
import { flowMeanings } from '../../flows/refusals.ts';
import type { CommandSet } from '../program.ts';
import { registerBundleCommands } from './bundles.ts';
import { registerPackageCommands } from './packages.ts';

export const flowCommands: CommandSet = {
  meanings: flowMeanings,
  register(program, cli) {
    registerPackageCommands(program, cli);
    registerBundleCommands(program, cli);
  },
};
