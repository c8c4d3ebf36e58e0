/**
 * The commands of the flows.
 * @module
 */
import { flowMeanings } from '../../flows/refusals.ts';
import type { CommandSet } from '../program.ts';
import { registerBundleCommands } from './bundles.ts';
import { registerPackageCommands } from './packages.ts';
import { registerPassphrase, registerRecoverPackage, registerRequestCommands } from './requests.ts';

export const flowCommands: CommandSet = {
  meanings: flowMeanings,
  register(program, cli) {
    registerRequestCommands(program, cli);
    registerRecoverPackage(registerPackageCommands(program, cli), cli);
    registerBundleCommands(program, cli);
    registerPassphrase(program, cli);
  },
};
