/**
 * `conclave-sync admin keys|key-link|revoke-key`: one's own keys; one more and one less are signed
 * by one's identity file.
 * @module
 */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { z } from 'zod';
import { refusePeople } from '../../people/refusals.ts';
import { doneAnswer } from '../../routes/answers.ts';
import { keysAnswer, linkAnswer, presenceAnswer } from '../../routes/people-answers.ts';
import { type Cli, refuseUse } from '../cli.ts';
import type { Client } from '../client.ts';
import { identityFileOf } from '../identity-file.ts';
import { identified, presence } from '../presence.ts';
import { type Options, remote, withClient } from './remote.ts';

type Key = z.infer<typeof keysAnswer>['keys'][number];

export function registerOwnKeys(admin: Command, cli: Cli): void {
  remote(admin.command('keys'))
    .description('your own keys, each with the first digits of its fingerprint')
    .action(async (options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(keysAnswer, 'GET', '/v1/me/keys'),
      );
      const keys = found.keys.map((key) => ({ ...key, fingerprint: fingerprintOf(key) }));
      cli.result({ keys }, keys.map(line).join('\n'));
    });
  identified(remote(admin.command('key-link')))
    .description('a one-time link with which you register one more key of yours in a browser')
    .option('--out <file>', 'where the link goes (mode 600); must not exist. Else the terminal')
    .action((options: Options) => linkHere(cli, options));
  identified(remote(admin.command('revoke-key <fingerprint>')))
    .description('revoke one of your keys for ever (the first 8 digits: admin keys)')
    .action((fingerprint: string, options: Options) => revokeHere(cli, fingerprint, options));
}

/** As events and the audit list name it: SHA-256 of its id. */
function fingerprintOf({ id }: Key): string {
  return createHash('sha256').update(Buffer.from(id, 'base64url')).digest('hex');
}

function line(key: Key): string {
  const { kind, label, lastUsedAt, revokedAt } = key;
  const over = revokedAt === null ? '' : `, revoked ${revokedAt}`;
  return `${fingerprintOf(key).slice(0, 8)}  ${kind}: ${label}, last used ${lastUsedAt ?? 'never'}${over}`;
}

function askedToSign(client: Client): Promise<z.infer<typeof presenceAnswer>> {
  return client.call(presenceAnswer, 'POST', '/v1/me/confirm/identity/options');
}

async function linkHere(cli: Cli, options: Options): Promise<void> {
  const { out } = options;
  // SECURITY: shown on a terminal only, as a token is: what goes into a pipe ends in a log.
  if (out === undefined && !cli.world.outIsTerminal) {
    throw refuseUse('used-wrongly', 'The link is shown on a terminal, or written with --out.');
  }
  identityFileOf(cli, { identityFile: options['identityFile'] });
  await withClient(cli, options, async (client) => {
    const asked = await askedToSign(client);
    const signed = await presence(cli, options, asked, { purpose: 'link-key' });
    const { link, code, expiresAt } = await client.call(
      linkAnswer,
      'POST',
      '/v1/me/keys/link/identity',
      { json: { challengeId: asked.challengeId, ...signed } },
    );
    const text = link ?? code;
    const how = `Open it where the new key is, before ${expiresAt}. It is good once. For an identity file: conclave-sync admin enrol.`;
    if (out === undefined) {
      cli.world.out(`A link for one more key of yours:\n\n  ${text}\n\n${how}\n`);
      return;
    }
    try {
      await writeFile(out, `${text}\n`, { mode: 0o600, flag: 'wx' });
    } catch {
      throw refuseUse(
        'secret-file',
        out,
        `exists already or cannot be written; the link was made, nobody has it, and it ends at ${expiresAt}`,
      );
    }
    cli.result({ file: out, expiresAt }, `The link is in ${out}. ${how}`);
  });
}

async function revokeHere(cli: Cli, given: string, options: Options): Promise<void> {
  if (!/^[0-9a-f]{8,64}$/.test(given)) {
    throw refuseUse('used-wrongly', 'Name the key by the first 8 digits that admin keys shows.');
  }
  identityFileOf(cli, { identityFile: options['identityFile'] });
  await withClient(cli, options, async (client) => {
    const { keys } = await client.call(keysAnswer, 'GET', '/v1/me/keys');
    const good = keys.filter(({ revokedAt }) => revokedAt === null);
    const fitting = good.filter((one) => fingerprintOf(one).startsWith(given));
    const [key] = fitting;
    if (key === undefined || fitting.length > 1) throw refusePeople('key-unknown');
    if (good.length === 1) throw refusePeople('key-last');
    cli.progress(`You are about to revoke:\n\n  ${line(key)}\n\n${whatFollows(good.length - 1)}\n`);
    const asked = await askedToSign(client);
    const signed = await presence(cli, options, asked, {
      purpose: 'revoke-key',
      key: fingerprintOf(key),
    });
    await client.call(doneAnswer, 'POST', `/v1/me/keys/${key.id}/revoke/identity`, {
      json: { challengeId: asked.challengeId, ...signed },
    });
    cli.result(
      { fingerprint: fingerprintOf(key), left: good.length - 1 },
      `The key ${key.label} is revoked.`,
    );
  });
}

/** @param left how many good keys remain */
function whatFollows(left: number): string {
  return [
    'It never opens anything again, and what it had opened is signed out. Approvals that you gave',
    'with it and that are not committed yet no longer count. Tokens stay good until you revoke them',
    '(admin tokens, admin revoke-token).',
    ...(left === 1
      ? ['You then have one key only: if it is lost, two other admins must let you in again.']
      : []),
  ].join('\n');
}
