/**
 * The release of an adoption package: by two approvers who did not ask for it, each of whom typed the
 * ticket's eight words; and only while Vault and the rows are as they were shown.
 * @module
 */
import {
  type AdoptFound,
  type Comparison,
  type FoundVersion,
  organisationKeyInWords,
  type OrganisationSample,
  storedKeyInWords,
  storedKeysOf,
} from '../../../shared/bundle/adopt.ts';
import { sealAdoptPackage, wipeAdoptSecrets } from '../../../shared/bundle/adopt-package.ts';
import { vaultPaths } from '../../../shared/checktick/index.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import { encodeJson } from '../../../shared/encoding/json.ts';
import type { Ask, Shown } from '../../approvals/approvable.ts';
import type { Queryable } from '../../database/database.ts';
import { findKey } from '../adopt/found.ts';
import { packagedKeys } from '../adopt/opened.ts';
import { refuseAdoption, refuseTrusted } from '../../checktick/adopt-refusals.ts';
import type { FlowContext } from '../../trust/context.ts';
import { assertInTime, mustFind } from '../package-rows/approved.ts';
import { askedInWords } from './asked.ts';
import { packageHead, releaseByTwo } from './out.ts';
import { adoptFacts, type PackageRow } from '../package-rows/rows.ts';
import { ticketOf } from '../package-rows/ticket.ts';
import { shownRelease } from './shown.ts';
import { soundSituation } from '../commit/resume.ts';
import { counted } from '../../versions/findings.ts';

const COMPARED: Readonly<Record<Comparison, string>> = {
  same: 'Vault and the row hold the same component',
  differs: 'Vault and the row hold DIFFERENT components; both go out',
  'other-version': 'the row holds it; Vault holds that of another version',
  'row-only': 'only the row holds it',
  'vault-only': 'only Vault holds it; there is no row',
};
const FORMS = {
  'upper-case': 'upper-case digits',
  spaces: 'spaces inside',
  'fields-missing': 'fields missing',
} as const;

function versionInWords(found: FoundVersion): string {
  const { version, state, compared, escrows, organisationKeys = [] } = found;
  const keys = storedKeysOf(found);
  const stored = escrows === 0 ? 'no stored survey key' : counted(escrows, 'stored survey key');
  const opened =
    keys.length > 0
      ? `as proof ${keys.length === 1 ? 'goes out that' : 'go out those'} of ${keys.map(storedKeyInWords).join(', ')}`
      : escrows === 0
        ? 'nothing to prove it by'
        : 'none can be read, so nothing to prove it by';
  const kept =
    organisationKeys.length === 0
      ? ''
      : `; for an owner in the room to open by passphrase, what is kept for ${organisationKeys.map(organisationKeyInWords).join(', ')}`;
  return `${version} (${state}): ${COMPARED[compared]}; ${stored}, ${opened}${kept}`;
}

const SAMPLE_PATH = vaultPaths.organisationMasterKey(1);
const SAMPLES: Readonly<Record<OrganisationSample, string>> = {
  there: 'there; it is no key, and nothing of it goes out',
  other: 'something else lies there; nothing of it goes out',
  missing: 'not there',
};

function foundFacts({ vault, forms, sample, versions }: AdoptFound): [string, string][] {
  const written = forms.length === 0 ? '' : `, with ${forms.map((one) => FORMS[one]).join(', ')}`;
  return [
    ['Vault’s entry', `${vault}${written}`],
    ...versions.map((one): [string, string] => ['key version', versionInWords(one)]),
    ...(sample === undefined
      ? []
      : [[`CheckTick’s sample at ${SAMPLE_PATH}`, SAMPLES[sample]] as [string, string]]),
  ];
}

/** @throws as {@link shownRelease} */
export async function showAdoption(tx: Queryable, found: PackageRow, ask: Ask): Promise<Shown> {
  const { asked, about } = await shownRelease(tx, found, ask);
  return {
    ...about,
    sentence: `Release the vault components of the platform key that exists to the laptop, so that key version ${found.keyVersion} is adopted.`,
    facts: [
      ...foundFacts(adoptFacts.parse(found.facts).found),
      ...askedInWords(found, { ...asked, holder: '; no roster vouches yet' }),
    ],
  };
}

/**
 * All but how many keys are stored, which grows by itself. Of those that were to go out some may be
 * gone since, with their surveys: not all. CheckTick's sample is no key, and may come and go.
 */
function isAsShown(before: AdoptFound, now: AdoptFound): boolean {
  const bare = ({ vault, forms, versions }: AdoptFound) =>
    encodeJson({
      vault,
      forms,
      versions: versions.map(({ version, state, compared, proof, organisationKeys }) => [
        version,
        state,
        compared,
        proof === null,
        organisationKeys === undefined,
      ]),
    });
  return equalBytes(bare(before), bare(now));
}

/** Gathers the secrets, seals them to the ticket, signs, and hands the package out. */
export async function releaseAdoption(context: FlowContext, nonce: string): Promise<void> {
  const { database } = context;
  const situation = await soundSituation(context);
  const { installation, trust, now } = situation;
  const found = await mustFind(database, nonce);
  if (trust !== null) throw refuseTrusted(found.keyVersion, trust.versions);
  assertInTime(found, now);
  const shown = adoptFacts.parse(found.facts).found;
  const ticket = await ticketOf(database, found, installation.mode);
  const key = await findKey(context, found.keyVersion, { before: shown });
  const packaged = packagedKeys(key, found.keyVersion);
  const body = await (async () => {
    if (!isAsShown(shown, key.found)) throw refuseAdoption('adopt-moved');
    return sealAdoptPackage(
      {
        ...(await packageHead(database, situation, found)),
        kind: 'adopt',
        keyVersion: found.keyVersion,
        ticketId: ticket.body.ticketId,
        ticketDigest: ticket.digest,
        found: key.found,
      },
      ticket.body.recipient,
      key.secrets,
    );
  })().finally(() => {
    wipeAdoptSecrets(key.secrets);
  });
  await releaseByTwo(context, situation, found, {
    body,
    recipientPath: null,
    facts: { found: shown, packaged },
  });
}
