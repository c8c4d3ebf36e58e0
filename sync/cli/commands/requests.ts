/**
 * `conclave-sync request …`, `passphrase …`.
 * @module
 */
import type { Command } from 'commander';
import { SPOKEN_MAIL } from '../../../shared/encoding/mail-address.ts';
import {
  doneAnswer,
  passphraseAnswer,
  type RequestAnswer,
  requestAnswer,
  requestsAnswer,
} from '../../routes/answers.ts';
import {
  type RecoverableAnswer,
  recoverableAnswer,
  type RecoveryAnswer,
  recoveryAnswer,
} from '../../routes/recovery-answers.ts';
import type { Check } from '../../flows/requests/verifications.ts';
import { type Cli, refuseUse } from '../cli.ts';
import { approveHere, approving } from './approve.ts';
import { type Options, remote, wholeList, wholeNumber, withClient } from './remote.ts';

function lines(request: RequestAnswer): string {
  return [
    `${request.code}  ${request.sentence}`,
    `  asked for by: ${request.createdBy}, at ${request.submittedAt}`,
    ...(request.checks.length === 0
      ? ['  identity checked: not yet']
      : request.checks.map(
          ({ check, by, at, reference }) =>
            `  identity checked: ${check} by ${by} at ${at}, reference ${reference}`,
        )),
    `  address that the person gave: ${request.emailGiven ? 'recorded' : 'not recorded'}`,
    `  delay: ${request.delayHours} hours`,
  ].join('\n');
}

function foundLines({ surveys, users, more }: RecoverableAnswer): string {
  return [
    ...surveys.map(
      (one) =>
        `--user ${one.userId} --survey ${one.surveyId}  ${one.surveyName}; ${one.userName}${one.openRequest === null ? '' : `; open request ${one.openRequest}`}`,
    ),
    ...users.map(
      ({ id, userName }) => `user ${id} (${userName}) has no escrow: nothing to recover`,
    ),
    ...(surveys.length + users.length === 0 ? ['Nothing fits.'] : []),
    ...(more ? ['There are more. Type more of the name, or the number.'] : []),
  ].join('\n');
}

function recoveryLines({ request, item, steps, history, files }: RecoveryAnswer): string {
  return [
    lines(request),
    `  ${item.waitsFor}`,
    'Steps:',
    ...steps.map(({ name, who, state }) => `  ${state.padEnd(7)}  ${name} (${who})`),
    ...(files.length === 0 ? [] : ['Packages and bundles:']),
    ...files.map((one) => `  ${one.kind} ${one.subject.slice(0, 8)}: ${one.waitsFor}`),
    'History:',
    ...history.map(({ at, what, by }) => `  ${at}  ${what} (${by})`),
  ].join('\n');
}

/** Flags have no text. */
type CheckOptions = Options & {
  readonly photoId?: true;
  readonly video?: true;
  readonly questions?: true;
};

function checking(command: Command): Command {
  return command
    .option('--photo-id', 'a photo id was checked')
    .option('--video', 'a video call was held')
    .option('--questions', 'questions were answered rightly')
    .option('--reference <text>', 'where the evidence of these checks lies')
    .option('--email <address>', 'the e-mail address that the person gave; compared on the laptop')
    .option('--delay-hours <hours>', 'hours between approval and execution');
}

function checksOf(options: CheckOptions, needed: boolean) {
  const { photoId, video, questions, reference, email } = options;
  const checks: Check[] = [];
  if (photoId === true) checks.push('photo-id');
  if (video === true) checks.push('video');
  if (questions === true) checks.push('questions');
  if (needed && checks.length === 0) {
    throw refuseUse('used-wrongly', 'Name what was checked: --photo-id, --video, --questions.');
  }
  if (checks.length > 0 && reference === undefined) {
    throw refuseUse('used-wrongly', '--reference says where the evidence lies.');
  }
  if (checks.length === 0 && email !== undefined) {
    throw refuseUse(
      'used-wrongly',
      '--email belongs to a check: --photo-id, --video, --questions.',
    );
  }
  if (email !== undefined && !SPOKEN_MAIL.test(email.trim())) {
    throw refuseUse('used-wrongly', '--email is an address with one @ and no spaces.');
  }
  return {
    checks,
    ...(reference === undefined ? {} : { reference }),
    ...(email === undefined ? {} : { email }),
    ...(options['delayHours'] === undefined
      ? {}
      : { delayHours: wholeNumber(options, 'delayHours', 'delay-hours') }),
  };
}

/** Whose key opens the survey's key, where it is not the user's own escrow. */
function wayOf(options: Options) {
  const { organisation, team } = options;
  if (organisation === undefined) {
    if (team === undefined) return {};
    throw refuseUse('used-wrongly', '--team belongs to an organisation: --organisation.');
  }
  const organisationId = wholeNumber(options, 'organisation');
  const teamId = team === undefined ? null : wholeNumber(options, 'team');
  return { organisation: { organisationId, teamId } };
}

