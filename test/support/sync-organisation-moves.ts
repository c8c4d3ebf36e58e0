/**
 * An organisation under a key version that is not the active one any more, with a real sync, and the
 * laptop's side of handing the half over and of moving the organisation.
 * @module
 */
import { pbkdf2Sync } from 'node:crypto';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { vaultPaths } from '../../shared/checktick/index.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import type { PackageAnswer } from '../../sync/routes/answers.ts';
import { makeTicket } from './documents.ts';
import { makeMoveBundle } from './move-documents.ts';
import { makeOrganisationBundle } from './organisation-documents.ts';
import { makeHalf, OWN_WORDS } from './organisation-moves.ts';
import { randomId } from './people.ts';
import type { TestShareSet } from './share-sets.ts';
import { asking } from './sync-adopt.ts';
import {
  type Admins,
  approvedSetup,
  committed,
  type MadeBundle,
  shareSetFor,
} from './sync-ceremony.ts';
import { movePackage, type OpenedMove } from './sync-move.ts';
import {
  approveOrganisation,
  askedOrganisation,
  keepEntry,
  type Laid,
  linkTables,
  type OpenedOrganisation,
  releasedOrganisation,
  type TestSurvey,
} from './sync-organisation.ts';
import type { Deployment, Service } from './sync-service.ts';
import { approvedChange, approvedVersion } from './sync-version.ts';

const TEAM = 9;

export interface OwnOrganisation {
  readonly id: number;
  /** Of a team, with a hash; of the organisation itself, without one. */
  readonly surveys: readonly [TestSurvey, TestSurvey];
}

/** It keeps two survey keys, which nobody else has. Needs {@link linkTables}. */
export async function addOrganisation(
  deployment: Omit<Laid, 'kv'>,
  { platformKey }: Pick<TestShareSet, 'platformKey'>,
): Promise<OwnOrganisation> {
  const { checktick } = deployment;
  const [made] = await deployment.sql<{ id: number }>(
    `INSERT INTO surveys_organization (name, owner_id) VALUES ('Ward group', $1) RETURNING id::int`,
    [checktick.people.auditor.id],
  );
  const id = made?.id ?? 0;
  const add = async (teamId: number | null, hashed: boolean): Promise<TestSurvey> => {
    const kek = randomBytes(32);
    const salt = randomBytes(16);
    const hash = hashed ? pbkdf2Sync(kek, salt, 200_000, 32, 'sha256') : null;
    const [row] = await deployment.sql<{ id: number }>(
      `INSERT INTO surveys_survey (name, encrypted_kek_password, key_hash, key_salt,
         organization_id, team_id) VALUES ('Ward survey', $1, $2, $3, $4, $5) RETURNING id::int`,
      [Buffer.alloc(76), hash, hashed ? Buffer.from(salt) : null, id, teamId],
    );
    const survey = { id: row?.id ?? 0, teamId, kek };
    await keepEntry(deployment, { platformKey }, id, survey, OWN_WORDS);
    return survey;
  };
  const team = TEAM + 100 * id;
  await deployment.writeKv(`teams/${team}/team-key`, { team_id: team, org_id: id });
  await deployment.writeKv(vaultPaths.organisationMasterKey(id), {
    org_id: id,
    note: 'No key is stored here',
  });
  return { id, surveys: [await add(team, true), await add(null, false)] };
}

export interface TwoVersions {
  readonly deployment: Deployment;
  service: Service;
  /** Of v1, with the roster in force. */
  readonly first: TestShareSet;
  /** Of v2, which is active. */
  readonly second: TestShareSet;
}

/** v1 with CheckTick's tables that say whose the surveys are; v2 was made beside it, and is active. */
export async function twoVersions(deployment: Deployment): Promise<TwoVersions> {
  const service = await deployment.start();
  const set = await shareSetFor(service.admins.operator, deployment.mode);
  await committed(service.admins, await approvedSetup(service.admins, set));
  await linkTables(deployment);
  const { next, made } = await approvedVersion(service.admins, set);
  await committed(service.admins, made);
  const first = { ...set, roster: next.roster };
  await committed(service.admins, await approvedChange(service.admins, first, 'activate', 'v2'));
  return { deployment, service, first, second: next };
}

/** `package migrate-escrows` of v1, released and opened. */
export async function halfPackage(admins: Admins, first: TestShareSet): Promise<OpenedMove> {
  const ticket = await makeTicket(first, undefined, 'migrate-escrows');
  const { nonce } = await admins.operator.post<PackageAnswer>(
    '/v1/packages/migrate-escrows',
    asking(ticket, 'v1'),
  );
  return movePackage(admins, first, { nonce, ticket });
}

/** Of a package without files: nothing but the half comes back. */
export async function halfBundle(
  { first, second }: Pick<TwoVersions, 'first' | 'second'>,
  opened: OpenedMove,
  brings = true,
): Promise<MadeBundle> {
  const where = { ceremonyId: randomId(randomBytes), nonce: opened.document.body.nonce };
  const { sealed } = await makeHalf(first, second, where);
  const change = { ceremonyId: where.ceremonyId, ...(brings ? { organisationHalf: sealed } : {}) };
  const { document } = await makeMoveBundle(first, second, opened, [], { change });
  return {
    bytes: bundleType.toBytes(document),
    digest: document.digest,
    nonce: where.nonce,
  };
}

/** The half of v1 is handed over to v2. */
export async function handOver(world: TwoVersions): Promise<MadeBundle> {
  const { admins } = world.service;
  const made = await halfBundle(world, await halfPackage(admins, world.first));
  await admins.operator.post('/v1/bundles', made.bytes);
  await approveOrganisation(admins, made);
  await committed(admins, made);
  return made;
}

/** As the laptop makes it: the surveys of the package under v2, with the same passphrase. */
export async function movedBundle(
  { second }: Pick<TwoVersions, 'second'>,
  { surveys }: OwnOrganisation,
  { document }: Pick<OpenedOrganisation, 'document'>,
  options: Parameters<typeof makeOrganisationBundle>[2] = {},
): Promise<MadeBundle> {
  const keks = document.body.surveys.map(
    ({ surveyId }) => surveys.find(({ id }) => id === surveyId)?.kek ?? randomBytes(32),
  );
  const { document: made } = await makeOrganisationBundle(
    second,
    { document, keks },
    {
      words: OWN_WORDS,
      ...options,
      change: { passphrase: 'kept', movedFrom: 'v1', ...options.change },
    },
  );
  return {
    bytes: bundleType.toBytes(made),
    digest: made.digest,
    nonce: document.body.nonce,
  };
}

/** From asking to a bundle that waits to be committed. */
export async function approvedMove(
  world: TwoVersions,
  organisation: OwnOrganisation,
  change: Readonly<Record<string, unknown>> = {},
): Promise<MadeBundle> {
  const { admins } = world.service;
  const kept = { passphrase: 'kept', ...change };
  const asked = await askedOrganisation(admins.operator, world.second, organisation.id, kept);
  const opened = await releasedOrganisation(admins, world.second, asked);
  const made = await movedBundle(world, organisation, opened);
  await admins.operator.post('/v1/bundles', made.bytes);
  await approveOrganisation(admins, made);
  return made;
}
