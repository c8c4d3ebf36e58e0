/** What is refused of new shares, and that the shares of before go on working. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { Manifest } from '../../shared/sharing/manifest.ts';
import type { BundleAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import { makeTicket } from '../support/documents.ts';
import { makeCast } from '../support/people.ts';
import { makeNextSet } from '../support/rotate-documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { asking, entryOf, MASTER_KEY, wordsOfTicket } from '../support/sync-adopt.ts';
import {
  approvedSetup,
  committed,
  importedRecovery,
  receiptFor,
  seededSurvey,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import {
  deployMailing,
  type MailedDeployment,
  type MailingService,
} from '../support/sync-public.ts';
import {
  approveRotation,
  askedRotation,
  type OpenedRotation,
  rotationBundle,
  rotationPackage,
} from '../support/sync-rotate.ts';
import type { Deployment } from '../support/sync-service.ts';
import { other } from '../support/sync-vintages.ts';

const TRUST = 'conclave/trust';
const MAIL = 'custodian.1@hospital.example';

describe('new shares are refused', { retry: 0 }, () => {
  let mailed: MailedDeployment;
  let deployment: Deployment;
  let service: MailingService;
  let set: TestShareSet;
  beforeAll(async () => {
    mailed = await deployMailing('custodian 1', MAIL);
    ({ deployment, service } = mailed);
    const { cast } = mailed;
    set = await shareSetFor(service.admins.operator, deployment.mode, { cast });
    // Before there is a set there is none to renew.
    const ticket = await makeTicket(set, undefined, 'rotate-shares');
    await expect(
      service.admins.operator.post('/v1/packages/rotate-shares', asking(ticket)),
    ).rejects.toMatchObject({ code: 'no-trust' });
    await committed(service.admins, await approvedSetup(service.admins, set));
    await deployment.escrow(set.platformKey);
  });
  afterAll(() => mailed?.stop());

  const importOf = ({ bytes }: { readonly bytes: Uint8Array }) =>
    service.admins.operator.post<BundleAnswer>('/v1/bundles', bytes);
  const stateAt = async ({ digest }: { readonly digest: string }): Promise<string> =>
    (await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${digest}`)).state;

  it('a ticket of another kind, with other words, of a stranger, or for a version that is not there', async () => {
    const { operator, approver1 } = service.admins;
    const ask = (body: object, who = operator) => who.post('/v1/packages/rotate-shares', body);
    const wrong = await makeTicket(set);
    await expect(ask(asking(wrong))).rejects.toMatchObject({ code: 'ticket-other-kind' });
    const ticket = await makeTicket(set, undefined, 'rotate-shares');
    await expect(ask({ ...asking(ticket), words: wordsOfTicket(wrong) })).rejects.toMatchObject({
      code: 'words-differ',
    });
    const stranger = await makeTicket(
      { ...set, cast: makeCast('production') },
      undefined,
      'rotate-shares',
    );
    await expect(ask(asking(stranger))).rejects.toMatchObject({ code: 'ticket-not-operator' });
    await expect(ask(asking(ticket, 'v9'))).rejects.toMatchObject({ code: 'no-trust' });
    await expect(ask(asking(ticket), approver1)).rejects.toMatchObject({ code: 'wrong-role' });
    await ask(asking(ticket));
    await expect(ask(asking(ticket))).rejects.toMatchObject({ code: 'ticket-used' });
  });

  it('a release by who asked for it; approvers read which set ends', async () => {
    const both = service.as('both');
    const asked = await askedRotation(both, set);
    const reason = 'a share was lost';
    await expect(both.show('package-release', asked.nonce, { reason })).rejects.toMatchObject({
      code: 'own-approval',
    });
    const { approver1, operator } = service.admins;
    const { items } = await approver1.get<QueueAnswer>('/v1/queue');
    const item = items.find(({ subject }) => subject === asked.nonce);
    expect(item?.approve).toMatchObject({ action: 'package-release', words: false });
    const { statement } = await approver1.show('package-release', asked.nonce, { reason });
    const facts = statement.facts.map(([label, value]) => `${label}: ${value}`).join('\n');
    expect(facts).toContain('share set in force: 2026 A, 3 of 4');
    expect(facts).toContain('holds the component of this version, and is replaced with the row');
    await expect(operator.get(`/v1/packages/${asked.nonce}/file`)).rejects.toMatchObject({
      code: 'package-state',
    });
  });

  it('a release where Vault and row have come apart since, until they agree', async () => {
    const { operator, approver1, approver2 } = service.admins;
    const asked = await askedRotation(operator, set);
    const entry = { reason: 'a share was lost' };
    await approver1.approve('package-release', asked.nonce, entry);
    const kept = await deployment.kv(MASTER_KEY);
    await deployment.writeKv(MASTER_KEY, entryOf(other(set.vaultComponent)));
    await expect(approver2.approve('package-release', asked.nonce, entry)).rejects.toMatchObject({
      code: 'release-unfinished',
    });
    await expect(askedRotation(operator, set)).rejects.toMatchObject({ code: 'kv-row-differ' });
    await deployment.writeKv(MASTER_KEY, kept ?? {});
    await approver2.approve('package-release', asked.nonce, entry);
    const shown = await operator.get<PackageAnswer>(`/v1/packages/${asked.nonce}`);
    expect(shown).toMatchObject({ kind: 'rotate-shares', state: 'released' });
    expect(shown.sentence).toContain('New shares of key version v1');
  });

  it('a release whose row says something else than the approvers signed', async () => {
    const { operator, approver1, approver2 } = service.admins;
    const asked = await askedRotation(operator, set);
    const entry = { reason: 'a share was lost' };
    await approver1.approve('package-release', asked.nonce, entry);
    await deployment.sql(
      `UPDATE conclave.packages SET facts = facts || '{"compared": "other-version"}'
        WHERE nonce = decode($1, 'hex')`,
      [asked.nonce],
    );
    // His approval is of another statement, so one more is needed, and what is there differs.
    await approver2.approve('package-release', asked.nonce, entry);
    await expect(approver1.approve('package-release', asked.nonce, entry)).rejects.toMatchObject({
      code: 'release-unfinished',
    });
    expect(await operator.get(`/v1/packages/${asked.nonce}`)).toMatchObject({ state: 'requested' });
  });

  describe('a bundle', () => {
    let opened: OpenedRotation;
    let next: TestShareSet;
    beforeAll(async () => {
      opened = await rotationPackage(service.admins, set);
      next = await makeNextSet(set);
    });

    it.each([
      [
        'that the new shares signed',
        'signature-unknown',
        async () => ({ signers: [...next.quorum, next.cast.operator.signer] }),
      ],
      [
        'that too few of the old shares signed',
        'signature-missing',
        async () => ({ signers: [...set.quorum.slice(1), next.cast.operator.signer] }),
      ],
      [
        'whose component does not fit the new manifest',
        'component-wrong',
        async () => ({ secret: other(next.vaultComponent) }),
      ],
      [
        'that says something else of Vault’s entry than its package',
        'package-differs',
        async () => ({ change: { compared: 'other-version' as const } }),
      ],
      [
        'that names another set as the one in force',
        'set-not-trusted',
        async () => ({ change: { manifestDigest: 'ab'.repeat(32) } }),
      ],
      [
        'that brings a set which another set signed the roster of',
        'signature-unknown',
        async () => ({ change: { roster: envelopeToJson(set.roster.envelope) } }),
      ],
    ])('%s, is refused and burns nothing', async (_, code, options) => {
      const made = await rotationBundle(set, next, opened, await options());
      await expect(importOf(made)).rejects.toMatchObject({ code });
    });

    it.each<[string, () => Promise<Partial<Manifest>>]>([
      [
        'another escrow key',
        async () => {
          const { manifest } = await shareSetFor(service.admins.operator, deployment.mode);
          return manifest.body.escrowKey === undefined
            ? {}
            : { escrowKey: manifest.body.escrowKey };
        },
      ],
      ['the same component', async () => ({ componentId: set.manifest.body.componentId })],
      ['a later generation', async () => ({ generation: 2 })],
    ])('whose set has %s is refused and burns nothing', async (_, change) => {
      const wrong = await makeNextSet(set, { change: await change() });
      await expect(importOf(await rotationBundle(set, wrong, opened))).rejects.toMatchObject({
        code: 'set-not-next',
      });
    });

    it('that brings back the component in force is refused: the old shares would go on', async () => {
      const same = await makeNextSet(set, { vaultComponent: set.vaultComponent });
      await expect(importOf(await rotationBundle(set, same, opened))).rejects.toMatchObject({
        code: 'component-unchanged',
      });
    });

    it('where another component lies in Vault is refused, and taken when it is back', async () => {
      const kept = await deployment.kv(MASTER_KEY);
      await deployment.writeKv(MASTER_KEY, entryOf(other(set.vaultComponent)));
      const made = await rotationBundle(set, next, opened);
      await expect(importOf(made)).rejects.toMatchObject({ code: 'third-value' });
      await deployment.writeKv(MASTER_KEY, kept ?? {});
      expect(await importOf(made)).toMatchObject({ kind: 'rotate-shares', state: 'verified' });
      const asked = { reason: 'the wrong label' };
      await service.admins.approver1.post(`/v1/bundles/${made.digest}/refuse`, asked);
      const { body } = await receiptFor(service.admins.operator, set, made.digest);
      expect(body).toMatchObject({ outcome: 'refused', readBack: [], epoch: 1 });
    });
  });

  it('approvers type the words of the new manifest, and read what ends and who comes', async () => {
    const { approver1 } = service.admins;
    const opened = await rotationPackage(service.admins, set);
    const next = await makeNextSet(set, { threshold: 2, count: 5 });
    const made = await rotationBundle(set, next, opened);
    await importOf(made);
    const reason = 'seen on paper';
    const old = { reason, words: eightWords(hexToBytes(set.manifest.digest)) };
    await expect(approver1.show('bundle-approve', made.digest, old)).rejects.toMatchObject({
      code: 'words-differ',
    });
    const words = eightWords(hexToBytes(next.manifest.digest));
    const { statement } = await approver1.show('bundle-approve', made.digest, { reason, words });
    const facts = statement.facts.map(([label, value]) => `${label}: ${value}`).join('\n');
    expect(statement.sentence).toContain('trust share set 2028 B, 2 of 5');
    expect(facts).toContain('in force now: share set 2026 A, 3 of 4; it ends');
    expect(facts).toContain('custodian 5 comes in as custodian');
    expect(facts).toContain('told by mail: 1 person');
    expect(facts).toContain('processes of CheckTick: None may hold the vault component');
    expect(facts).toContain('go on opening what backups of the old vault component hold');
    await expect(
      service.as('both').post(`/v1/bundles/${made.digest}/commit`),
    ).rejects.toMatchObject({ code: 'bundle-state' });
    // Only once: the objection below ends it.
    await approveRotation(service.admins, { next, made });
    const [row] = await deployment.sql<{ body: string }>(
      `SELECT body FROM conclave.outbox
        WHERE bundle_digest = decode($1, 'hex') AND recipient = $2 AND key LIKE '%:delay:%'`,
      [made.digest, MAIL],
    );
    expect(row?.body).toContain('The shares of platform key version v1 would be renewed');
    const token = /\/object\/(\S+)/.exec(row?.body ?? '')?.[1] ?? '';
    expect((await service.visit(token, 'POST')).status).toBe(200);
    expect(await stateAt(made)).toBe('objected');
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body).toMatchObject({ kind: 'rotate-shares', outcome: 'objected', epoch: 1 });
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'bundle-state' });
  });

  it('after all of that the shares of before still recover, and nothing was written', async () => {
    expect(await deployment.kv(TRUST)).toMatchObject({
      epoch: 1,
      versions: { v1: [set.manifest.digest] },
    });
    const [row] = await deployment.sql<{ component: Buffer; rotated: Date | null }>(
      `SELECT vault_component AS component, shares_last_rotated AS rotated
         FROM surveys_platformkeyversion`,
    );
    expect(new Uint8Array(row?.component ?? [])).toEqual(set.vaultComponent);
    expect(row?.rotated).toBeNull();
    const recovery = await importedRecovery(service.admins, set, seededSurvey(deployment));
    expect((await committed(service.admins, recovery)).state).toBe('committed');
    expect(recovery.kek).toEqual(deployment.checktick.kek);
  });
});
