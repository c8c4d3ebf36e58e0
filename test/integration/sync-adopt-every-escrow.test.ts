/**
 * Every stored survey key that a deployment has opens after its adoption, through Conclave: those of
 * CheckTick's own vectors (64 and 32 bytes), the forms in which CheckTick's kind lies in Vault, what
 * organisations and teams keep, and what was sealed to the escrow key. The platform key comes from
 * legacy shares before the adoption, and from the custodians' envelopes after it, on a real Vault and
 * PostgreSQL.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import type { OrganisationWay } from '../../shared/bundle/package.ts';
import { openSurveyColumn, proveByEscrow, vaultPaths } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { sealEscrow } from '../../shared/escrow/escrow.ts';
import { storedKeysOf } from '../../shared/bundle/adopt.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { checktickVectors } from '../support/legacy.ts';
import { legacyComponent, storedKek } from '../support/legacy-deployment.ts';
import { makeMemberBundle, organisationsKek, OWNERS_WORDS } from '../support/member-documents.ts';
import { type About, addSurvey, plantEscrow } from '../support/sealed-escrow.ts';
import {
  adoptionPackage,
  approvedAdoption,
  entryOf,
  MASTER_KEY,
  putRow,
} from '../support/sync-adopt.ts';
import {
  approvedRequest,
  combinedComponent,
  committed,
  type MadeBundle,
  recoverBundle,
  releasedPackage,
  seededSurvey,
} from '../support/sync-ceremony.ts';
import { openedMember } from '../support/sync-member.ts';
import { type Servers, startServers, stopServers } from '../support/sync-service.ts';
import { bundleOf, type Vintage, type World, worldOf } from '../support/sync-vintages.ts';

interface StoredVector {
  readonly path: string;
  readonly pmk_len: number;
  readonly data: Record<string, unknown>;
}
const { kek_hex, vault_documents, blobs } = checktickVectors('kek_blobs') as {
  kek_hex: string;
  vault_documents: StoredVector[];
  blobs: { vault_path: string; blob_hex: string; team_id?: number }[];
};
const { user_recovery, organization } = checktickVectors('kdf_keys') as {
  user_recovery: { pmk_len: number; pmk_hex: string }[];
  organization: { pmk_len: number; org_id: number; passphrase: string }[];
};
const KEK = hexToBytes(kek_hex);
/** In all of them. */
const ADDRESS = 'Dr.Jones@NHS.uk';
const pmkOf = (bytes: number): Uint8Array =>
  hexToBytes(user_recovery.find(({ pmk_len }) => pmk_len === bytes)?.pmk_hex ?? '');

/** Of whom it is, and the key that has to come out. */
interface Kept extends About {
  readonly kek: Uint8Array;
  /** An organisation keeps it; `words`: of its owner. */
  readonly way?: { readonly organisation: OrganisationWay; readonly words: string };
}

const vintage = (bytes: number, keyVersion: string): Vintage => ({
  platformKey: pmkOf(bytes),
  keyVersion,
  async lay({ deployment, legacy }) {
    await deployment.writeKv(MASTER_KEY, entryOf(legacy.vault));
    await putRow(deployment, keyVersion, legacy.vault);
  },
  found: { compared: 'same', state: 'active' },
  said: { compared: 'same', component: 'both', proof: 'escrow' },
  readBack: [],
});

