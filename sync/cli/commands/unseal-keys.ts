/**
 * Work that needs a root token of Vault where none is left: the holders of the unseal keys come to
 * this terminal, one after the other.
 * @module
 */
import type { VaultTarget } from '../../config/vault.ts';
import { Hidden } from '../../hidden.ts';
import {
  beginRootAttempt,
  endRootAttempt,
  isUnsealKey,
  revokeRoot,
  type RootAttempt,
  type RootProgress,
} from '../../vault/generate-root.ts';
import { createTransport, type Transport } from '../../vault/transport.ts';
import { vaultHealth } from '../../vault/vault-kv.ts';
import { type Cli, refuseUse } from '../cli.ts';

type AskHidden = NonNullable<Cli['world']['ask']>;

/**
 * Whatever becomes of the work, the token is revoked, and where it was not made the attempt is
 * ended.
 * @param endAttempt nonce of an attempt of somebody else that is ended first
 * @throws Refusal `used-wrongly` where nobody can be asked; of vault/refusals.ts; of the work
 */
export async function withRootToken<T>(
  cli: Cli,
  { address, ca }: VaultTarget,
  endAttempt: string | undefined,
  work: (token: Hidden) => Promise<T>,
): Promise<T> {
  const { ask } = cli.world;
  if (ask === undefined) {
    throw refuseUse(
      'used-wrongly',
      'Unseal keys are typed at a terminal, by the people who hold them.',
    );
  }
  const transport = createTransport(address, ca);
  try {
    await vaultHealth(transport);
    if (endAttempt !== undefined) {
      await endRootAttempt(transport, endAttempt);
      cli.progress(`Ended the attempt ${endAttempt}.`);
    }
    const token = await made(cli, transport, ask);
    cli.progress('Vault made a root token. It is not shown, and is revoked at the end.');
    try {
      return await work(token);
    } finally {
      await revokeRoot(transport, token);
      cli.progress('The root token is revoked: Vault refuses it.');
    }
  } finally {
    await transport.close();
  }
}

async function made(cli: Cli, transport: Transport, ask: AskHidden): Promise<Hidden> {
  const attempt = await beginRootAttempt(transport);
  try {
    return await collect(cli, attempt, ask);
  } catch (cause) {
    // Also after Ctrl-C: keys that were given must not wait for somebody else's.
    await attempt.end().catch(() => {
      cli.world.err('The attempt could not be ended; the next run says how.\n');
    });
    throw cause;
  }
}

async function collect(cli: Cli, attempt: RootAttempt, ask: AskHidden): Promise<Hidden> {
  let now = await attempt.progress();
  cli.progress(
    `Vault asks for ${now.required} unseal keys (with automatic unsealing: recovery keys), each typed by its holder.\n` +
      `A holder elsewhere can run: vault operator generate-root -nonce=${now.nonce}\n` +
      'Only the last key must be given here. An empty line looks who gave one meanwhile.',
  );
  for (;;) {
    const typed = new Hidden((await ask(`Unseal key, ${given(now)} (it is not shown):`)).trim());
    const text = typed.reveal();
    if (text === '') {
      now = await attempt.progress();
    } else if (!isUnsealKey(text)) {
      cli.progress(
        'That has not the form of an unseal key: 44 characters, or 64 or 66 digits 0-9 a-f. It was not sent.',
      );
    } else {
      const answer = await attempt.give(typed);
      if (answer.state === 'made') return answer.token;
      now = answer.progress;
      if (answer.state === 'again')
        cli.progress('This key was given already. Another one is needed.');
      if (answer.state === 'wrong') {
        cli.progress(
          'Vault could not use these keys: at least one is not of this Vault. It does not say which, and forgot them all: begin again with the first.',
        );
      }
    }
  }
}

const given = ({ given: count, required }: RootProgress): string => `${count} of ${required} given`;
