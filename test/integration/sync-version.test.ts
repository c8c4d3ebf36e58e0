/** A new platform key beside the active one, the whole way. A commit that dies: sync-version-crash.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseChain } from '../../shared/transcript/chain.ts';
import { parsePackage } from '../../shared/bundle/package.ts';
import { setBytes, verifyPackagedSet } from '../../shared/bundle/packaged-set.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { BundleAnswer, FileAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import type { VersionsAnswer } from '../../sync/routes/version-answers.ts';
import { makeTicket } from '../support/documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { asking, MASTER_KEY } from '../support/sync-adopt.ts';
import {
  committed,
  importedRecovery,
  type MadeBundle,
  receiptFor,
  seededSurvey,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { bytesOf } from '../support/sync-client.ts';
import { approvedRoster, rosterBundle } from '../support/sync-roster.ts';
import { approvedRotation } from '../support/sync-rotate.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import {
  approvedVersion,
  askedVersion,
  versionBundle,
  versionPackage,
} from '../support/sync-version.ts';
import { makeNextVersion } from '../support/version-documents.ts';

const TRUST = 'conclave/trust';

describe('a new platform key beside the active one', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let next: TestShareSet;
  let made: MadeBundle;
  let entry: Record<string, unknown> | null;
  const rows = async () => {
    const found = await deployment.sql<{
      version: string;
      component: Buffer;
      active: boolean;
      retired: boolean;
    }>(
      `SELECT version, vault_component AS component,
              activated_at IS NOT NULL AS active, retired_at IS NOT NULL AS retired
         FROM surveys_platformkeyversion ORDER BY version`,
    );
    return found.map((one) => ({ ...one, component: new Uint8Array(one.component) }));
  };
  const row = (version: string, of: TestShareSet, active: boolean) => ({
    version,
    component: of.vaultComponent,
    active,
    retired: false,
  });

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
    entry = await deployment.kv(MASTER_KEY);
  });
  afterAll(() => deployment?.stop());

  it('refuses a ticket of another kind, and shows approvers what would be made', async () => {
    const { operator, approver1 } = service.admins;
    const { ticket, words } = asking(await makeTicket(set));
    await expect(
      operator.post('/v1/packages/new-version', { ticket, words }),
    ).rejects.toMatchObject({
      code: 'ticket-other-kind',
    });
    const asked = await askedVersion(operator, set);
    const { items } = await approver1.get<QueueAnswer>('/v1/queue');
    const item = items.find(({ subject }) => subject === asked.nonce);
    expect(item?.approve).toMatchObject({ action: 'package-release', words: false });
    const { statement } = await approver1.show('package-release', asked.nonce, { reason: 'new' });
    expect(statement.sentence).toContain('so that a new platform key, version v2, is made');
    expect(Object.fromEntries(statement.facts)).toMatchObject({
      'share set in force': '2026 A, 3 of 4; it stays',
      'Vault’s entry': 'stays as it is: CheckTick derives the keys of organisations from it',
    });
  });

  it('the package brings the active component and the next number', async () => {
    const { document, vaultComponent } = await versionPackage(service.admins, set);
    expect(vaultComponent).toEqual(set.vaultComponent);
    expect(document.body).toMatchObject({ epoch: 1, keyVersion: 'v1', nextVersion: 'v2' });
    expect(document.body).not.toHaveProperty('others');
  });

  it('a bundle without a holder of before, or of another component, is not taken', async () => {
    const { operator } = service.admins;
    const opened = await versionPackage(service.admins, set);
    const people = set.roster.body.people.filter(({ name }) => name !== 'custodian 4');
    const smaller = { threshold: 2, count: 3, rosterChange: { people } };
    const without = await versionBundle(set, await makeNextVersion(set, smaller), opened);
    await expect(operator.post('/v1/bundles', without.bytes)).rejects.toMatchObject({
      code: 'roster-holder-missing',
      problem: { culprit: 'custodian 4' },
    });
    const other = await makeNextVersion(set);
    const secret = new Uint8Array(64).fill(5);
    const wrong = await versionBundle(set, other, opened, { secret });
    await expect(operator.post('/v1/bundles', wrong.bytes)).rejects.toMatchObject({
      code: 'component-wrong',
    });
    const third = await makeNextVersion(set, { keyVersion: 'v3' });
    const skipped = await versionBundle(set, third, opened);
    await expect(operator.post('/v1/bundles', skipped.bytes)).rejects.toMatchObject({
      code: 'package-differs',
    });
  });

  it('approvers type the words of the new set and read what stays', async () => {
    const { admins } = service;
    const opened = await versionPackage(admins, set);
    next = await makeNextVersion(set);
    made = await versionBundle(set, next, opened);
    const { facts } = await admins.operator.post<BundleAnswer>('/v1/bundles', made.bytes);
    expect(facts).toMatchObject({ manifest: next.manifest.digest });
    const reason = 'seen on paper';
    const old = eightWords(hexToBytes(set.manifest.digest));
    await expect(
      admins.approver1.show('bundle-approve', made.digest, { words: old, reason }),
    ).rejects.toMatchObject({ code: 'words-differ' });
    const words = eightWords(hexToBytes(next.manifest.digest));
    const { statement } = await admins.approver1.show('bundle-approve', made.digest, {
      words,
      reason,
    });
    expect(statement.sentence).toContain('a new platform key beside v1');
    const read = Object.fromEntries(statement.facts);
    expect(read['active now']).toBe('key version v1, share set 2026 A, 3 of 4; it stays');
    expect(read['Vault’s entry']).toContain('stays as it is');
    for (const approver of [admins.approver1, admins.approver2]) {
      await approver.approve('bundle-approve', made.digest, { words, reason });
    }
  });

  it('is committed: a row that is not active, a second version in trust, and nothing else', async () => {
    expect((await committed(service.admins, made)).state).toBe('committed');
    expect(await rows()).toEqual([row('v1', set, true), row('v2', next, false)]);
    expect(await deployment.kv(MASTER_KEY)).toEqual(entry);
    expect(await deployment.kv(TRUST)).toEqual({
      epoch: 2,
      roster: next.roster.digest,
      versions: { v1: [set.manifest.digest], v2: [next.manifest.digest] },
      escrowKeys: { v1: set.manifest.body.escrowKey, v2: next.manifest.body.escrowKey },
    });
    const { body } = await receiptFor(service.admins.operator, next, made.digest);
    expect(body).toMatchObject({ kind: 'new-version', outcome: 'committed', epoch: 2 });
    expect(body.readBack).toEqual(['database row of key version v2', 'Vault conclave/trust']);
    const [audit] = await deployment.sql<{ lines: number }>(
      `SELECT count(*)::int AS lines FROM surveys_auditlog WHERE message LIKE '%v2 was created%'`,
    );
    expect(audit).toEqual({ lines: 1 });
    const [kept] = await deployment.sql<{ notes: string; rotated: Date | null }>(
      `SELECT notes, shares_last_rotated AS rotated FROM surveys_platformkeyversion
        WHERE version = 'v2'`,
    );
    expect(kept).toEqual({
      notes: `Made by Conclave; share set ${next.manifest.digest}`,
      rotated: null,
    });
  });

  it('versions and chain show both', async () => {
    const health = await service.admins.operator.get<VersionsAnswer>('/v1/versions');
    expect(health.findings).toEqual([]);
    expect(health.versions).toMatchObject([
      { version: 'v2', state: 'waiting', findings: [], component: { agrees: true } },
      { version: 'v1', state: 'active', findings: [], component: { agrees: true } },
    ]);
    expect(health.versions[0]?.component.sentence).toContain('Vault’s entry stays that of v1');
    const file = await service.admins.operator.get<FileAnswer>('/v1/chain');
    const chain = parseChain(bytesOf(file), next.mode);
    const digests = (all: readonly { readonly digest: string }[]) => all.map((one) => one.digest);
    expect(digests(chain.manifests)).toEqual([set.manifest.digest, next.manifest.digest]);
    expect(digests(chain.rosters)).toEqual([set.roster.digest, next.roster.digest]);
  });

  it('a survey of the version before is recovered by its shares, with the roster of today', async () => {
    const today = { ...set, roster: next.roster };
    const recovery = await importedRecovery(service.admins, today, seededSurvey(deployment));
    expect((await committed(service.admins, recovery)).state).toBe('committed');
    expect(recovery.kek).toEqual(deployment.checktick.kek);
    // By the shares of the other version it is not.
    await expect(
      importedRecovery(service.admins, next, seededSurvey(deployment)),
    ).rejects.toThrow();
  });

  it('and one of the new version by the new ones, though Vault’s entry is that of the other', async () => {
    await deployment.escrow(next.platformKey, 'v2');
    const recovery = await importedRecovery(service.admins, next, seededSurvey(deployment));
    expect((await committed(service.admins, recovery)).state).toBe('committed');
    expect(recovery.kek).toEqual(deployment.checktick.kek);
    expect(await deployment.kv(MASTER_KEY)).toEqual(entry);
    await deployment.escrow(set.platformKey);
  });

  it('who holds a share of either version stays in the roster, whichever set signs it', async () => {
    const { admins } = service;
    const today = { ...set, roster: next.roster };
    const changed = await approvedRoster(admins, today);
    expect((await committed(admins, changed)).state).toBe('committed');
    // Signed by the set of v1: packages about v2 bring the set that signed it.
    next = { ...next, roster: changed.roster };
    const brought = await broughtFor(next);
    expect(brought.roster.digest).toBe(changed.roster.digest);
    expect(brought.others.map(({ digest }) => digest)).toEqual([set.manifest.digest]);
    const again = await rosterBundle(admins.operator, next);
    await admins.operator.post('/v1/bundles', again.bytes);
  });

  /** What a package about that version brings. */
  async function broughtFor({ manifest, mode, sync }: TestShareSet) {
    const { operator } = service.admins;
    const { keyVersion } = manifest.body;
    const file = await operator.post<FileAnswer>('/v1/packages/drill', { keyVersion });
    const { body } = parsePackage(bytesOf(file), mode, sync);
    if (body.kind !== 'drill') throw new Error('a package for a drill was asked for');
    return verifyPackagedSet(setBytes(body), mode);
  }

  it('the shares of the version before can be renewed beside the new one', async () => {
    const { admins } = service;
    const today = { ...set, roster: next.roster };
    const renewed = await approvedRotation(admins, today);
    expect((await committed(admins, renewed.made)).state).toBe('committed');
    expect(await deployment.kv(TRUST)).toMatchObject({
      epoch: 4,
      versions: { v1: [renewed.next.manifest.digest], v2: [next.manifest.digest] },
    });
    expect(await rows()).toEqual([row('v1', renewed.next, true), row('v2', next, false)]);
    set = renewed.next;
    next = { ...next, roster: renewed.next.roster };
    const brought = await broughtFor(next);
    expect(brought.roster.digest).toBe(set.roster.digest);
  });

  it('a third version gets the next number, vouched for by the active one', async () => {
    const third = await approvedVersion(service.admins, set);
    expect((await committed(service.admins, third.made)).state).toBe('committed');
    expect((await rows()).map(({ version, active }) => [version, active])).toEqual([
      ['v1', true],
      ['v2', false],
      ['v3', false],
    ]);
    const health = await service.admins.operator.get<VersionsAnswer>('/v1/versions');
    expect(health.versions.flatMap(({ findings }) => findings)).toEqual([]);
  });
});
