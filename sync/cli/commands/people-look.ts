/**
 * `conclave-sync admin people|find|me|on-call|tokens|revoke-token`: who there is, and one's own.
 * @module
 */
import type { Command } from 'commander';
import { doneAnswer } from '../../routes/answers.ts';
import {
  type AdminEntry,
  adminsAnswer,
  meAnswer,
  tokensAnswer,
} from '../../routes/people-answers.ts';
import { usersAnswer } from '../../routes/recovery-answers.ts';
import { type Cli, refuseUse } from '../cli.ts';
import { type Options, remote, withClient } from './remote.ts';

function lines(one: AdminEntry): string {
  const keys = one.keys.filter(({ revokedAt }) => revokedAt === null);
  return [
    `${one.name}  ${one.state}, ${one.kind}, ${one.roles.join(', ')}, CheckTick user ${one.userId}${one.onCall ? ', on call' : ''}`,
    ...(one.invitedBy === null ? [] : [`  invited by: ${one.invitedBy}`]),
    ...(one.confirmedBy === null ? [] : [`  confirmed by: ${one.confirmedBy}`]),
    ...(one.dismissedBy.length === 0
      ? []
      : [`  to be disabled, signed by: ${one.dismissedBy.join(', ')}`]),
    ...keys.map(
      ({ kind, label, lastUsedAt }) => `  ${kind}: ${label}, last used ${lastUsedAt ?? 'never'}`,
    ),
  ].join('\n');
}

export function registerPeopleLooks(admin: Command, cli: Cli): void {
  remote(admin.command('people'))
    .description('all admins with their keys, over a running sync')
    .action(async (options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(adminsAnswer, 'GET', '/v1/admins'),
      );
      cli.result(found, found.admins.map(lines).join('\n'));
    });
  remote(admin.command('find <text>'))
    .description('users of CheckTick by number, name or address, to invite one (approver)')
    .action(async (text: string, options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(usersAnswer, 'POST', '/v1/users/search', { json: { text } }),
      );
      const rows = found.users.map(
        (one) =>
          `--user ${one.id}  ${one.name === '' ? one.userName : one.name}, ${one.email}${one.active ? '' : ', not active'}`,
      );
      cli.result(
        found,
        [
          ...(rows.length === 0 ? ['Nobody fits.'] : rows),
          ...(found.more ? ['There are more. Type more of the name.'] : []),
        ].join('\n'),
      );
    });
  registerOwn(admin, cli);
}

function registerOwn(admin: Command, cli: Cli): void {
  remote(admin.command('me'))
    .description('who you are here')
    .action(async (options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(meAnswer, 'GET', '/v1/me'),
      );
      const { name, roles, userId, onCall } = found.admin;
      cli.result(
        found,
        `${name}, ${roles.join(', ')}, CheckTick user ${userId}, ${onCall ? 'on call' : 'not on call'}`,
      );
    });
  remote(admin.command('on-call <on|off>'))
    .description('whether you are told of what waits')
    .action(async (word: string, options: Options) => {
      if (word !== 'on' && word !== 'off') throw refuseUse('used-wrongly', 'Say on or off.');
      const onCall = word === 'on';
      await withClient(cli, options, (client) =>
        client.call(doneAnswer, 'POST', '/v1/me/on-call', { json: { onCall } }),
      );
      cli.result({ onCall }, onCall ? 'You are on call.' : 'You are not on call.');
    });
  remote(admin.command('tokens'))
    .description('your own tokens')
    .action(async (options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(tokensAnswer, 'GET', '/v1/me/tokens'),
      );
      const rows = found.tokens.map(
        ({ prefix, label, expiresAt, revokedAt }) =>
          `${prefix}  ${label}, ${revokedAt === null ? `good until ${expiresAt}` : `revoked ${revokedAt}`}`,
      );
      cli.result(found, rows.length === 0 ? 'You have no tokens.' : rows.join('\n'));
    });
  remote(admin.command('revoke-token <prefix>'))
    .description('revoke one of your tokens')
    .action(async (prefix: string, options: Options) => {
      await withClient(cli, options, (client) =>
        client.call(doneAnswer, 'POST', `/v1/me/tokens/${encodeURIComponent(prefix)}/revoke`),
      );
      cli.result({ prefix }, `The token ${prefix} is revoked.`);
    });
}
