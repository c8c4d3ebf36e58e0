/**
 * `conclave-sync claim …`: how the user of a recovered survey gets in again.
 * @module
 */
import type { Command } from 'commander';
import { type ClaimAnswer, claimAnswer, claimCodeAnswer } from '../../routes/claim-answers.ts';
import { type Cli, refuseUse } from '../cli.ts';
import { type Options, remote, withClient } from './remote.ts';

const MAIL = {
  waiting: 'waits for the mail server',
  sent: 'was taken by the mail server',
  failed: 'was not sent',
} as const;

function lines({ sentence, next, code, mail, expiresAt }: ClaimAnswer): string {
  const sent = mail?.at ?? '';
  const why = mail === null || mail.why === '' ? '' : `: ${mail.why}`;
  return [
    sentence,
    ...(mail === null ? [] : [`  mail with the link: ${MAIL[mail.state]} ${sent}`.trimEnd() + why]),
    ...(code === null
      ? []
      : [`  code: made by ${code.by} at ${code.at}, ${code.triesLeft} wrong ones still allowed`]),
    `  good until: ${expiresAt}`,
    ...(next === '' ? [] : [next]),
  ].join('\n');
}

export function registerClaim(program: Command, cli: Cli): void {
  const claim = program
    .command('claim')
    .description('how the user of a recovered survey gets in again');
  const path = (digest: string, what: string): string =>
    `/v1/bundles/${encodeURIComponent(digest)}/${what}`;

  remote(claim.command('status <digest>'))
    .description('how it stands, and what is next')
    .action(async (digest: string, options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(claimAnswer, 'GET', path(digest, 'claim')),
      );
      cli.result(found, lines(found));
    });
  remote(claim.command('code <digest>'))
    .description('make a code and show it once (the operator who committed, or an approver)')
    .action(async (digest: string, options: Options) => {
      // SECURITY: what goes into a pipe ends in a log, so a script must say that it wants it.
      if (!cli.world.outIsTerminal && !cli.json()) {
        throw refuseUse('used-wrongly', 'The code is shown on a terminal, or with --json.');
      }
      const made = await withClient(cli, options, (client) =>
        client.call(claimCodeAnswer, 'POST', path(digest, 'claim-code')),
      );
      cli.result(
        made,
        `Read this code to the user, whom you know, by telephone or in person; never by mail:\n\n  ${made.code}\n\nIt is shown this once. It works only with the link that was mailed to ${made.address}, until ${made.expiresAt}. An earlier code no longer works.`,
      );
    });
  remote(claim.command('renew-link <digest>'))
    .description('mail a new link to the same address (operator or approver)')
    .action(async (digest: string, options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(claimAnswer, 'POST', path(digest, 'claim-link')),
      );
      cli.result(found, lines(found));
    });
  remote(claim.command('end <digest>'))
    .description('end it: the key that waits is destroyed (operator or approver)')
    .requiredOption('--reason <text>', 'why')
    .action(async (digest: string, options: Options) => {
      const json = { reason: options['reason'] };
      const found = await withClient(cli, options, (client) =>
        client.call(claimAnswer, 'POST', path(digest, 'claim-end'), { json }),
      );
      cli.result(found, lines(found));
    });
}
