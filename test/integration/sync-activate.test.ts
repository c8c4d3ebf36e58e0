/** Which key version is active, back again, and the end of one that nothing needs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vaultPaths } from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { openEscrow } from '../../shared/escrow/escrow.ts';
import { sealedInDocument } from '../../shared/escrow/document.ts';
import { escrowPrivateKey } from '../../shared/sharing/escrow-key.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import type { VersionsAnswer } from '../../sync/routes/version-answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { MASTER_KEY } from '../support/sync-adopt.ts';
import { committed, importedRecovery, receiptFor, seededSurvey } from '../support/sync-ceremony.ts';
import {
  type EscrowWorld,
  escrowWorld,
  inClear,
  post,
  vaultPath,
} from '../support/sync-escrows.ts';
import { killedAt, finishedByStart } from '../support/sync-interrupted.ts';
import { approvedRoster } from '../support/sync-roster.ts';
import { startServers, stopServers, type Servers, type Service } from '../support/sync-service.ts';
import { approvedChange, approvedVersion, changeBundle } from '../support/sync-version.ts';

const TRUST = 'conclave/trust';

describe('which key version is active', { retry: 0 }, () => {
  let servers: Servers;
  let world: EscrowWorld;
  let service: Service;
  /** Of v1 and of v2, each with the roster of today. */
  let first: TestShareSet;
  let second: TestShareSet;
  let entry: Record<string, unknown> | null;
  const rows = () =>
    world.deployment.sql<{
      version: string;
      activated: Date | null;
      retired: Date | null;
    }>(
      `SELECT version, activated_at AS activated, retired_at AS retired
         FROM surveys_platformkeyversion ORDER BY version`,
    );
  const active = async (): Promise<string[]> =>
    (await rows()).flatMap(({ version, activated, retired }) =>
      activated !== null && retired === null ? [version] : [],
    );
  const shown = async () =>
    (await service.admins.operator.get<VersionsAnswer>('/v1/versions')).versions;
  const epoch = async () => (await world.deployment.kv(TRUST))?.['epoch'];
  const escrowedUnder = async (version: string): Promise<number> => {
    const [found] = await world.deployment.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM surveys_usersurveykekescrow
        WHERE platform_key_version_id = $1`,
      [version],
    );
    return found?.n ?? 0;
  };
  /** A new survey's key, sent by CheckTick, is sealed to that set's platform key. */
  async function storedUnder(set: TestShareSet, keyVersion: string): Promise<void> {
    const [survey] = await world.surveys(1);
    if (survey === undefined) throw new Error('a survey was made');
    const [answer] = await post(world.checktick(service), [inClear(survey)]);
    expect(answer).toMatchObject({ status: 'stored', keyVersion });
    const path = vaultPath(survey);
    const sealed = sealedInDocument(path, await world.deployment.kv(path));
    if (sealed === undefined) throw new Error('it is sealed');
    const place = world.placeOf(survey, keyVersion);
    expect(await openEscrow(escrowPrivateKey(set.platformKey, place), place, sealed)).toEqual(
      survey.kek,
    );
  }

  beforeAll(async () => {
    servers = await startServers();
    world = await escrowWorld(servers);
    ({ service, set: first } = world);
    await world.deployment.escrow(first.platformKey);
    entry = await world.deployment.kv(MASTER_KEY);
    const { next, made } = await approvedVersion(service.admins, first);
    await committed(service.admins, made);
    first = { ...first, roster: next.roster };
    second = next;
  });
  afterAll(async () => {
    await world?.deployment.stop();
    await stopServers(servers);
  });

  it('no package for the active one, for one that is not there, or for retiring what is needed', async () => {
    const { operator } = service.admins;
    const ask = (kind: string, keyVersion: string) =>
      operator.post(`/v1/packages/${kind}`, { keyVersion });
    for (const kind of ['activate', 'retire']) {
      await expect(ask(kind, 'v1')).rejects.toMatchObject({ code: 'version-is-active' });
      await expect(ask(kind, 'v9')).rejects.toMatchObject({ code: 'version-unknown' });
    }
    await expect(ask('activate', 'v2')).resolves.toHaveProperty('nonce');
    // Nothing is stored under v2, and its set has signed the roster that is in force.
    await expect(ask('retire', 'v2')).rejects.toMatchObject({ code: 'version-signed-roster' });
  });

  it('only the set of the active version decides', async () => {
    const { operator } = service.admins;
    const signers = [...second.quorum, second.cast.operator.signer];
    const forged = await changeBundle(operator, first, 'activate', 'v2', { signers });
    await expect(operator.post('/v1/bundles', forged.bytes)).rejects.toMatchObject({
      code: 'signature-unknown',
    });
    const change = { activates: 'v3' };
    const other = await changeBundle(operator, first, 'activate', 'v2', { change });
    await expect(operator.post('/v1/bundles', other.bytes)).rejects.toMatchObject({
      code: 'package-differs',
    });
  });

  it('before it, survey keys are stored under the first; approvers read what becomes of them', async () => {
    await storedUnder(first, 'v1');
    const { operator, approver1 } = service.admins;
    const made = await changeBundle(operator, first, 'activate', 'v2');
    await operator.post('/v1/bundles', made.bytes);
    const { statement } = await approver1.show('bundle-approve', made.digest, { reason: 'r' });
    expect(statement.sentence).toBe(
      'Make platform key version v2 the active one, in the place of v1.',
    );
    const facts = Object.fromEntries(statement.facts);
    expect(facts['survey keys']).toContain('new ones are stored under v2');
    expect(facts['Vault’s entry']).toContain('stays as it is');
    expect(facts['CheckTick']).toContain('through sync alone');
    await approver1.post(`/v1/bundles/${made.digest}/refuse`, { reason: 'another time' });
  });

  it('is changed: exactly one is active, and new survey keys go under it', async () => {
    const before = await epoch();
    const made = await approvedChange(service.admins, first, 'activate', 'v2');
    expect(await active()).toEqual(['v1']);
    expect((await committed(service.admins, made)).state).toBe('committed');
    expect(await active()).toEqual(['v2']);
    expect(await epoch()).toBe(Number(before) + 1);
    expect(await world.deployment.kv(MASTER_KEY)).toEqual(entry);
    const { body } = await receiptFor(service.admins.operator, first, made.digest);
    expect(body).toMatchObject({ kind: 'activate', outcome: 'committed' });
    expect(body.readBack).toEqual(['database row of key version v2', 'Vault conclave/trust']);
    await storedUnder(second, 'v2');
    expect([await escrowedUnder('v1'), await escrowedUnder('v2')]).toEqual([2, 1]);
    const { findings, versions } =
      await service.admins.operator.get<VersionsAnswer>('/v1/versions');
    expect(findings).toEqual([]);
    expect(versions.map((one) => [one.version, one.state, one.findings])).toEqual([
      ['v2', 'active', []],
      ['v1', 'inactive', []],
    ]);
  });

  it('surveys of the version before are recovered as before', async () => {
    const recovery = await importedRecovery(service.admins, first, seededSurvey(world.deployment));
    expect((await committed(service.admins, recovery)).state).toBe('committed');
    expect(recovery.kek).toEqual(world.deployment.checktick.kek);
  });

  it('the version before cannot be retired while survey keys are stored under it: sync says how many', async () => {
    await expect(
      service.admins.operator.post('/v1/packages/retire', { keyVersion: 'v1' }),
    ).rejects.toMatchObject({
      code: 'version-needed',
      problem: { culprit: 'v1', title: expect.stringContaining('2 survey keys') as string },
    });
  });

  it('back again is the same with the two exchanged; the day of the first activation stays', async () => {
    const [before] = await rows();
    const made = await approvedChange(service.admins, second, 'activate', 'v1');
    await committed(service.admins, made);
    expect(await active()).toEqual(['v1']);
    const [v1, v2] = await rows();
    expect(v1).toEqual({ ...before, retired: null });
    expect(v2?.retired).not.toBeNull();
    await storedUnder(first, 'v1');
    // Sync trusts the shares of v2 as before, so nothing says that it is retired.
    const [newest] = await shown();
    expect(newest).toMatchObject({
      version: 'v2',
      state: 'inactive',
      sets: [{ manifest: second.manifest.digest }],
    });
    expect(newest?.sentence).toContain('its shares are trusted as before');
  });

  it.each(['intent', 'rows', 'vault', 'written', 'read-back', 'receipt'])(
    'killed after "%s" it is finished by the next start, with exactly one active',
    async (step) => {
      const [now] = await active();
      const [set, wanted] = now === 'v1' ? [first, 'v2'] : [second, 'v1'];
      const before = Number(await epoch());
      const made = await approvedChange(service.admins, set, 'activate', wanted);
      await killedAt(world.deployment, step, made, service);
      const isWritten = !['intent', 'rows', 'vault'].includes(step);
      expect(await active()).toEqual([isWritten ? wanted : now]);
      service = await finishedByStart(world.deployment, made);
      expect(await active()).toEqual([wanted]);
      expect(await epoch()).toBe(before + 1);
      const [open] = await world.deployment.sql(
        'SELECT count(*)::int AS n FROM conclave.intents WHERE finished_at IS NULL',
      );
      expect(open).toEqual({ n: 0 });
    },
  );

  describe('the end of a version', () => {
    beforeAll(async () => {
      if ((await active())[0] !== 'v2') {
        await committed(
          service.admins,
          await approvedChange(service.admins, first, 'activate', 'v2'),
        );
      }
      // Stands for survey keys that were never stored: what sync notes of one is there for good.
      await world.deployment.sql(
        `ALTER TABLE conclave.escrow_proofs DISABLE TRIGGER escrow_proofs_stay;
         ALTER TABLE conclave.escrows DISABLE TRIGGER escrows_stay;
         DELETE FROM conclave.escrow_proofs;
         DELETE FROM conclave.escrows WHERE key_version = 'v1';
         ALTER TABLE conclave.escrows ENABLE TRIGGER escrows_stay;
         ALTER TABLE conclave.escrow_proofs ENABLE TRIGGER escrow_proofs_stay`,
      );
      await world.deployment.sql(
        `DELETE FROM surveys_usersurveykekescrow WHERE platform_key_version_id = 'v1'`,
      );
    });
    const retire = () => service.admins.operator.post('/v1/packages/retire', { keyVersion: 'v1' });

    it('waits for the keys of organisations, which hang on Vault’s entry', async () => {
      const [made] = await world.deployment.sql<{ id: number }>(
        'INSERT INTO surveys_organization DEFAULT VALUES RETURNING id',
      );
      const path = vaultPaths.organisationMasterKey(Number(made?.id));
      await world.deployment.writeKv(path, { note: 'kept' });
      await expect(retire()).rejects.toMatchObject({
        code: 'version-needed',
        problem: { title: expect.stringContaining('1 organisation') as string },
      });
      await world.deployment.vault.api(
        'DELETE',
        `${world.deployment.env['VAULT_MOUNT'] ?? ''}/metadata/${path}`,
      );
    });

    it('a survey key that came meanwhile stops the commit; without it the version ends', async () => {
      const { admins } = service;
      const changed = await approvedRoster(admins, second);
      await committed(admins, changed);
      second = { ...second, roster: changed.roster };
      const made = await approvedChange(admins, second, 'retire', 'v1');
      await world.deployment.escrow(first.platformKey);
      await expect(committed(admins, made)).rejects.toMatchObject({ code: 'version-needed' });
      const state = async () =>
        (await admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`)).state;
      expect(await state()).toBe('waiting');
      await world.deployment.sql(
        `DELETE FROM surveys_usersurveykekescrow WHERE platform_key_version_id = 'v1'`,
      );
      expect((await committed(admins, made)).state).toBe('committed');
      expect(await active()).toEqual(['v2']);
      expect(await world.deployment.kv(TRUST)).toMatchObject({
        versions: { v2: [second.manifest.digest] },
        escrowKeys: { v2: second.manifest.body.escrowKey },
      });
      expect(Object.keys((await world.deployment.kv(TRUST))?.['versions'] ?? {})).toEqual(['v2']);
      expect((await shown()).map((one) => [one.version, one.state])).toEqual([
        ['v2', 'active'],
        ['v1', 'retired'],
      ]);
      // CheckTick's own code derives from the active version from then on.
      expect(await world.deployment.kv(MASTER_KEY)).toEqual({
        ...entry,
        vault_component: bytesToHex(second.vaultComponent),
      });
      const { body } = await receiptFor(admins.operator, second, made.digest);
      expect(body).toMatchObject({ kind: 'retire', outcome: 'committed' });
    });

    it('nothing of it is taken afterwards, and what is stored under the other goes on', async () => {
      const { operator } = service.admins;
      await expect(operator.post('/v1/packages/drill', { keyVersion: 'v1' })).rejects.toMatchObject(
        { code: 'no-trust' },
      );
      await expect(
        operator.post('/v1/packages/activate', { keyVersion: 'v1' }),
      ).rejects.toMatchObject({ code: 'version-unknown' });
      await storedUnder(second, 'v2');
      await world.deployment.escrow(second.platformKey, 'v2');
      const recovery = await importedRecovery(
        service.admins,
        second,
        seededSurvey(world.deployment),
      );
      expect((await committed(service.admins, recovery)).state).toBe('committed');
    });
  });
});
