/**
 * `conclave-sync request …`, `package recover|adopt|rotate-shares|migrate-escrows|migrate-organisation|approve`, `passphrase …`.
 * @module
 */
import type { Command } from 'commander';
import {
  organisationKeys,
  type OrganisationKey,
  STORED_KEYS,
} from '../../../shared/bundle/adopt.ts';
import { SPOKEN_MAIL } from '../../../shared/encoding/mail-address.ts';
import {
  doneAnswer,
  packageAnswer,
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
import type { Check } from '../../flows/verifications.ts';
import { type Cli, refuseUse } from '../cli.ts';
import { approveHere, approving } from './approve.ts';
import {
  type Options,
  readDocument,
  remote,
  setIn,
  typedWords,
  WHICH_SET,
  wholeList,
  withClient,
} from './remote.ts';

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

type Numbers = 'user' | 'survey' | 'organisation' | 'team' | 'delayHours';

function number(options: Options, name: Numbers): number {
  const value = Number(options[name]);
  if (!Number.isSafeInteger(value) || value < 0) {
    const option = name === 'delayHours' ? 'delay-hours' : name;
    throw refuseUse('used-wrongly', `--${option} is a whole number.`);
  }
  return value;
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
    ...(options['delayHours'] === undefined ? {} : { delayHours: number(options, 'delayHours') }),
  };
}

