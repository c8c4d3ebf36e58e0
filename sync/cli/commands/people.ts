/**
 * `conclave-sync admin invite|confirm|dismiss|code|link|enrol|token`: what admins do among
 * themselves, over a running sync.
 * @module
 */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import {
  adminsAnswer,
  codeAnswer,
  enrolledAnswer,
  linkAnswer,
  newTokenAnswer,
  presenceAnswer,
} from '../../routes/people-answers.ts';
import { type Cli, readSecret, refuseUse } from '../cli.ts';
import type { Client } from '../client.ts';
import { identityFileOf } from '../identity-file.ts';
import { identified, presence } from '../presence.ts';
import { approveHere, approving } from './approve.ts';
import { type Options, remote, withClient } from './remote.ts';

export function registerPeople(admin: Command, cli: Cli): void {
  approving(
    remote(admin.command('invite <name>'))
      .description('invite a person; a second admin confirms')
      .requiredOption('--user <number>', 'number of this person in CheckTick')
      .requiredOption('--role <roles...>', 'operator, approver, auditor, escrower'),
  ).action(
    async (name: string, options: Omit<Options, 'role'> & { user: string; role: string[] }) => {
      const { role, ...rest } = options;
      const subject = `${options.user}:${role.join(',')}:${name}`;
      await approveHere(cli, rest, { action: 'admin-invite', subject });
      await half(cli, rest, name, 'code');
    },
  );
  approving(
    remote(admin.command('confirm <name>')).description('confirm whom another admin invited'),
  ).action(async (name: string, options: Options) => {
    const subject = await withClient(cli, options, (client) => idOf(client, name));
    await approveHere(cli, options, { action: 'admin-confirm', subject });
    await half(cli, options, name, 'link');
  });
  approving(
    remote(admin.command('dismiss <name>')).description(
      'disable an admin; two do it together (on the server: admin disable)',
    ),
  ).action(async (name: string, options: Options) => {
    const subject = await withClient(cli, options, (client) => idOf(client, name));
    await approveHere(cli, options, { action: 'admin-disable', subject });
    cli.result({ name }, `Signed. With a second admin's signature ${name} can no longer sign in.`);
  });
  remote(admin.command('code <name>'))
    .description('the code for whom you invited, made anew')
    .action((name: string, options: Options) => half(cli, options, name, 'code'));
  remote(admin.command('link <name>'))
    .description('the link for whom you confirmed, made anew')
    .action((name: string, options: Options) => half(cli, options, name, 'link'));

  identified(remote(admin.command('enrol')))
    .description('register your personal identity with a one-time code')
    .option('--code-file <file>', 'the code (mode 600); asked for otherwise')
    .option('--invite-code <code>', 'what the admin who invited you read out')
    .option('--label <text>', 'how the key is called in lists', 'identity file')
    .action((options: Options) => enrolHere(cli, options));
  identified(remote(admin.command('token')))
    .description('make yourself a token with your registered identity')
    .option('--label <text>', 'how the token is called in lists', 'command line')
    .option('--days <number>', 'how long it is good, up to 90', '90')
    .requiredOption('--out <file>', 'where the token goes (mode 600); must not exist')
    .action((options: Options) => tokenHere(cli, options));
}

async function idOf(client: Client, name: string): Promise<string> {
  const { admins } = await client.call(adminsAnswer, 'GET', '/v1/admins');
  const found = admins.find(
    (one) => one.state !== 'disabled' && one.name.toLowerCase() === name.toLowerCase(),
  );
  if (found === undefined) throw refuseUse('used-wrongly', `There is no admin called ${name}.`);
  return found.id;
}

/** SECURITY: shown on a terminal only, as a token is. */
async function half(cli: Cli, options: Options, name: string, what: 'code' | 'link') {
  if (!cli.world.outIsTerminal) {
    cli.result(
      { name },
      `Done. On your terminal: conclave-sync admin ${what} ${JSON.stringify(name)}`,
    );
    return;
  }
  await withClient(cli, options, async (client) => {
    const address = `/v1/admins/${await idOf(client, name)}/${what}`;
    if (what === 'code') {
      const { code } = await client.call(codeAnswer, 'POST', address);
      cli.world.out(`Read this code to ${name}, and to nobody else:\n\n  ${code}\n\n`);
    } else {
      const { link, code, expiresAt } = await client.call(linkAnswer, 'POST', address);
      cli.world.out(`Hand this to ${name}, once and until ${expiresAt}:\n\n  ${link ?? code}\n\n`);
    }
  });
}

async function enrolHere(cli: Cli, options: Options): Promise<void> {
  identityFileOf(cli, { identityFile: options['identityFile'] });
  const secret = await readSecret(cli.world, {
    file: options['codeFile'],
    message: 'Your one-time code or link (it is not shown):',
    option: '--code-file',
  });
  // A whole link may be pasted: the code is what follows its #.
  const code = secret.reveal().split('#').at(-1) ?? '';
  const { inviteCode, label } = options;
  const given = { code, ...(inviteCode === undefined ? {} : { inviteCode }) };
  await withClient(cli, { ...options, anonymous: true }, async (client) => {
    const asked = await client.call(presenceAnswer, 'POST', '/v1/enrolment/identity/options', {
      json: given,
    });
    const signed = await presence(cli, options, asked, { purpose: 'enrol' });
    const done = await client.call(enrolledAnswer, 'POST', '/v1/enrolment/identity', {
      json: { ...given, challengeId: asked.challengeId, label, ...signed },
    });
    cli.result(
      done,
      done.active
        ? 'Registered. Now make yourself a token: conclave-sync admin token.'
        : 'Registered. Your account becomes active when the other of the first two has a key too.',
    );
  });
}

async function tokenHere(cli: Cli, options: Options): Promise<void> {
  const days = Number(options['days']);
  const { out = '', label } = options;
  if (!Number.isInteger(days) || days < 1 || days > 90) {
    throw refuseUse('used-wrongly', '--days is a whole number from 1 to 90.');
  }
  identityFileOf(cli, { identityFile: options['identityFile'] });
  await withClient(cli, { ...options, anonymous: true }, async (client) => {
    const asked = await client.call(presenceAnswer, 'POST', '/v1/sign-in/identity/options');
    const signed = await presence(cli, options, asked, { purpose: 'sign-in' });
    const made = await client.call(newTokenAnswer, 'POST', '/v1/sign-in/identity', {
      json: { challengeId: asked.challengeId, label, days, ...signed },
    });
    try {
      await writeFile(out, `${made.token}\n`, { mode: 0o600, flag: 'wx' });
    } catch {
      throw refuseUse('secret-file', out, 'exists already or cannot be written; revoke this token');
    }
    const { token: _token, ...about } = made;
    cli.result(
      { ...about, file: out },
      `Token of ${made.name} in ${out}, good until ${made.expiresAt}.`,
    );
  });
}
