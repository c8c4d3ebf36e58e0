/** New shares of the same platform key, the whole way. What is refused: sync-rotate-refusals.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseChain } from '../../shared/transcript/chain.ts';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { parsePlatformMasterKey, xorComponents } from '../../shared/checktick/index.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import type { BundleAnswer, FileAnswer } from '../../sync/routes/answers.ts';
import type { VersionsAnswer } from '../../sync/routes/version-answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { adoptionPackage, approvedAdoption, MASTER_KEY } from '../support/sync-adopt.ts';
import {
  approvedRequest,
  committed,
  importedRecovery,
  type MadeBundle,
  receiptFor,
  recoverBundle,
  releasedPackage,
  seededSurvey,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { bytesOf } from '../support/sync-client.ts';
import { approvedRotation, rotationPackage } from '../support/sync-rotate.ts';
import {
  deploy,
  type Deployment,
  type Servers,
  type Service,
  startServers,
  stopServers,
} from '../support/sync-service.ts';
import { bundleOf, VINTAGES, type World, worldOf } from '../support/sync-vintages.ts';

const TRUST = 'conclave/trust';

/** What the vault component and a quorum of these shares open together. */
async function restored(component: Uint8Array, { manifest, shares }: TestShareSet) {
  const { componentId, checks, threshold } = manifest.body;
  const half = await combineShares(shares.slice(-threshold), {
    what: 'custodian-component',
    componentId,
    checkValue: checks.custodianComponent,
  });
  return xorComponents(component, half);
}

