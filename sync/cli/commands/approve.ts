/**
 * Approving on the command line: the statement is shown whole, then signed with the identity file.
 * @module
 */
import type { Command } from 'commander';
import {
  type Approval as Statement,
  type ApprovalAction,
  reasonText,
} from '../../../shared/bundle/approval.ts';
import type { ApprovedAnswer } from '../../routes/answers.ts';
import { type Cli, refuseUse } from '../cli.ts';
import { fetchStatement, signStatement } from '../approval.ts';
import { identityFileOf, withIdentity } from '../identity-file.ts';
import { type Options, withClient } from './remote.ts';

/** The options of every command that approves. */
export function approving(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why you approve it')
    .option('--identity-file <file>', 'your identity; default CONCLAVE_IDENTITY_FILE')
    .option('--passphrase-fd <number>', 'read its passphrase there; asked for otherwise');
}

/** What a person reads before signing. */
function statementLines(statement: Statement, digest: string): string {
  const { sentence, facts, delayHours, notBefore, expiresAt, reason, approver } = statement;
  const all: (readonly [string, string | null])[] = [
    ...facts,
    ['delay', delayHours === null ? null : `${delayHours} hours`],
    ['not before', notBefore],
    ['good until', expiresAt],
    ['your reason', reason],
    ['you', `${approver.name}, CheckTick user ${approver.userId}`],
    ['digest', digest],
  ];
  return [
    sentence,
    ...all.flatMap(([label, value]) => (value === null ? [] : [`  ${label}: ${value}`])),
  ].join('\n');
}

/**
 * Fetches the statement, shows it, signs it, and brings the signature.
 * @throws Refusal of the service, of the identity file, `sync-answer`
 */
export async function approveHere(
  cli: Cli,
  options: Options,
  asked: { readonly action: ApprovalAction; readonly subject: string; readonly words?: string },
): Promise<ApprovedAnswer> {
  const { reason = '' } = options;
  if (!reasonText.safeParse(reason).success) {
    throw refuseUse('used-wrongly', '--reason is 1 to 500 visible characters.');
  }
  const source = {
    identityFile: options['identityFile'],
    passphraseFd: options['passphraseFd'],
  };
  identityFileOf(cli, source);
  return withClient(cli, options, async (client) => {
    const open = await fetchStatement(client, { ...asked, reason });
    const { statement, digest } = open;
    cli.progress(`You are about to approve:\n\n${statementLines(statement, digest)}\n`);
    const ask = 'Passphrase of your identity, to sign this (it is not shown):';
    return withIdentity(cli, source, statement.mode, ask, (signer) =>
      signStatement(client, open, signer),
    );
  });
}
