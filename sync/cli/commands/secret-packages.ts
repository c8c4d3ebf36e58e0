/**
 * `conclave-sync package recover|adopt|rotate-shares|full-drill|new-version|migrate-escrows|migrate-organisation|approve`:
 * the packages that two release, because a secret leaves with them.
 * @module
 */
import type { Command } from 'commander';
import {
  organisationKeys,
  type OrganisationKey,
  STORED_KEYS,
} from '../../../shared/bundle/adopt.ts';
import type { WhosePassphrase } from '../../../shared/bundle/organisation.ts';
import { packageAnswer } from '../../routes/answers.ts';
import { type Cli, refuseUse } from '../cli.ts';
import { approveHere, approving } from './approve.ts';
import {
  type Options,
  readDocument,
  remote,
  setIn,
  typedWords,
  WHICH_SET,
  wholeNumber,
  withClient,
} from './remote.ts';

const TICKET_WORDS = 'The eight words of the ticket:';

/** Without the words they are asked for. */
const TYPED_WORDS = [
  '--words <words>',
  'the ticket’s eight words, as heard; asked for otherwise',
] as const;

/** Asks for a package of the kind: with the ticket, its words, the set that is named, and what is its own. */
async function askWithTicket(
  cli: Cli,
  options: Options,
  kind: string,
  own: Readonly<Record<string, unknown>>,
): Promise<void> {
  const ticket = await readDocument(options['ticket'] ?? '', 'ticket');
  const words = await typedWords(cli, options['words'], TICKET_WORDS);
  const json = {
    ...own,
    ...setIn(options),
    ticket: Buffer.from(ticket).toString('base64'),
    words,
  };
  const found = await withClient(cli, options, (client) =>
    client.call(packageAnswer, 'POST', `/v1/packages/${kind}`, { json }),
  );
  cli.result(found, `${found.nonce.slice(0, 8)}  ${found.sentence}`);
}

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

function whosePassphrase({ goesOn, moves }: OrganisationOptions): WhosePassphrase {
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
    .option(...TYPED_WORDS)
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
      await askWithTicket(cli, options, 'migrate-organisation', {
        organisationId: wholeNumber(options, 'organisation'),
        owner: options['owner'],
        organisationChecked: options['organisationChecked'],
        ownerChecked: options['ownerChecked'],
        passphrase: whosePassphrase(options),
        ...(options.underActive === true ? { underActive: true } : {}),
        ...(options.areAll === true ? { areAll: true } : {}),
        ...(surveys === undefined ? {} : { surveys }),
      });
    });
}

/** The part of `package` that carries secrets. */
export function registerSecretPackages(packages: Command, cli: Cli): void {
  remote(packages.command('recover'))
    .description('ask for a recovery package with an operator’s ticket (operator)')
    .requiredOption('--request <code>', 'the request, such as ABC-123-XYZ')
    .option(...WHICH_SET)
    .requiredOption('--ticket <file>', 'the ticket file from the laptop')
    .option(...TYPED_WORDS)
    .action((options: Options) =>
      askWithTicket(cli, options, 'recover', { requestCode: options['request'] }),
    );
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
      .option(...TYPED_WORDS)
      .action(async (options: Options) => {
        const kept = options['organisationKeys'];
        await askWithTicket(cli, options, kind, {
          ...(version === null ? {} : { keyVersion: options['keyVersion'] }),
          ...(kept === undefined ? {} : { organisationKeys: organisationKeysOf(kept) }),
        });
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
