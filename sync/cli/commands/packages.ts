/**
 * `conclave-sync descriptor`, `chain`, `package …`.
 * @module
 */
import type { Command } from 'commander';
import { z } from 'zod';
import { fileAnswer, packagesAnswer } from '../../routes/answers.ts';
import type { Cli } from '../cli.ts';
import { getPackage } from './moves.ts';
import {
  fetchDocument,
  type Options,
  remote,
  setIn,
  WHICH_SET,
  wholeList,
  withClient,
  writeDocument,
} from './remote.ts';

export function registerPackageCommands(program: Command, cli: Cli): Command {
  remote(program.command('descriptor'))
    .description('write who this sync is, and print its eight words to be read aloud')
    .option('--out <file>', 'file or folder; default conclave-descriptor-….json here')
    .action((options: Options) => fetchDocument(cli, options, '/v1/descriptor', true));
  remote(program.command('chain'))
    .description('write all that a new or lost laptop needs to go on')
    .option('--out <file>', 'file or folder; default conclave-chain-….json here')
    .action((options: Options) => fetchDocument(cli, options, '/v1/chain', false));

  const packages = program.command('package').description('packages for the laptop');
  remote(packages.command('setup'))
    .description('a package for a whole new platform key; holds no secret (operator)')
    .requiredOption('--key-version <version>', 'the version to be made, such as v1')
    .option('--out <file>', 'file or folder; default conclave-package-….json here')
    .action((options: Options) => makePackage(cli, options, '/v1/packages/setup'));
  remote(packages.command('roster'))
    .description('a package for changing who takes part; holds no secret (operator)')
    .requiredOption('--key-version <version>', 'the version whose custodians sign, such as v1')
    .option(...WHICH_SET)
    .option('--out <file>', 'file or folder; default conclave-package-….json here')
    .action((options: Options) => makePackage(cli, options, '/v1/packages/roster'));
  remote(packages.command('drill'))
    .description('a package for proving shares, good for 30 days; holds no secret (operator)')
    .requiredOption('--key-version <version>', 'the version whose shares are proved, such as v1')
    .option(...WHICH_SET)
    .option('--out <file>', 'file or folder; default conclave-package-….json here')
    .action((options: Options) => makePackage(cli, options, '/v1/packages/drill'));
  remote(packages.command('refresh'))
    .description('a package for other shares of the same component; holds no secret (operator)')
    .requiredOption('--key-version <version>', 'the version whose shares are refreshed, such as v1')
    .option(...WHICH_SET)
    .option('--out <file>', 'file or folder; default conclave-package-….json here')
    .action((options: Options) => makePackage(cli, options, '/v1/packages/refresh'));
  remote(packages.command('add-set'))
    .description('a package for a further share set, beside those in force; no secret (operator)')
    .requiredOption('--key-version <version>', 'the version that gets one more set, such as v1')
    .option(...WHICH_SET)
    .option('--out <file>', 'file or folder; default conclave-package-….json here')
    .action((options: Options) => makePackage(cli, options, '/v1/packages/add-set'));
  remote(packages.command('activate'))
    .description('a package for making another version active; holds no secret (operator)')
    .requiredOption('--key-version <version>', 'the version that becomes active, such as v2')
    .option(...WHICH_SET)
    .option('--out <file>', 'file or folder; default conclave-package-….json here')
    .action((options: Options) => makePackage(cli, options, '/v1/packages/activate'));
  remote(packages.command('retire'))
    .description('a package for retiring a version that nothing needs; no secret (operator)')
    .requiredOption('--key-version <version>', 'the version that ends, such as v1')
    .option(...WHICH_SET)
    .option('--out <file>', 'file or folder; default conclave-package-….json here')
    .action((options: Options) => makePackage(cli, options, '/v1/packages/retire'));
  remote(packages.command('get <nonce>'))
    .description(
      'write a released package for the laptop; of survey keys that move, with the folder of its files (operator)',
    )
    .option('--out <file>', 'file or folder; default conclave-package-….json here')
    .action((nonce: string, options: Options) => getPackage(cli, options, nonce));
  remote(packages.command('receipt <nonce>'))
    .description('write the final receipt of a package, also when it expired unused')
    .option('--out <file>', 'file or folder; default conclave-receipt-….json here')
    .action((nonce: string, options: Options) =>
      fetchDocument(cli, options, `/v1/packages/${encodeURIComponent(nonce)}/receipt`, false),
    );
  remote(packages.command('list'))
    .description('all packages, newest first')
    .action(async (options: Options) => {
      const all = await withClient(cli, options, (client) =>
        wholeList(
          async (query) => {
            const found = await client.call(packagesAnswer, 'GET', `/v1/packages${query}`);
            return { items: found.packages, more: found.more };
          },
          ({ nonce }) => nonce,
        ),
      );
      cli.result(
        { packages: all },
        all.length === 0
          ? 'There are no packages yet.'
          : all
              .map((one) => `${one.nonce.slice(0, 8)}  ${one.state.padEnd(9)}  ${one.sentence}`)
              .join('\n'),
      );
    });
  return packages;
}

/** Asks for a package without secrets, and writes it. */
async function makePackage(cli: Cli, options: Options, address: string): Promise<void> {
  await withClient(cli, options, async (client) => {
    const made = await client.call(fileAnswer.extend({ nonce: z.string() }), 'POST', address, {
      json: { keyVersion: options['keyVersion'], ...setIn(options) },
    });
    await writeDocument(cli, made, options['out'], { value: { nonce: made.nonce } });
  });
}