describe('after its adoption', { retry: 0 }, () => {
  let servers: Servers;
  const worlds: World[] = [];
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(async () => {
    for (const { deployment } of worlds) await deployment.stop();
    await stopServers(servers);
  });

  const clientOf = ({ deployment }: World) => ({
    query: async (text: string, values: unknown[] = []) => ({
      rows: await deployment.sql(text, values),
    }),
  });

  /** A survey with its user, by the numbers that the vectors have. */
  async function put({ deployment }: World, { userId, surveyId }: About): Promise<void> {
    await deployment.sql(
      `INSERT INTO auth_user (id, username, email, first_name, last_name, password, is_superuser,
         is_staff, is_active, date_joined)
       VALUES ($1, $2, $3, 'A', 'User', '!', false, false, true, now())
       ON CONFLICT (id) DO UPDATE SET email = EXCLUDED.email`,
      [userId, `user-${userId}@example.org`, ADDRESS],
    );
    await deployment.sql(
      `INSERT INTO surveys_survey (id, name, encrypted_kek_password, encrypted_kek_recovery)
       VALUES ($1, 'Of the vectors', $2, $2) ON CONFLICT DO NOTHING`,
      [surveyId, Buffer.from(randomBytes(76))],
    );
  }

  const rowFor = (
    { deployment }: World,
    { userId, surveyId }: About,
    version: string,
    email: boolean,
  ) =>
    deployment.sql(
      `INSERT INTO surveys_usersurveykekescrow (user_id, survey_id, platform_key_version_id,
         vault_path, escrowed_at, email_encrypted, recovered_count)
       VALUES ($1, $2, $3, $4, now(), $5, 0)`,
      [userId, surveyId, version, vaultPaths.userSurveyRecoveryKek(userId, surveyId), email],
    );

  /** Vault's document as the vector has it, to the letter. */
  async function layVectors(world: World, bytes: number, version: string): Promise<Kept[]> {
    const kept: Kept[] = [];
    for (const { path, pmk_len, data } of vault_documents) {
      if (pmk_len !== bytes) continue;
      const [, userId = 0, surveyId = 0] =
        /^secret\/data\/users\/(\d+)\/surveys\/(\d+)\/recovery-kek$/.exec(path)?.map(Number) ?? [];
      const about = { userId, surveyId };
      await put(world, about);
      await world.deployment.writeKv(vaultPaths.userSurveyRecoveryKek(userId, surveyId), data);
      await rowFor(world, about, version, true);
      kept.push({ ...about, kek: KEK });
    }
    return kept;
  }

  /** CheckTick's own kind as it lies in older deployments; `form` changes the document in Vault. */
  async function layOld(
    world: World,
    form: (document: Record<string, unknown>) => Record<string, unknown>,
  ): Promise<Kept> {
    const { userId } = seededSurvey(world.deployment);
    const kek = randomBytes(32);
    const about = { userId, surveyId: await addSurvey(clientOf(world), kek) };
    await world.deployment.writeKv(
      vaultPaths.userSurveyRecoveryKek(userId, about.surveyId),
      form({
        ...vault_documents[0]?.data,
        encrypted_kek: await storedKek(world.legacy.platformKey, about, kek),
        encrypted_email: null,
      }),
    );
    await rowFor(world, about, 'v1', false);
    return { ...about, kek };
  }

  const entry = (encrypted_kek: string) => ({
    encrypted_kek,
    created_at: '2026-02-19T14:30:00.123456',
    algorithm: 'AES-256-GCM',
  });

  /** What a team keeps, of the vectors, and one survey of the organisation itself. */
  async function layOrganisation(world: World): Promise<Kept[]> {
    const { deployment, legacy } = world;
    const [blob] = blobs;
    const [owner] = organization;
    const surveyId = Number(/^surveys\/(\d+)\/kek$/.exec(blob?.vault_path ?? '')?.[1]);
    const [organisationId, teamId] = [owner?.org_id ?? 0, blob?.team_id ?? 0];
    const { userId } = seededSurvey(deployment);
    await put(world, { userId, surveyId });
    await deployment.sql('INSERT INTO surveys_organization (id) VALUES ($1)', [organisationId]);
    await deployment.writeKv(vaultPaths.teamKey(teamId), {
      team_id: teamId,
      org_id: organisationId,
    });
    await deployment.writeKv(vaultPaths.surveyKek(surveyId), entry(blob?.blob_hex ?? ''));
    const words = owner?.passphrase ?? '';
    const own = { userId, surveyId: await addSurvey(clientOf(world), null), kek: randomBytes(32) };
    const way = { organisationId, teamId: null };
    const text = await organisationsKek(legacy.platformKey, { ...own, way, words: OWNERS_WORDS });
    await deployment.writeKv(vaultPaths.surveyKek(own.surveyId), entry(text));
    return [
      { userId, surveyId, kek: KEK, way: { organisation: { organisationId, teamId }, words } },
      { ...own, way: { organisation: way, words: OWNERS_WORDS } },
    ];
  }

  /** The whole of it; every stored key that goes along opens with what the legacy shares give. */
  async function adopt(world: World, about: Vintage): Promise<void> {
    const { service, set, legacy } = world;
    const opened = await adoptionPackage(service.admins, set);
    const [found] = opened.document.body.found.versions;
    const [secrets] = opened.secrets;
    const [vaultComponent] = secrets?.components ?? [];
    if (found === undefined || vaultComponent === undefined) throw new Error('nothing was found');
    const keys = storedKeysOf(found);
    expect(keys.length).toBeGreaterThan(0);
    for (const [at, key] of keys.entries()) {
      const encryptedKek = secrets?.encryptedKeks[at] ?? '';
      const evidence = { ...key, vaultComponent: vaultComponent.bytes, encryptedKek };
      await proveByEscrow(legacyComponent(legacy), evidence);
    }
    const made = await bundleOf(world, about, opened);
    await approvedAdoption(service.admins, set, made);
    expect((await committed(service.admins, made)).state).toBe('committed');
  }

  async function recovered(world: World, { userId, surveyId, way }: Kept) {
    const { service, set } = world;
    const { admins } = service;
    const organisation = way?.organisation;
    const { code } = await approvedRequest(admins, {
      userId,
      surveyId,
      ...(organisation === undefined ? {} : { organisation }),
    });
    const flow = await releasedPackage(admins, set, code);
    if (way === undefined) {
      const component = await combinedComponent(set);
      const made = await recoverBundle(admins.operator, set, flow, { component });
      await admins.operator.post('/v1/bundles', made.bytes);
      return made;
    }
    const { source, kek } = await openedMember(admins.operator, set, flow, way.words);
    const { document } = await makeMemberBundle(set, source, { kek });
    const bytes = bundleType.toBytes(document);
    await admins.operator.post('/v1/bundles', bytes);
    return { bytes, digest: document.digest, nonce: source.body.nonce, kek };
  }

  /** By a recovery to its end: the survey's columns hold the key under the one-time words. */
  async function opensThroughConclave(world: World, one: Kept): Promise<void> {
    const { deployment, service } = world;
    const made: MadeBundle & { readonly kek: Uint8Array } = await recovered(world, one);
    expect(made.kek).toEqual(one.kek);
    expect((await committed(service.admins, made)).state).toBe('committed');
    const { passphrase } = await service.admins.operator.post<{ passphrase: string }>(
      `/v1/bundles/${made.digest}/passphrase`,
    );
    const [columns] = await deployment.sql<{ password: Buffer }>(
      'SELECT encrypted_kek_password AS password FROM surveys_survey WHERE id = $1',
      [one.surveyId],
    );
    const words = new TextEncoder().encode(passphrase);
    const column = new Uint8Array(columns?.password ?? []);
    expect(await openSurveyColumn('passphrase', words, column)).toEqual(one.kek);
  }

  it('a version 1 opens all it had: the vectors, older forms, teams and organisations; and sealed ones', async () => {
    const about = vintage(64, 'v1');
    const world = await worldOf(servers, about);
    worlds.push(world);
    const { deployment, set, legacy } = world;
    const vectors = await layVectors(world, 64, 'v1');
    expect(vectors.length).toBe(2);
    await deployment.escrow(legacy.platformKey);
    const kept: Record<string, Kept> = {
      'as CheckTick stores it today': {
        ...seededSurvey(deployment),
        kek: deployment.checktick.kek,
      },
      'without an address': await layOld(world, (document) => document),
      'from before there were key versions': await layOld(world, (document) => ({
        ...document,
        platform_key_version: undefined,
      })),
      'in upper case, with spaces inside': await layOld(world, (document) => ({
        ...document,
        encrypted_kek: String(document['encrypted_kek'])
          .toUpperCase()
          .replaceAll(/(.{32})/g, '$1 '),
      })),
    };
    const organisations = await layOrganisation(world);
    await adopt(world, about);

    const { userId } = seededSurvey(deployment);
    const kek = randomBytes(32);
    const sealed = { userId, surveyId: await addSurvey(clientOf(world), kek) };
    const { escrowKey = '', keyVersion } = set.manifest.body;
    const { mode } = deployment;
    const place = { mode, audience: set.sync.audience, keyVersion, ...sealed };
    const bytes = await sealEscrow(escrowKey, place, kek);
    await plantEscrow(clientOf(world), deployment.writeKv, sealed, bytes);

    const all = [...Object.values(kept), ...vectors, ...organisations, { ...sealed, kek }];
    for (const one of all) await opensThroughConclave(world, one);
    const [opened] = await deployment.sql<{ n: number }>(
      'SELECT sum(recovered_count)::int AS n FROM surveys_usersurveykekescrow',
    );
    expect(opened?.n).toBe(all.length - organisations.length);
  });

  it('a version 2 of 32 bytes opens the vector that it had', async () => {
    const about = vintage(32, 'v2');
    const world = await worldOf(servers, about);
    worlds.push(world);
    const vectors = await layVectors(world, 32, 'v2');
    expect(vectors.length).toBe(1);
    await adopt(world, about);
    for (const one of vectors) await opensThroughConclave(world, one);
  });
});
