/**
 * `conclave-sync identity show`: the public key of an identity file, for registering it.
 * @module
 */
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { withIdentity } from '../identity-file.ts';
import type { Options } from './remote.ts';

export function registerIdentity(program: Command, cli: Cli): void {
  program
    .command('identity')
    .description('the personal identity with which you approve here')
    .command('show <file>')
    .description('print whose it is and its public key; asks for its passphrase')
    .option('--passphrase-fd <number>', 'read the passphrase there; asked for otherwise')
    .action(async (file: string, options: Options) => {
      const mode =
        program.opts<{ rehearsal?: boolean }>().rehearsal === true ? 'rehearsal' : 'production';
      const ask = 'Passphrase of this identity (it is not shown):';
      const source = { ...options, identityFile: file };
      await withIdentity(cli, source, mode, ask, ({ keyid }, name) => {
        cli.result({ name, mode, publicKey: keyid }, `${name} (${mode})\n${keyid}`);
      });
    });
}