export function registerRequestCommands(program: Command, cli: Cli): void {
  const request = program.command('request').description('recovery requests of CheckTick');
  const send = async (options: Options, address: string, json: object): Promise<void> => {
    const found = await withClient(cli, options, (client) =>
      client.call(requestAnswer, 'POST', address, { json }),
    );
    cli.result(found, lines(found));
  };

  checking(remote(request.command('create')))
    .description('ask for a recovery, also before the person’s identity was checked (operator)')
    .requiredOption('--user <number>', 'number of the user in CheckTick')
    .requiredOption('--survey <number>', 'number of the survey in CheckTick')
    .requiredOption('--reason <text>', 'why it is needed')
    .option(
      '--organisation <number>',
      'the organisation that keeps the survey’s key; its owner’s passphrase is typed on the laptop',
    )
    .option('--team <number>', 'the team of this organisation, where a team keeps the key')
    .action((options: CheckOptions) =>
      send(options, '/v1/requests', {
        userId: wholeNumber(options, 'user'),
        surveyId: wholeNumber(options, 'survey'),
        reason: options['reason'],
        ...wayOf(options),
        ...checksOf(options, false),
      }),
    );
  checking(remote(request.command('verify <code>')))
    .description('record how the person was checked; also of requests made in CheckTick (operator)')
    .action((code: string, options: CheckOptions) =>
      send(options, `/v1/requests/${encodeURIComponent(code)}/verify`, checksOf(options, true)),
    );
  approving(remote(request.command('approve <code>')))
    .description('first or second approval; after the second the delay runs (approver)')
    .action(async (code: string, options: Options) => {
      const asked = { action: 'request-approve', subject: code } as const;
      const { request: found } = await approveHere(cli, options, asked);
      if (found !== undefined) cli.result(found, lines(found));
    });
  for (const [word, description] of [
    ['reject', 'end a request that should not be (approver)'],
    ['cancel', 'end a request that is no longer needed (operator or approver)'],
  ] as const) {
    remote(request.command(`${word} <code>`))
      .description(description)
      .requiredOption('--reason <text>', 'why')
      .action((code: string, options: Options) =>
        send(options, `/v1/requests/${encodeURIComponent(code)}/${word}`, {
          reason: options['reason'],
        }),
      );
  }
  registerLooks(request, cli);
  remote(request.command('list'))
    .description('all requests, newest first')
    .action(async (options: Options) => {
      const requests = await withClient(cli, options, (client) =>
        wholeList(
          async (query) => {
            const found = await client.call(requestsAnswer, 'GET', `/v1/requests${query}`);
            return { items: found.requests, more: found.more };
          },
          ({ code }) => code,
        ),
      );
      const text = requests.map((one) => `${one.code}  ${one.sentence}`).join('\n');
      cli.result({ requests }, text === '' ? 'There are no requests yet.' : text);
    });
}

/** What may be recovered, and how one recovery stands. */
function registerLooks(request: Command, cli: Cli): void {
  remote(request.command('find <text>'))
    .description('surveys that can be recovered, by number or name of user or survey (operator)')
    .action(async (text: string, options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(recoverableAnswer, 'POST', '/v1/recoverable/search', { json: { text } }),
      );
      cli.result(found, foundLines(found));
    });
  remote(request.command('show <code>'))
    .description('one recovery: where it stands, and everything that happened')
    .action(async (code: string, options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(recoveryAnswer, 'GET', `/v1/requests/${encodeURIComponent(code)}/recovery`),
      );
      cli.result(found, recoveryLines(found));
    });
}

export function registerPassphrase(program: Command, cli: Cli): void {
  const passphrase = program
    .command('passphrase')
    .description('the one-time passphrase of a recovered survey');
  const path = (digest: string): string => `/v1/bundles/${encodeURIComponent(digest)}/passphrase`;
  remote(passphrase.command('show <digest>'))
    .description('show it, for the user; every look is written down')
    .action(async (digest: string, options: Options) => {
      // SECURITY: what goes into a pipe ends in a log, so a script must say that it wants it.
      if (!cli.world.outIsTerminal && !cli.json()) {
        throw refuseUse('used-wrongly', 'The passphrase is shown on a terminal, or with --json.');
      }
      const shown = await withClient(cli, options, (client) =>
        client.call(passphraseAnswer, 'POST', path(digest)),
      );
      cli.result(
        shown,
        `The user signs in to the survey with these seven words, once, and then sets an own password:\n\n  ${shown.passphrase}\n\nShown again until it is acknowledged, at most until ${shown.expiresAt}.`,
      );
    });
  remote(passphrase.command('acknowledge <digest>'))
    .description('the user has it: destroy it')
    .action(async (digest: string, options: Options) => {
      const done = await withClient(cli, options, (client) =>
        client.call(doneAnswer, 'POST', `${path(digest)}/acknowledge`),
      );
      cli.result(done, 'Written down. Nobody can show the passphrase again.');
    });
}
