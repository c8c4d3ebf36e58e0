/**
 * Recovery of both kinds of escrow in an adopted deployment, on a real Vault and PostgreSQL: what
 * CheckTick sealed itself, and what was sealed to the escrow key; what is refused of the latter before
 * anybody sits down, and before any column is written.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { generateRecipient } from '../../shared/sealing/hpke.ts';
import { parsePackage, type RecoverPackage } from '../../shared/bundle/package.ts';
import { openRecoverPackage } from '../../shared/bundle/recover-package.ts';
import { type OpenedEscrow, sealedDigest } from '../../shared/bundle/sealed-escrow.ts';
import {
  ESCROW_ALGORITHM,
  fitsKeyHash,
  openSurveyColumn,
  vaultPaths,
} from '../../shared/checktick/index.ts';
import { bytesToHex, hexToBytes } from '../../shared/encoding/bytes.ts';
import { sealEscrow } from '../../shared/escrow/escrow.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import type { BundleAnswer, FileAnswer } from '../../sync/routes/answers.ts';
import { makeBundle } from '../support/documents.ts';
import { addSurvey, plantEscrow, type About } from '../support/sealed-escrow.ts';
import { adoptionPackage, approvedAdoption } from '../support/sync-adopt.ts';
import {
  approvedRequest,
  askedPackage,
  committed,
  importedRecovery,
  type MadeBundle,
  type PackageFlow,
  receiptFor,
  recoverBundle,
  releasedPackage,
  seededSurvey,
} from '../support/sync-ceremony.ts';
import { bytesOf } from '../support/sync-client.ts';
import { type Servers, startServers, stopServers } from '../support/sync-service.ts';
import { bundleOf, standard, type World, worldOf } from '../support/sync-vintages.ts';

describe('both kinds of escrow', { retry: 0 }, () => {
  let servers: Servers;
  let world: World;
  let adopted: MadeBundle;
  beforeAll(async () => {
    servers = await startServers();
    world = await worldOf(servers, standard);
    const { service, set } = world;
    const opened = await adoptionPackage(service.admins, set);
    adopted = await bundleOf(world, standard, opened);
    await approvedAdoption(service.admins, set, adopted);
    await committed(service.admins, adopted);
  });
  afterAll(async () => {
    await world.deployment.stop();
    await stopServers(servers);
  });

  /** As the helpers take it. */
  const client = {
    query: async (text: string, values: unknown[] = []) => ({
      rows: await world.deployment.sql(text, values),
    }),
  };
  /** One more survey of the same user; `hashed`: CheckTick keeps the hash of that key. */
  async function survey(hashed: Uint8Array | null): Promise<About> {
    const { userId } = seededSurvey(world.deployment);
    return { userId, surveyId: await addSurvey(client, hashed) };
  }

  const placeOf = (about: About) => ({
    mode: world.deployment.mode,
    audience: world.set.sync.audience,
    keyVersion: 'v1',
    ...about,
  });
  const seal = (about: About, kek: Uint8Array) =>
    sealEscrow(world.set.manifest.body.escrowKey ?? '', placeOf(about), kek);
  const pathOf = ({ userId: user, surveyId }: About) =>
    vaultPaths.userSurveyRecoveryKek(user, surveyId);

  const stored = (about: About, sealed: Uint8Array, change: Record<string, unknown> = {}) =>
    plantEscrow(client, world.deployment.writeKv, about, sealed, change);

  async function packaged({ nonce, ticket }: PackageFlow) {
    const { service, set } = world;
    const file = await service.admins.operator.get<FileAnswer>(`/v1/packages/${nonce}/file`);
    const document = parsePackage(bytesOf(file), set.mode, set.sync);
    if (document.body.kind !== 'recover') throw new Error('a recover package was asked for');
    const body: RecoverPackage = document.body;
    const secrets = await openRecoverPackage(body, ticket.keys.privateKey);
    return { document: { ...document, body }, body, secrets };
  }

  const released = async (about: About): Promise<PackageFlow> => {
    const { admins } = world.service;
    const { code } = await approvedRequest(admins, about);
    return releasedPackage(admins, world.set, code);
  };
  const columnsOf = async ({ surveyId }: About) =>
    (
      await world.deployment.sql<{ password: Buffer; recovery: Buffer }>(
        `SELECT encrypted_kek_password AS password, encrypted_kek_recovery AS recovery
           FROM surveys_survey WHERE id = $1`,
        [surveyId],
      )
    )[0];
  async function opensWith({ digest }: MadeBundle, about: About): Promise<Uint8Array[]> {
    const { passphrase } = await world.service.admins.approver1.post<{ passphrase: string }>(
      `/v1/bundles/${digest}/passphrase`,
    );
    const words = new TextEncoder().encode(passphrase);
    const columns = await columnsOf(about);
    return Promise.all(
      [columns?.password, columns?.recovery].map((column) =>
        openSurveyColumn('passphrase', words, new Uint8Array(column ?? [])),
      ),
    );
  }

  /** What sync wrote down as proved of this survey. */
  const proofs = async ({ surveyId }: About) =>
    world.deployment.sql(
      `SELECT encode(digest, 'hex') AS digest, way, encode(bundle_digest, 'hex') AS bundle
         FROM conclave.escrow_proofs WHERE survey_id = $1`,
      [surveyId],
    );

  it('are recovered: CheckTick’s own as ever, and its package says nothing of a kind', async () => {
    const { admins } = world.service;
    const about = seededSurvey(world.deployment);
    const flow = await released(about);
    const { body, secrets } = await packaged(flow);
    expect(Object.keys(body)).not.toContain('escrow');
    expect(secrets.sealedEscrow).toBeUndefined();
    const made = await recoverBundle(admins.operator, world.set, flow);
    await admins.operator.post('/v1/bundles', made.bytes);
    await committed(admins, made);
    const { kek } = world.deployment.checktick;
    expect(await opensWith(made, about)).toEqual([kek, kek]);
    const digest = sealedDigest(hexToBytes(secrets.encryptedKek ?? ''));
    // The adoption opened these very bytes before; its proof stays.
    expect(await proofs(about)).toEqual([{ digest, way: 'opened', bundle: adopted.digest }]);
  });

  it('are recovered: a sealed one from its package to the survey’s columns and CheckTick’s tables', async () => {
    const { deployment, service, set } = world;
    const { admins } = service;
    const kek = randomBytes(32);
    const about = await survey(kek);
    const sealed = await seal(about, kek);
    await stored(about, sealed);
    const flow = await released(about);
    const { body, secrets } = await packaged(flow);
    const digest = sealedDigest(sealed);
    expect(body.escrow).toEqual({ kind: 'sealed', digest, keyHash: 'sealed' });
    expect(body.escrowedEmail).toBe('none');
    expect(secrets.sealedEscrow?.bytes).toEqual(sealed);
    const { keyHash } = secrets.sealedEscrow ?? {};
    expect(keyHash != null && (await fitsKeyHash(kek, keyHash))).toBe(true);

    const made = await recoverBundle(admins.operator, set, flow);
    expect(made.kek).toEqual(kek);
    const { facts, state } = await admins.operator.post<BundleAnswer>('/v1/bundles', made.bytes);
    expect(state).toBe('waiting');
    expect(facts['escrow']).toBe(
      `sealed by Conclave’s own kind, ${digest}, opened on the laptop; its key fits the hash that CheckTick keeps of the survey’s key`,
    );
    expect((await committed(admins, made)).state).toBe('committed');
    expect(await opensWith(made, about)).toEqual([kek, kek]);
    const [row] = await deployment.sql(
      `SELECT recovered_count, last_recovered_by_id FROM surveys_usersurveykekescrow
        WHERE survey_id = $1`,
      [about.surveyId],
    );
    const by = deployment.checktick.people.operator.id;
    expect(row).toEqual({ recovered_count: 1, last_recovered_by_id: by });
    expect(await proofs(about)).toEqual([{ digest, way: 'opened', bundle: made.digest }]);
    const [audit] = await deployment.sql<{ details: unknown }>(
      `SELECT details FROM surveys_recoveryauditentry
        WHERE event_type = 'recovery_executed' ORDER BY "timestamp" DESC LIMIT 1`,
    );
    expect(audit?.details).toMatchObject({ escrow: 'sealed', survey_key: 'fits' });
    const left = await deployment.kv(pathOf(about));
    expect(left).toMatchObject({
      encrypted_kek: bytesToHex(sealed),
      algorithm: ESCROW_ALGORITHM,
      audit_trail: { created_by: 'conclave-sync', accessed_by: [by] },
    });
    const { body: receipt } = await receiptFor(admins.operator, set, made.digest);
    expect(receipt.outcome).toBe('committed');
  });

  it('a sealed one whose survey has no hash says so, and its bundle may not claim more', async () => {
    const { operator } = world.service.admins;
    const kek = randomBytes(32);
    const about = await survey(null);
    await stored(about, await seal(about, kek));
    const flow = await released(about);
    const { body, document } = await packaged(flow);
    expect(body.escrow?.keyHash).toBe('none');
    const made = await recoverBundle(operator, world.set, flow);
    const { digest = '' } = body.escrow ?? {};
    const escrowedEmail = {
      outcome: 'none',
      account: 'none',
      stated: 'none',
      reason: null,
    } as const;
    const fits: OpenedEscrow = { kind: 'sealed', digest, surveyKey: 'fits' };
    const other: OpenedEscrow = { ...fits, digest: 'ab'.repeat(32), surveyKey: 'not-compared' };
    for (const escrow of [undefined, fits, other]) {
      const { document: lie } = await makeBundle(world.set, {
        kind: 'recover',
        escrowedEmail,
        ...(escrow === undefined ? {} : { escrow }),
        package: {
          document,
          recipient: { publicKey: body.recipient, privateKey: new Uint8Array() },
          ticket: flow.ticket,
        },
        secret: kek,
      });
      await expect(operator.post('/v1/bundles', bundleType.toBytes(lie))).rejects.toMatchObject({
        code: 'escrow-not-answered',
      });
    }
    const { facts } = await operator.post<BundleAnswer>('/v1/bundles', made.bytes);
    expect(facts['escrow']).toContain('its key was compared with nothing');
    expect((await committed(world.service.admins, made)).state).toBe('committed');
    expect(await opensWith(made, about)).toEqual([kek, kek]);
    // It opened, and whether it is the right key nobody knows.
    expect(await proofs(about)).toEqual([]);
  });

  it('a forged seal is told by CheckTick’s hash, which goes to the laptop with it', async () => {
    const about = await survey(randomBytes(32));
    const forged = randomBytes(32);
    await stored(about, await seal(about, forged));
    const { secrets } = await packaged(await released(about));
    const { keyHash } = secrets.sealedEscrow ?? {};
    // What the worker does with it: worker-recover.test.ts.
    expect(keyHash != null && (await fitsKeyHash(forged, keyHash))).toBe(false);
  });

  it('of another place, another kind than its algorithm, or damaged: nothing leaves', async () => {
    const { admins } = world.service;
    const kek = randomBytes(32);
    const about = await survey(kek);
    const good = await seal(about, kek);
    await stored(about, good);
    const { code } = await approvedRequest(admins, about);
    const asked = await askedPackage(admins.operator, world.set, code);
    const reason = { reason: 'as requested' };
    await admins.approver1.approve('package-release', asked.nonce, reason);
    const { surveyId } = seededSurvey(world.deployment);
    const theirs = (await generateRecipient()).publicKey;
    const wrong: [Uint8Array, Record<string, unknown>, string][] = [
      [await seal({ ...about, surveyId }, kek), {}, `is of survey ${surveyId}`],
      [await seal({ ...about, userId: 9_999 }, kek), {}, 'is of user 9999'],
      [
        await sealEscrow(theirs, { ...placeOf(about), keyVersion: 'v2' }, kek),
        {},
        'is of key version v2',
      ],
      [
        await sealEscrow(theirs, { ...placeOf(about), mode: 'rehearsal' }, kek),
        {},
        'made in a rehearsal',
      ],
      [good.subarray(1), {}, 'not an undamaged escrow'],
      [good, { encrypted_kek: 'ab'.repeat(60) }, 'not an undamaged escrow'],
      [good, { encrypted_kek: 'no hex' }, 'not an undamaged escrow'],
      [good, { algorithm: 'AES-256-GCM' }, 'not of the kind that its algorithm names'],
      [good, { algorithm: undefined }, 'not of the kind that its algorithm names'],
      [good, { algorithm: 'conclave/v9/escrow' }, 'field algorithm'],
      [good, { platform_key_version: 'v2' }, 'disagree about the stored key'],
    ];
    for (const [sealed, change, title] of wrong) {
      await stored(about, sealed, change);
      await expect(
        admins.approver2.approve('package-release', asked.nonce, reason),
      ).rejects.toMatchObject({
        code: 'release-unfinished',
        problem: { title: expect.stringContaining(title) as string },
      });
    }
    await stored(about, good);
    const after = await admins.approver2.approve('package-release', asked.nonce, reason);
    expect(after.package?.state).toBe('released');
  });

  it('another hash, or other bytes in Vault, than the laptop had: no column is written', async () => {
    const { deployment, service, set } = world;
    const { admins } = service;
    const kek = randomBytes(32);
    const about = await survey(kek);
    const good = await seal(about, kek);
    await stored(about, good);
    const made = await importedRecovery(admins, set, about);
    const before = await columnsOf(about);
    const [kept] = await deployment.sql<{ hash: Buffer }>(
      'SELECT key_hash AS hash FROM surveys_survey WHERE id = $1',
      [about.surveyId],
    );
    const setHash = (hash: Buffer | null) =>
      deployment.sql('UPDATE surveys_survey SET key_hash = $2 WHERE id = $1', [
        about.surveyId,
        hash,
      ]);
    for (const hash of [Buffer.from(randomBytes(32)), null]) {
      await setHash(hash);
      await expect(committed(admins, made)).rejects.toMatchObject({ code: 'key-hash-changed' });
    }
    await setHash(kept?.hash ?? null);
    await stored(about, await seal(about, randomBytes(32)));
    await expect(committed(admins, made)).rejects.toMatchObject({ code: 'escrow-differs' });
    expect(await columnsOf(about)).toEqual(before);
    await stored(about, good);
    expect((await committed(admins, made)).state).toBe('committed');
    expect(await opensWith(made, about)).toEqual([kek, kek]);
  });
});