describe('new shares of the same platform key', { retry: 0 }, () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(() => stopServers(servers));

  describe('where Vault and row hold the component', () => {
    let deployment: Deployment;
    let service: Service;
    let set: TestShareSet;
    let next: TestShareSet;
    let made: MadeBundle;
    let entry: Record<string, unknown> | null;
    /** A recovery that the set of before signed and nobody committed in time. */
    let late: MadeBundle;
    const row = async () => {
      const [found] = await deployment.sql<{
        component: Buffer;
        rotated: Date | null;
        rest: unknown;
      }>(
        `SELECT vault_component AS component, shares_last_rotated AS rotated,
                to_jsonb(v) - 'vault_component' - 'shares_last_rotated' AS rest
           FROM surveys_platformkeyversion v`,
      );
      if (found === undefined) throw new Error('there is a row');
      return { ...found, component: new Uint8Array(found.component) };
    };
    let before: Awaited<ReturnType<typeof row>>;

    beforeAll(async () => {
      deployment = await deploy({ servers });
      service = await deployment.start();
      set = await withPlatformKey(deployment, service);
      entry = await deployment.kv(MASTER_KEY);
      before = await row();
      late = await importedRecovery(service.admins, set, seededSurvey(deployment));
    });
    afterAll(() => deployment?.stop());

    it('the package brings the component in force, which fits the set in force', async () => {
      const { document, vaultComponent } = await rotationPackage(service.admins, set);
      expect(vaultComponent).toEqual(set.vaultComponent);
      expect(document.body).toMatchObject({ compared: 'same', epoch: 1, keyVersion: 'v1' });
      expect(await restored(vaultComponent, set)).toEqual(set.platformKey);
    });

    it('is committed: both places hold the new component, trust the new set, and nothing else changes', async () => {
      ({ next, made } = await approvedRotation(service.admins, set, { threshold: 2, count: 5 }));
      expect((await row()).component).toEqual(set.vaultComponent);
      expect((await committed(service.admins, made)).state).toBe('committed');
      const { component, rotated, rest } = await row();
      expect(component).toEqual(next.vaultComponent);
      expect(rest).toEqual(before.rest);
      expect(before.rotated).toBeNull();
      const { vault_component: text, ...others } = (await deployment.kv(MASTER_KEY)) ?? {};
      expect(parsePlatformMasterKey({ vault_component: text }).vaultComponent).toEqual(component);
      expect({ ...others, vault_component: entry?.['vault_component'] }).toEqual(entry);
      expect(await deployment.kv(TRUST)).toEqual({
        epoch: 2,
        roster: next.roster.digest,
        versions: { v1: [next.manifest.digest] },
        escrowKeys: { v1: set.manifest.body.escrowKey },
      });
      const { body } = await receiptFor(service.admins.operator, next, made.digest);
      expect(body).toMatchObject({ kind: 'rotate-shares', outcome: 'committed', epoch: 2 });
      expect(body.readBack).toEqual([
        'Vault platform/master-key',
        'database row of key version v1',
        'Vault conclave/trust',
      ]);
      expect(body.statement).toContain('The platform key is the same.');
      const [audit] = await deployment.sql<{ lines: number; at: Date }>(
        `SELECT count(*)::int AS lines, max(created_at) AS at FROM surveys_auditlog
          WHERE message LIKE '%renewed%'`,
      );
      expect(audit).toEqual({ lines: 1, at: rotated });
    });

    it('a fresh package brings the new component back, and with the new shares the same key', async () => {
      const { document, vaultComponent } = await rotationPackage(service.admins, next);
      const { componentId, checks } = next.manifest.body;
      expect(document.body.epoch).toBe(2);
      expect(
        checkValueFits('vault-component', vaultComponent, componentId, checks.vaultComponent),
      ).toBe(true);
      expect(await restored(vaultComponent, next)).toEqual(set.platformKey);
      expect(await restored(vaultComponent, set)).not.toEqual(set.platformKey);
    });

    it('what the set of before signed is refused, late or anew', async () => {
      await expect(committed(service.admins, late)).rejects.toMatchObject({ code: 'trust-moved' });
      const { body } = await receiptFor(service.admins.operator, set, late.digest);
      expect(body.outcome).toBe('refused');
      const { code } = await approvedRequest(service.admins, seededSurvey(deployment));
      const released = await releasedPackage(service.admins, next, code);
      const half = { ...set, component: next.component };
      const old = await recoverBundle(service.admins.operator, half, released);
      await expect(service.admins.operator.post('/v1/bundles', old.bytes)).rejects.toMatchObject({
        code: 'set-not-trusted',
      });
      // With the digests of the new set, and the signatures of the old shares.
      const named = { ...half, manifest: next.manifest, roster: next.roster };
      const forged = await recoverBundle(service.admins.operator, named, released);
      await expect(service.admins.operator.post('/v1/bundles', forged.bytes)).rejects.toMatchObject(
        { code: 'signature-unknown' },
      );
      const right = await recoverBundle(service.admins.operator, next, released);
      await service.admins.operator.post('/v1/bundles', right.bytes);
      expect((await committed(service.admins, right)).state).toBe('committed');
      expect(right.kek).toEqual(deployment.checktick.kek);
    });

    it('asked for again changes nothing; versions and chain show the new set', async () => {
      const rows = await row();
      await committed(service.admins, made);
      const again = await service.admins.operator.post<BundleAnswer>('/v1/bundles', made.bytes);
      expect(again.state).toBe('committed');
      expect(await row()).toEqual(rows);
      const { versions } = await service.admins.operator.get<VersionsAnswer>('/v1/versions');
      expect(versions).toMatchObject([
        { version: 'v1', findings: [], component: { agrees: true }, sets: [{ label: '2028 B' }] },
      ]);
      const file = await service.admins.operator.get<FileAnswer>('/v1/chain');
      const chain = parseChain(bytesOf(file), next.mode);
      expect(chain.manifests.map(({ digest }) => digest)).toEqual([
        set.manifest.digest,
        next.manifest.digest,
      ]);
      expect(chain.rosters.map(({ digest }) => digest)).toEqual([
        set.roster.digest,
        next.roster.digest,
      ]);
    });

    it('the new set can be renewed in turn, from its own package only', async () => {
      const third = await approvedRotation(service.admins, next);
      await committed(service.admins, third.made);
      expect(await deployment.kv(TRUST)).toMatchObject({
        epoch: 3,
        versions: { v1: [third.next.manifest.digest] },
      });
      expect(bundleType.parse(third.made.bytes, set.mode).body.epoch).toBe(2);
      expect(await restored((await row()).component, third.next)).toEqual(set.platformKey);
    });
  });

  describe('where Vault holds the component of another version', () => {
    const vintage = VINTAGES['v2, 32 bytes, while Vault holds the component of v1'];
    let world: World;
    afterAll(() => world?.deployment.stop());

    it('Vault’s entry and the other row stay as they are', async () => {
      if (vintage === undefined) throw new Error('there is such a vintage');
      world = await worldOf(servers, vintage);
      const { deployment, service, set } = world;
      const { admins } = service;
      const adopted = await bundleOf(world, vintage, await adoptionPackage(admins, set));
      await approvedAdoption(admins, set, adopted);
      await committed(admins, adopted);
      const entry = await deployment.kv(MASTER_KEY);
      const { next, made } = await approvedRotation(admins, set);
      expect((await committed(admins, made)).state).toBe('committed');
      expect(await deployment.kv(MASTER_KEY)).toEqual(entry);
      const rows = await deployment.sql<{ version: string; component: Buffer }>(
        'SELECT version, vault_component AS component FROM surveys_platformkeyversion ORDER BY 1',
      );
      expect(rows.map(({ version, component }) => [version, new Uint8Array(component)])).toEqual([
        ['v1', new Uint8Array(64).fill(7)],
        ['v2', next.vaultComponent],
      ]);
      const { body } = await receiptFor(admins.operator, next, made.digest);
      expect(body.readBack).toEqual(['database row of key version v2', 'Vault conclave/trust']);
      const fresh = await rotationPackage(admins, next);
      expect(fresh.vaultComponent).toEqual(next.vaultComponent);
      expect(fresh.document.body.compared).toBe('other-version');
    });
  });
});
