/** A CheckTick that runs already is adopted: each vintage. What is refused: sync-adopt-refusals.test.ts. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '../../electron/main/host/host.ts';
import {
  openKekBlob,
  proveByEscrow,
  userRecoveryKey,
  vaultPaths,
  xorComponents,
} from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import type { FileAnswer, TranscriptAnswer } from '../../sync/routes/answers.ts';
import type { VersionsAnswer } from '../../sync/routes/version-answers.ts';
import {
  adoptionPackage,
  approvedAdoption,
  askedAdoption,
  entryOf,
  MASTER_KEY,
  type OpenedAdoption,
  openedAdoption,
  putRow,
  releasedAdoption,
  wordsOfTicket,
} from '../support/sync-adopt.ts';
import {
  approvedRequest,
  askedPackage,
  combinedComponent,
  committed,
  type MadeBundle,
  receiptFor,
  recoverBundle,
  seededSurvey,
} from '../support/sync-ceremony.ts';
import { legacyComponent } from '../support/legacy-deployment.ts';
import { makeDestroyLog, type DestroyLogOptions } from '../support/destroy-log.ts';
import { bytesOf, type Caller } from '../support/sync-client.ts';
import { type Servers, startServers, stopServers } from '../support/sync-service.ts';
import {
  bundleOf,
  decidedBy,
  other,
  standard,
  VINTAGES,
  type Vintage,
  type World,
  worldOf,
} from '../support/sync-vintages.ts';

describe('adopting what is there', { retry: 0 }, () => {
  let servers: Servers;
  const worlds: World[] = [];
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(async () => {
    for (const { deployment } of worlds) await deployment.stop();
    await stopServers(servers);
  });

  const rowsOf = ({ deployment }: World) =>
    deployment.sql('SELECT * FROM surveys_platformkeyversion ORDER BY version');

  describe.each(Object.entries(VINTAGES))('%s', (_, vintage) => {
    let world: World;
    let opened: OpenedAdoption;
    let made: MadeBundle;
    let before: { readonly entry: unknown; readonly rows: unknown[] };
    beforeAll(async () => {
      world = await worldOf(servers, vintage);
      worlds.push(world);
      const entry = await world.deployment.kv(MASTER_KEY);
      before = { entry, rows: await rowsOf(world) };
    });

    it('goes to the laptop place by place, and the package says openly how it is', async () => {
      const { service, set } = world;
      opened = await adoptionPackage(service.admins, set);
      const { keyVersion, found } = opened.document.body;
      const at = found.versions.findIndex(({ version }) => version === keyVersion);
      const { forms = [], sample = 'missing', ...wanted } = vintage.found;
      expect(found.sample).toBe(sample);
      expect(found.versions[at]).toMatchObject(wanted);
      expect(found.forms).toEqual(forms);
      const { components, encryptedKeks } = opened.secrets[at] ?? {};
      const right = components?.find(({ place }) => place === vintage.said.component);
      expect(right?.bytes).toEqual(set.vaultComponent);
      expect(encryptedKeks?.length).toBe(vintage.said.proof === 'none' ? 0 : 1);
    });

    it('the stored survey key opens with what the legacy shares give, and the right place only', async () => {
      const one = opened.secrets.find(({ encryptedKeks }) => encryptedKeks.length > 0);
      const [encryptedKek] = one?.encryptedKeks ?? [];
      if (one === undefined || encryptedKek === undefined) {
        expect(vintage.said.proof).toBe('none');
        return;
      }
      const { userId, surveyId } = seededSurvey(world.deployment);
      expect(opened.document.body.found.versions[0]?.proof).toEqual({ userId, surveyId });
      const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
      for (const { place, bytes } of one.components) {
        const evidence = { userId, surveyId, vaultComponent: bytes, encryptedKek };
        const proved = proveByEscrow(legacyComponent(world.legacy), evidence);
        if (place !== vintage.said.component) {
          await expect(proved).rejects.toMatchObject({ code: 'legacy-not-proved' });
          continue;
        }
        const whole = (await proved).component.use((half) => xorComponents(bytes, half));
        const key = await userRecoveryKey(whole, userId);
        expect(await openKekBlob(key, path, encryptedKek)).toEqual(world.deployment.checktick.kek);
      }
    });

    it('is committed: trust is written, no component is changed, the receipt says what stays', async () => {
      const { service, set, deployment } = world;
      const { keyVersion } = set.manifest.body;
      if (decidedBy(world, vintage) !== null) {
        const strangers = { decided: ['ab'.repeat(32), 'cd'.repeat(32)] as [string, string] };
        const wrong = await bundleOf(world, vintage, opened, strangers);
        await expect(
          service.admins.operator.post('/v1/bundles', wrong.bytes),
        ).rejects.toMatchObject({ code: 'adopt-not-answered' });
      }
      made = await bundleOf(world, vintage, opened);
      await approvedAdoption(service.admins, set, made);
      expect((await committed(service.admins, made)).state).toBe('committed');
      const { body } = await receiptFor(service.admins.operator, set, made.digest);
      expect(body).toMatchObject({
        kind: 'adopt',
        outcome: 'committed',
        epoch: 1,
        keyVersion,
        readBack: vintage.readBack,
      });
      expect(body.statement).toContain('no component was changed');
      expect(body.statement).toContain('3 of 4, stay valid until they are destroyed.');
      expect(await deployment.kv(MASTER_KEY)).toEqual(before.entry);
      const rows = await rowsOf(world);
      if (vintage.said.compared === 'vault-only') {
        expect(rows).toHaveLength(before.rows.length + 1);
        const [key] = await deployment.sql<{ component: Buffer; active: boolean }>(
          `SELECT vault_component AS component, activated_at IS NOT NULL AND retired_at IS NULL AS active
             FROM surveys_platformkeyversion WHERE version = $1`,
          [keyVersion],
        );
        expect(new Uint8Array(key?.component ?? [])).toEqual(set.vaultComponent);
        expect(key?.active).toBe(true);
      } else expect(rows).toEqual(before.rows);
      expect(await deployment.kv('conclave/trust')).toEqual({
        epoch: 1,
        roster: set.roster.digest,
        versions: { [keyVersion]: [set.manifest.digest] },
        escrowKeys: { [keyVersion]: set.manifest.body.escrowKey },
      });
      const [audit] = await deployment.sql<{ lines: number }>(
        `SELECT count(*)::int AS lines FROM surveys_auditlog WHERE message LIKE '%adopted%'`,
      );
      expect(audit?.lines).toBe(1);
    });

    it('is asked for again and changes nothing; the versions show what is left to do', async () => {
      const { service } = world;
      await committed(service.admins, made);
      const [counts] = await world.deployment.sql<{ receipts: number }>(
        'SELECT count(*)::int AS receipts FROM conclave.receipts',
      );
      expect(counts?.receipts).toBe(1);
      const { versions } = await service.admins.operator.get<VersionsAnswer>('/v1/versions');
      const version = world.set.manifest.body.keyVersion;
      const found = versions.find((one) => one.version === version)?.findings ?? [];
      const codes = found.map(({ code }) => code);
      // The row of another version than Vault's is proved by its own manifest.
      const agrees = ['same', 'vault-only', 'other-version'].includes(vintage.said.compared);
      const apart = ['kv-row-differ', 'kv-other-version', 'kv-unreadable'];
      expect(codes.some((code) => apart.includes(code))).toBe(!agrees);
      await expect(
        askedAdoption(service.admins.operator, world.set, version),
      ).rejects.toMatchObject({ code: 'trust-exists' });
    });

    it.runIf(vintage.said.proof === 'escrow')(
      'its stored survey key opens as before, through Conclave, once no place is wrong',
      async () => {
        const { service, set, deployment } = world;
        const { admins } = service;
        const { component, compared } = vintage.said;
        const { code } = await approvedRequest(admins, seededSurvey(deployment));
        const flow = await askedPackage(admins.operator, set, code);
        const release = (by: Caller) =>
          by.approve('package-release', flow.nonce, { reason: 'as requested' });
        await release(admins.approver1);
        if (compared === 'differs' || compared === 'row-only') {
          await expect(release(admins.approver2)).rejects.toMatchObject({
            code: 'release-unfinished',
          });
          // People put right what the bundle called wrong; then one approves it once more.
          if (component === 'row') {
            await deployment.writeKv(MASTER_KEY, entryOf(set.vaultComponent));
          } else {
            const right = Buffer.from(set.vaultComponent);
            await deployment.sql('UPDATE surveys_platformkeyversion SET vault_component = $1', [
              right,
            ]);
          }
        }
        await release(admins.approver2);
        const recovery = await recoverBundle(admins.operator, set, flow, {
          component: await combinedComponent(set),
        });
        await admins.operator.post('/v1/bundles', recovery.bytes);
        expect(recovery.kek).toEqual(deployment.checktick.kek);
        expect((await committed(admins, recovery)).state).toBe('committed');
      },
    );
  });

  it('a row that was missing is made, and is not in use, where another version is', async () => {
    const beside: Vintage = {
      keyVersion: 'v2',
      async lay({ deployment, set }) {
        await deployment.writeKv(MASTER_KEY, entryOf(set.vaultComponent));
        await putRow(deployment, 'v1', other(set.vaultComponent));
      },
      found: { compared: 'vault-only', state: 'missing' },
      said: { compared: 'vault-only', component: 'vault', proof: 'none' },
      readBack: [],
    };
    const world = await worldOf(servers, beside);
    worlds.push(world);
    const { service, set, deployment } = world;
    const [first] = await rowsOf(world);
    const made = await bundleOf(world, beside, await adoptionPackage(service.admins, set));
    await approvedAdoption(service.admins, set, made);
    expect((await committed(service.admins, made)).state).toBe('committed');
    const [untouched, added, ...more] = await rowsOf(world);
    expect([untouched, more]).toEqual([first, []]);
    expect(added).toMatchObject({
      version: 'v2',
      vault_component: Buffer.from(set.vaultComponent),
      activated_at: expect.any(Date) as Date,
      retired_at: expect.any(Date) as Date,
    });
    expect(
      await deployment.sql(
        `SELECT version FROM surveys_platformkeyversion
          WHERE activated_at IS NOT NULL AND retired_at IS NULL`,
      ),
    ).toEqual([{ version: 'v1' }]);
    const { versions } = await service.admins.operator.get<VersionsAnswer>('/v1/versions');
    expect(versions.find(({ version }) => version === 'v2')).toMatchObject({ state: 'inactive' });
  });

  it('stored survey keys that are cut, however many and new, do not hide one that is whole', async () => {
    const world = await worldOf(servers, standard);
    worlds.push(world);
    const { deployment, service, set } = world;
    const { userId, surveyId } = seededSurvey(deployment);
    const whole = await deployment.kv(vaultPaths.userSurveyRecoveryKek(userId, surveyId));
    const text = String(whole?.['encrypted_kek']);
    const [cut, first, last] = [text.slice(0, 118), 9_001, 9_012];
    const write = (id: number, kek: string) =>
      deployment.writeKv(vaultPaths.userSurveyRecoveryKek(userId, id), {
        ...whole,
        survey_id: id,
        encrypted_kek: kek,
      });
    for (let id = first; id <= last; id += 1) await write(id, cut);
    await deployment.sql(
      `SET session_replication_role = replica;
       INSERT INTO surveys_usersurveykekescrow
         (user_id, survey_id, platform_key_version_id, vault_path, escrowed_at, email_encrypted, recovered_count)
       SELECT user_id, made, platform_key_version_id, replace(vault_path, '/surveys/${surveyId}/', '/surveys/' || made || '/'),
              escrowed_at + (made - ${first} + 1) * interval '1 day', true, 0
         FROM surveys_usersurveykekescrow, generate_series(${first}, ${last}) AS made
        WHERE survey_id = ${surveyId};
       SET session_replication_role = DEFAULT`,
    );
    const opened = await adoptionPackage(service.admins, set);
    expect(opened.document.body.found.versions[0]).toMatchObject({
      escrows: last - first + 2,
      proof: { userId, surveyId },
    });
    expect(opened.secrets[0]?.encryptedKeks).toEqual([text]);

    // Whole ones go out from both ends, however many there are between.
    for (let id = first; id <= last; id += 1) await write(id, text);
    const asked = await askedAdoption(service.admins.operator, set);
    const shown = (surveyIds: number[]) => surveyIds.map((id) => ({ userId, surveyId: id }));
    const surveys = [last, surveyId, last - 1, first, last - 2];
    const words = wordsOfTicket(asked.ticket);
    const { statement } = await service.admins.approver1.show('package-release', asked.nonce, {
      reason: 'as agreed',
      words,
    });
    const wanted = surveys.map((id) => `survey ${id} (user ${userId})`).join(', ');
    expect(JSON.stringify(statement.facts)).toContain(`as proof go out those of ${wanted}`);
    // One that is gone since is left out; of the others nothing is different.
    await write(last, cut);
    await releasedAdoption(service.admins, asked);
    const { document, secrets } = await openedAdoption(service.admins.operator, set, asked);
    const [proof, ...more] = shown(surveys.slice(1));
    expect(document.body.found.versions[0]).toMatchObject({ proof, more });
    expect(secrets[0]?.encryptedKeks).toEqual(surveys.slice(1).map(() => text));
  });

  it('a fresh laptop two years later goes on from sync, and knows what opens the key as well', async () => {
    const world = await worldOf(servers, standard, 'rehearsal');
    worlds.push(world);
    const { admins } = world.service;
    const opened = await adoptionPackage(admins, world.set);
    const made = await bundleOf(world, standard, opened);
    await approvedAdoption(admins, world.set, made);
    await committed(admins, made);
    const { setId, generation, label, keyVersion, threshold, count, shares } =
      world.set.manifest.body;
    const of = { setId, generation, label };
    const destroyed = (options: Partial<DestroyLogOptions>) =>
      makeDestroyLog(world.set, of, { random: randomBytes, media: [], legacy: [1, 3], ...options });
    const keep = async (options: Partial<DestroyLogOptions> = {}, by = admins.operator) =>
      by.post<TranscriptAnswer>('/v1/transcripts', (await destroyed(options)).bytes);
    await expect(keep({ unwitnessed: true })).rejects.toMatchObject({
      code: 'transcript-not-signed',
    });
    await expect(keep({}, admins.approver1)).rejects.toMatchObject({ code: 'wrong-role' });
    const { bytes: witnessed } = await destroyed({});
    const kept = await admins.operator.post<TranscriptAnswer>('/v1/transcripts', witnessed);
    expect(kept).toMatchObject({ kind: 'destroy', bytes: witnessed.length });
    // The same file again is the same log.
    expect(await admins.operator.post('/v1/transcripts', witnessed)).toEqual(kept);
    const shelf = await world.deployment.sql(
      `SELECT digest FROM conclave.documents WHERE type = 'transcript'`,
    );
    expect(shelf).toHaveLength(1);
    const chain = bytesOf(await admins.operator.get<FileAnswer>('/v1/chain'));
    const folder = await mkdtemp(join(tmpdir(), 'conclave-fresh-'));
    const stick = join(folder, 'sticks', 'practice stick A');
    await mkdir(stick, { recursive: true });
    await writeFile(join(stick, 'conclave-chain-01234567.json'), chain);
    const host = createHost({
      startWorker: () => Promise.reject(new Error('No worker is needed here.')),
      openEntryWindow: () => Promise.reject(new Error('No window is needed here.')),
      checkEnvironment: () => Promise.resolve([]),
      application: 'test',
      productionRefused: null,
      dataFolder: join(folder, 'data'),
      rehearsalFolder: join(folder, 'sticks'),
      clearClipboard: () => undefined,
      now: () => new Date(Date.now() + 2 * 366 * 86_400_000),
    });
    try {
      expect((await host.home()).sets).toEqual([]);
      const [found] = await host.findDocuments({ kind: 'chain', mode: 'rehearsal' });
      const { digest, wordsOf } = await host.openChain({
        documentId: found?.id ?? '',
        mode: 'rehearsal',
      });
      expect(wordsOf).toBe('descriptor');
      const words = eightWords(hexToBytes(world.set.sync.descriptor.digest));
      await host.trustChain({ digest, words, mode: 'rehearsal' });
      const home = await host.home();
      expect(home.sets).toMatchObject([
        {
          label,
          keyVersion,
          threshold,
          count,
          standing: 'live',
          legacy: 'any 3 of 4 legacy shares',
          legacyLeft: { left: 2, of: 4, threshold: 3 },
          custodians: shares.map(({ index, custodian }) => ({ index, name: custodian.name })),
        },
      ]);
      expect(home.trustedSyncs).toHaveLength(1);
      // It knows that a stored survey key proved the key: what opened it before may be destroyed.
      await host.start('destroy', 'rehearsal', { setId, generation, legacy: true });
      expect(host.view()).toMatchObject({ screen: 'destruction', things: { length: 2 } });
    } finally {
      await host.shutdown();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