/** Whose key opens the survey's key, where it is not the user's own escrow. */
function wayOf(options: Options) {
  const { organisation, team } = options;
  if (organisation === undefined) {
    if (team === undefined) return {};
    throw refuseUse('used-wrongly', '--team belongs to an organisation: --organisation.');
  }
  const organisationId = number(options, 'organisation');
  const teamId = team === undefined ? null : number(options, 'team');
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
        userId: number(options, 'user'),
        surveyId: number(options, 'survey'),
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

const TICKET_WORDS = 'The eight words of the ticket:';

/** About no request: kind, what it is, which version (null: the active one), what the ticket is for. */
const KEY_PACKAGES = [
  [
    'adopt',
    'ask for a package that takes over the platform key that exists',
    'the version to be adopted, such as v1',
    'an adoption',
  ],
  [
    'rotate-shares',
    'ask for a package for new shares of the same platform key',
    'the version whose shares are renewed, such as v1',
    'new shares',
  ],
  [
    'full-drill',
    'ask for a package for a full drill, in which shares open a test escrow',
    'the version whose shares are put together, such as v1',
    'a full drill',
  ],
  [
    'new-version',
    'ask for a package for a new platform key beside the active one',
    null,
    'a new platform key',
  ],
  [
    'migrate-escrows',
    'ask for a package that moves the survey keys of a version to the active one',
    'the version that is emptied, such as v1',
    'moving survey keys',
  ],
] as const;

/** `31:9`: survey 31 of team 9; `31`: of the organisation itself. */
function surveyOf(text: string): { readonly surveyId: number; readonly teamId: number | null } {
  const match = /^([1-9]\d{0,14})(?::([1-9]\d{0,14}))?$/.exec(text);
  if (match === null) {
    throw refuseUse('used-wrongly', '--surveys are numbers such as 31:9,40 (survey 31 of team 9).');
  }
  return { surveyId: Number(match[1]), teamId: match[2] === undefined ? null : Number(match[2]) };
}

/** `31:4:9`: survey 31 of organisation 4, team 9; `32:4`: of the organisation itself. */
function organisationKeyOf(text: string): OrganisationKey {
  const match = /^([1-9]\d{0,14}):([1-9]\d{0,14})(?::([1-9]\d{0,14}))?$/.exec(text);
  if (match === null) {
    throw refuseUse(
      'used-wrongly',
      '--organisation-keys are numbers such as 31:4:9,32:5 (survey 31 of organisation 4, team 9; survey 32 of organisation 5).',
    );
  }
  const [, survey, organisation, team] = match;
  return {
    surveyId: Number(survey),
    organisationId: Number(organisation),
    teamId: team === undefined ? null : Number(team),
  };
}

/** Each survey once, and no more than a package carries. */
function organisationKeysOf(text: string): OrganisationKey[] {
  const keys = text.split(',').map((one) => organisationKeyOf(one.trim()));
  if (organisationKeys.safeParse(keys).success) return keys;
  throw refuseUse(
    'used-wrongly',
    `--organisation-keys names 1 to ${STORED_KEYS} different surveys.`,
  );
}

type OrganisationOptions = Options & {
  readonly [Flag in 'goesOn' | 'moves' | 'underActive' | 'areAll']?: true;
};

function whosePassphrase({ goesOn, moves }: OrganisationOptions): 'new' | 'continued' | 'kept' {
  if (goesOn === true && moves === true) {
    throw refuseUse('used-wrongly', '--goes-on and --moves exclude each other.');
  }
  if (moves === true) return 'kept';
  return goesOn === true ? 'continued' : 'new';
}

/** For an owner who forgot the passphrase, and for an organisation that moves to the active version. */
function registerOrganisationPackage(packages: Command, cli: Cli): void {
  remote(packages.command('migrate-organisation'))
    .description(
      'ask for a package for an organisation whose owner forgot the passphrase, or which moves to the active key version (operator)',
    )
    .requiredOption('--organisation <number>', 'number of the organisation in CheckTick')
    .requiredOption(
      '--owner <name>',
      'who acts for it, and makes up the new passphrase or knows the one in use',
    )
    .requiredOption(
      '--organisation-checked <text>',
      'how it was checked that there is such an organisation, and where the evidence lies',
    )
    .requiredOption('--owner-checked <text>', 'the same of the owner')
    .option(...WHICH_SET)
    .requiredOption('--ticket <file>', 'the ticket file from the laptop, made for a recovery')
    .option('--words <words>', 'the ticket’s eight words, as heard; asked for otherwise')
    .option(
      '--goes-on',
      'under the passphrase of an earlier such ceremony, which had no room for all',
    )
    .option(
      '--moves',
      'to the active key version, with the passphrase in use; its half for organisations was handed over',
    )
    .option('--under-active', 'a new passphrase, wrapped under the active key version')
    .option('--are-all', 'the named surveys are all of which the organisation keeps a key')
    .option(
      '--surveys <numbers>',
      'only these, such as 31:9,40 (survey 31 of team 9, survey 40 of no team)',
    )
    .action(async (options: OrganisationOptions) => {
      const surveys = options['surveys']?.split(',').map((one) => surveyOf(one.trim()));
      const organisationId = number(options, 'organisation');
      const ticket = await readDocument(options['ticket'] ?? '', 'ticket');
      const words = await typedWords(cli, options['words'], TICKET_WORDS);
      const json = {
        organisationId,
        owner: options['owner'],
        organisationChecked: options['organisationChecked'],
        ownerChecked: options['ownerChecked'],
        passphrase: whosePassphrase(options),
        ...(options.underActive === true ? { underActive: true } : {}),
        ...(options.areAll === true ? { areAll: true } : {}),
        ...(surveys === undefined ? {} : { surveys }),
        ...setIn(options),
        ticket: Buffer.from(ticket).toString('base64'),
        words,
      };
      const found = await withClient(cli, options, (client) =>
        client.call(packageAnswer, 'POST', '/v1/packages/migrate-organisation', { json }),
      );
      cli.result(found, `${found.nonce.slice(0, 8)}  ${found.sentence}`);
    });
}

/** The part of `package` that carries secrets. */
export function registerRecoverPackage(packages: Command, cli: Cli): void {
  remote(packages.command('recover'))
    .description('ask for a recovery package with an operator’s ticket (operator)')
    .requiredOption('--request <code>', 'the request, such as ABC-123-XYZ')
    .option(...WHICH_SET)
    .requiredOption('--ticket <file>', 'the ticket file from the laptop')
    .option('--words <words>', 'the ticket’s eight words, as heard; asked for otherwise')
    .action(async (options: Options) => {
      const ticket = await readDocument(options['ticket'] ?? '', 'ticket');
      const words = await typedWords(cli, options['words'], TICKET_WORDS);
      const json = {
        requestCode: options['request'],
        ...setIn(options),
        ticket: Buffer.from(ticket).toString('base64'),
        words,
      };
      const found = await withClient(cli, options, (client) =>
        client.call(packageAnswer, 'POST', '/v1/packages/recover', { json }),
      );
      cli.result(found, `${found.nonce.slice(0, 8)}  ${found.sentence}`);
    });
  for (const [kind, about, version, ticketFor] of KEY_PACKAGES) {
    const command = remote(packages.command(kind)).description(`${about} (operator)`);
    if (version !== null) command.requiredOption('--key-version <version>', version);
    if (kind !== 'adopt') command.option(...WHICH_SET);
    if (kind === 'adopt') {
      command.option(
        '--organisation-keys <numbers>',
        'where no user’s survey key is stored: up to five that organisations keep, such as 31:4:9,32:5 (survey, organisation, team); an owner opens one at the laptop',
      );
    }
    command
      .requiredOption('--ticket <file>', `the ticket file from the laptop, made for ${ticketFor}`)
      .option('--words <words>', 'the ticket’s eight words, as heard; asked for otherwise')
      .action(async (options: Options) => {
        const ticket = await readDocument(options['ticket'] ?? '', 'ticket');
        const words = await typedWords(cli, options['words'], TICKET_WORDS);
        const kept = options['organisationKeys'];
        const json = {
          ...(version === null ? {} : { keyVersion: options['keyVersion'] }),
          ...setIn(options),
          ...(kept === undefined ? {} : { organisationKeys: organisationKeysOf(kept) }),
          ticket: Buffer.from(ticket).toString('base64'),
          words,
        };
        const found = await withClient(cli, options, (client) =>
          client.call(packageAnswer, 'POST', `/v1/packages/${kind}`, { json }),
        );
        cli.result(found, `${found.nonce.slice(0, 8)}  ${found.sentence}`);
      });
  }
  registerOrganisationPackage(packages, cli);
  approving(remote(packages.command('approve <nonce>')))
    .description('approve the release; the second approver releases it (approver)')
    .option('--words <words>', 'of an adoption: the ticket’s eight words, as heard; else asked')
    .action(async (nonce: string, options: Options) => {
      const { kind } = await withClient(cli, options, (client) =>
        client.call(packageAnswer, 'GET', `/v1/packages/${encodeURIComponent(nonce)}`),
      );
      const asked = {
        action: 'package-release',
        subject: nonce,
        ...(kind === 'adopt'
          ? { words: await typedWords(cli, options['words'], TICKET_WORDS) }
          : {}),
      } as const;
      const { package: found } = await approveHere(cli, options, asked);
      if (found !== undefined) cli.result(found, `${found.nonce.slice(0, 8)}  ${found.sentence}`);
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
