/**
 * A personal identity shows that it is there, on the command line: it signs a fresh challenge, for
 * one purpose.
 * @module
 */
import type { Command } from 'commander';
import type { z } from 'zod';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { presenceMessage, type PresencePurpose } from '../people/sign-in.ts';
import type { presenceAnswer } from '../routes/people-answers.ts';
import type { Cli } from './cli.ts';
import type { Options } from './commands/remote.ts';
import { withIdentity } from './identity-file.ts';

const ASK = 'Passphrase of your identity (it is not shown):';

/** The options of every command that signs so. */
export function identified(command: Command): Command {
  return command
    .option('--identity-file <file>', 'your identity; default CONCLAVE_IDENTITY_FILE')
    .option('--passphrase-fd <number>', 'read its passphrase there; asked for otherwise');
}

/**
 * @returns what was signed: the key in hex, the signature in base64
 * @throws Refusal of the identity file
 */
export async function presence(
  cli: Cli,
  options: Options,
  asked: z.infer<typeof presenceAnswer>,
  what: PresencePurpose,
): Promise<{ readonly publicKey: string; readonly signature: string }> {
  const source = {
    identityFile: options['identityFile'],
    passphraseFd: options['passphraseFd'],
  };
  return withIdentity(cli, source, asked.mode, ASK, async (signer) => {
    const { mode, audience } = asked;
    const challenge = hexToBytes(asked.challenge);
    const message = presenceMessage({ ...what, mode, audience, challenge });
    return {
      publicKey: signer.keyid,
      signature: Buffer.from(await signer.sign(message)).toString('base64'),
    };
  });
}
