/**
 * An organisation with surveys of every kind in a real Vault and PostgreSQL, and the laptop's side of
 * the ceremony for its owner, who forgot the passphrase.
 * @module
 */
import { pbkdf2Sync } from 'node:crypto';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { openOrganisationPackage } from '../../shared/bundle/organisation-package.ts';
import {
  type OrganisationPackage,
  type PackageDocument,
  parsePackage,
} from '../../shared/bundle/package.ts';
import { openOrganisationKek, vaultPaths } from '../../shared/checktick/index.ts';
import { sealEscrow } from '../../shared/escrow/escrow.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { escrowSurvey } from '../../sync/rehearsal/seed.ts';
import type { FileAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import { makeTicket, type TestTicket } from './documents.ts';
import { organisationsKek } from './member-documents.ts';
import { makeOrganisationBundle, NEW_WORDS } from './organisation-documents.ts';
import { plantEscrow } from './sealed-escrow.ts';
import type { TestShareSet } from './share-sets.ts';
import { asking } from './sync-adopt.ts';
import type { Admins, MadeBundle } from './sync-ceremony.ts';
import { bytesOf, type Caller } from './sync-client.ts';
import type { Deployment } from './sync-service.ts';

const TEAM = 9;

/** What there is of a survey, beside the organisation's stored key. */
interface Kind {
  readonly team: boolean;
  readonly escrow: 'checktick' | 'sealed' | 'damaged' | 'none';
  readonly hashed: boolean;
  readonly entry: boolean;
}

/** The first three can be helped. */
const KINDS = {
  byCheckTick: { team: true, escrow: 'checktick', hashed: true, entry: true },
  ofItself: { team: false, escrow: 'checktick', hashed: false, entry: true },
  sealed: { team: true, escrow: 'sealed', hashed: true, entry: true },
  unescrowed: { team: true, escrow: 'none', hashed: true, entry: true },
  unproved: { team: true, escrow: 'sealed', hashed: false, entry: true },
  damaged: { team: false, escrow: 'damaged', hashed: true, entry: true },
  unkept: { team: true, escrow: 'checktick', hashed: true, entry: false },
} as const satisfies Readonly<Record<string, Kind>>;
type Name = keyof typeof KINDS;

export interface TestSurvey {
  readonly id: number;
  readonly teamId: number | null;
  readonly kek: Uint8Array;
}

export interface TestOrganisation {
  readonly id: number;
  readonly surveys: Readonly<Record<Name, TestSurvey>>;
}

/** What an organisation is laid into. */
export type Laid = Pick<Deployment, 'sql' | 'writeKv' | 'kv' | 'checktick'>;

/** What of a share set its stored keys are made with. */
export interface KeyHolder extends Pick<TestShareSet, 'mode' | 'platformKey'> {
  readonly sync: Pick<TestShareSet['sync'], 'audience'>;
  readonly manifest: { readonly body: { readonly escrowKey?: string | undefined } };
}

/** CheckTick's tables say whose the surveys are, and sync may read who owns the organisation. */
export async function linkTables(deployment: Pick<Laid, 'sql'>): Promise<void> {
  await deployment.sql(
    `ALTER TABLE surveys_survey ADD COLUMN organization_id bigint, ADD COLUMN team_id bigint`,
  );
  await deployment.sql(
    `ALTER TABLE surveys_organization ADD COLUMN name varchar(255) NOT NULL DEFAULT '',
       ADD COLUMN owner_id integer`,
  );
  await deployment.sql('GRANT SELECT (name, owner_id) ON surveys_organization TO PUBLIC');
}

/** One organisation, its surveys, and the owner's account. Needs {@link linkTables}. */
export async function makeOrganisation(
  deployment: Laid,
  set: KeyHolder,
): Promise<TestOrganisation> {
  const { checktick } = deployment;
  const [made] = await deployment.sql<{ id: number }>(
    `INSERT INTO surveys_organization (name, owner_id) VALUES ('Ward group', $1) RETURNING id::int`,
    [checktick.people.auditor.id],
  );
  const id = made?.id ?? 0;
  const surveys: Partial<Record<Name, TestSurvey>> = {};
  for (const name of Object.keys(KINDS) as Name[]) {
    surveys[name] = await addSurvey(deployment, set, { id, kind: KINDS[name], name });
  }
  return { id, surveys: surveys as TestOrganisation['surveys'] };
}

async function addSurvey(
  deployment: Laid,
  set: KeyHolder,
  { id, kind, name }: { readonly id: number; readonly kind: Kind; readonly name: string },
): Promise<TestSurvey> {
  const { writeKv } = deployment;
  const kek = randomBytes(32);
  const salt = randomBytes(16);
  const hash = kind.hashed ? pbkdf2Sync(kek, salt, 200_000, 32, 'sha256') : null;
  const teamId = kind.team ? TEAM : null;
  const [row] = await deployment.sql<{ id: number }>(
    `INSERT INTO surveys_survey (name, encrypted_kek_password, key_hash, key_salt,
       organization_id, team_id) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id::int`,
    [name, Buffer.alloc(76), hash, hash === null ? null : Buffer.from(salt), id, teamId],
  );
  const survey = { id: row?.id ?? 0, teamId, kek };
  if (kind.entry) await keepEntry(deployment, set, id, survey);
  await plant(deployment, set, survey, kind.escrow);
  // A note without a key, as CheckTick's own code leaves it.
  await writeKv(`teams/${TEAM}/team-key`, { team_id: TEAM, org_id: id });
  return survey;
}

/** Nobody remembers them. */
export const WORDS_BEFORE = 'What the owner of before had made up';

/** What lies there under {@link WORDS_BEFORE}. */
export async function keepEntry(
  { writeKv }: Pick<Laid, 'writeKv'>,
  set: Pick<KeyHolder, 'platformKey'>,
  organisationId: number,
  { id: surveyId, teamId, kek }: TestSurvey,
  words = WORDS_BEFORE,
): Promise<void> {
  const way = { organisationId, teamId };
  await writeKv(vaultPaths.surveyKek(surveyId), {
    encrypted_kek: await organisationsKek(set.platformKey, { kek, way, words, surveyId }),
    created_at: '2026-02-19T14:30:00.123456',
    algorithm: 'AES-256-GCM',
    remark: 'kept',
  });
}

/** The escrow of the requester. */
export async function plant(
  deployment: Laid,
  set: KeyHolder,
  { id: surveyId, kek }: TestSurvey,
  kind: Kind['escrow'],
): Promise<void> {
  const { writeKv, checktick } = deployment;
  const client = {
    query: async (text: string, values?: unknown[]) => ({
      rows: await deployment.sql(text, values ?? []),
    }),
  };
  const userId = checktick.people.requester.id;
  const about = { userId, surveyId };
  if (kind === 'none') return;
  if (kind !== 'sealed') {
    await escrowSurvey(client, writeKv, { ...about, pmk: set.platformKey, kek, version: 'v1' });
    if (kind === 'checktick') return;
    const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
    await writeKv(path, { encrypted_kek: 'no digits', platform_key_version: 'v1' });
    return;
  }
  const { mode } = set;
  const { escrowKey = '' } = set.manifest.body;
  const binding = { mode, audience: set.sync.audience, keyVersion: 'v1', ...about };
  await plantEscrow(client, writeKv, about, await sealEscrow(escrowKey, binding, kek));
}

/** What of a survey can be opened in Vault with these words. */
export async function openedWith(
  deployment: Pick<Laid, 'kv'>,
  set: Pick<KeyHolder, 'platformKey'>,
  organisationId: number,
  { id: surveyId, teamId }: TestSurvey,
  words = NEW_WORDS,
): Promise<Uint8Array> {
  const entry = await deployment.kv(vaultPaths.surveyKek(surveyId));
  const typed = new TextEncoder().encode(words);
  const way = { organisationId, teamId, surveyId };
  return openOrganisationKek(set.platformKey, way, typed, String(entry?.['encrypted_kek']));
}

export interface AskedOrganisation {
  readonly nonce: string;
  readonly ticket: TestTicket;
}

/** What an operator says of an organisation, with a ticket. */
export function askingFor(
  organisationId: number,
  ticket: TestTicket,
  change: Readonly<Record<string, unknown>> = {},
) {
  const { ticket: file, words } = asking(ticket);
  return {
    organisationId,
    owner: 'owner 1',
    organisationChecked: 'register of companies, file 12',
    ownerChecked: 'photo id, file 12',
    passphrase: 'new',
    ticket: file,
    words,
    ...change,
  };
}

/** `package migrate-organisation`, not yet released. */
export async function askedOrganisation(
  operator: Caller,
  set: TestShareSet,
  organisationId: number,
  change: Readonly<Record<string, unknown>> = {},
): Promise<AskedOrganisation> {
  const ticket = await makeTicket(set);
  const { nonce } = await operator.post<PackageAnswer>(
    '/v1/packages/migrate-organisation',
    askingFor(organisationId, ticket, change),
  );
  return { nonce, ticket };
}

export interface OpenedOrganisation {
  readonly document: PackageDocument & { readonly body: OrganisationPackage };
  readonly secrets: Awaited<ReturnType<typeof openOrganisationPackage>>;
}

export async function releasedOrganisation(
  admins: Admins,
  set: TestShareSet,
  asked: AskedOrganisation,
): Promise<OpenedOrganisation> {
  for (const approver of [admins.approver1, admins.approver2]) {
    await approver.approve('package-release', asked.nonce, { reason: 'called the owner back' });
  }
  return openedPackage(admins.operator, set, asked);
}

/** The file of one that was released, opened with its ticket. */
export async function openedPackage(
  operator: Caller,
  set: TestShareSet,
  { nonce, ticket }: AskedOrganisation,
): Promise<OpenedOrganisation> {
  const file = await operator.get<FileAnswer>(`/v1/packages/${nonce}/file`);
  const document = parsePackage(bytesOf(file), set.mode, set.sync);
  const { body } = document;
  if (body.kind !== 'migrate-organisation') throw new Error('another kind was asked for');
  const secrets = await openOrganisationPackage(body, ticket.keys.privateKey);
  return { document: { ...document, body }, secrets };
}

/** The ceremony's bundle: every survey of the package wrapped. */
export async function organisationBundle(
  set: TestShareSet,
  { surveys }: TestOrganisation,
  { document }: Pick<OpenedOrganisation, 'document'>,
  options: Parameters<typeof makeOrganisationBundle>[2] = {},
): Promise<MadeBundle> {
  const all = Object.values(surveys);
  const keks = document.body.surveys.map(({ surveyId }) => {
    const found = all.find(({ id }) => id === surveyId);
    if (found === undefined) throw new Error('a survey of another organisation');
    return found.kek;
  });
  const { document: bundle } = await makeOrganisationBundle(set, { document, keks }, options);
  return {
    bytes: bundleType.toBytes(bundle),
    digest: bundle.digest,
    nonce: document.body.nonce,
  };
}

/** Two who read what would be wrapped. */
export async function approveOrganisation(admins: Admins, { digest }: MadeBundle): Promise<void> {
  for (const approver of [admins.approver1, admins.approver2]) {
    await approver.approve('bundle-approve', digest, { reason: 'as agreed in the room' });
  }
}

/** From asking to a bundle that waits to be committed. */
export async function approvedOrganisation(
  admins: Admins,
  set: TestShareSet,
  organisation: TestOrganisation,
  options: Parameters<typeof makeOrganisationBundle>[2] = {},
): Promise<MadeBundle> {
  const asked = await askedOrganisation(admins.operator, set, organisation.id);
  const opened = await releasedOrganisation(admins, set, asked);
  const made = await organisationBundle(set, organisation, opened, options);
  await admins.operator.post('/v1/bundles', made.bytes);
  await approveOrganisation(admins, made);
  return made;
}
