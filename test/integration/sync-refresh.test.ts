/** Refreshed shares, the whole way with a real Vault and PostgreSQL, and what is refused of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { parseChain } from '../../shared/transcript/chain.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { BundleAnswer, FileAnswer } from '../../sync/routes/answers.ts';
import type { VersionsAnswer } from '../../sync/routes/version-answers.ts';
import { makeRefreshed, type TestRefreshPackage } from '../support/refresh-documents.ts';
import { makeRefreshLog } from '../support/refresh-log.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { MASTER_KEY } from '../support/sync-adopt.ts';
import {
  approvedRequest,
  approvedSetup,
  committed,
  importedRecovery,
  type MadeBundle,
  receiptFor,
  recoverBundle,
  releasedPackage,
  seededSurvey,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { bytesOf } from '../support/sync-client.ts';
import { importedDrill } from '../support/sync-drill.ts';
import {
  deployMailing,
  type MailedDeployment,
  type MailingService,
} from '../support/sync-public.ts';
import { approvedRefresh, refreshBundle, refreshPackage } from '../support/sync-refresh.ts';
import { approvedRoster } from '../support/sync-roster.ts';
import { approveRotation, approvedRotation, rotationPackage } from '../support/sync-rotate.ts';
import type { Deployment } from '../support/sync-service.ts';
import { approvedVersion } from '../support/sync-version.ts';

const TRUST = 'conclave/trust';
const MAIL = 'custodian.2@hospital.example';

describe('refreshed shares', { retry: 0 }, () => {
  let mailed: MailedDeployment;
  let deployment: Deployment;
  let service: MailingService;
  let set: TestShareSet;
  let next: TestShareSet;
  let made: MadeBundle;
  let late: MadeBundle;
  let beside: MadeBundle;

  beforeAll(async () => {
    mailed = await deployMailing('custodian 2', MAIL);
    ({ deployment, service } = mailed);
    const { cast } = mailed;
    const { operator } = service.admins;
    set = await shareSetFor(operator, deployment.mode, { threshold: 2, count: 4, cast });
    await committed(service.admins, await approvedSetup(service.admins, set));
    await deployment.escrow(set.platformKey);
  });
  afterAll(() => mailed?.stop());

  const importOf = ({ bytes }: { readonly bytes: Uint8Array }) =>
    service.admins.operator.post<BundleAnswer>('/v1/bundles', bytes);
  const trust = () => deployment.kv(TRUST);
  /** Everything of CheckTick’s that a change of shares could touch. */
  const untouched = async () => ({
    entry: await deployment.kv(MASTER_KEY),
    rows: await deployment.sql('SELECT to_jsonb(v) AS row FROM surveys_platformkeyversion v'),
  });

  it('the package has the set in force and a nonce, and nothing of Vault', async () => {
    const { operator, approver1 } = service.admins;
    const { body } = await refreshPackage(operator, set);
    expect(body).toMatchObject({ kind: 'refresh', keyVersion: 'v1', epoch: 1 });
    expect(body).not.toHaveProperty('sealed');
    expect(body).not.toHaveProperty('recipient');
    const ask = (keyVersion: string, who = operator) =>
      who.post('/v1/packages/refresh', { keyVersion });
    await expect(ask('v9')).rejects.toMatchObject({ code: 'no-trust' });
    await expect(ask('v1', approver1)).rejects.toMatchObject({ code: 'wrong-role' });
  });

  describe('a bundle', () => {
    let source: TestRefreshPackage;
    let right: TestShareSet;
    let strange: TestShareSet;
    beforeAll(async () => {
      source = await refreshPackage(service.admins.operator, set);
      right = await makeRefreshed(set, source.body.nonce);
      strange = await shareSetFor(service.admins.operator, deployment.mode, {
        threshold: 2,
        count: 4,
      });
    });

    it.each<[string, string, () => Promise<MadeBundle>]>([
      [
        'whose statements shares of another set signed',
        'signature-wrong',
        async () => {
          const speakers = strange.shares;
          const wrong = await makeRefreshed(set, source.body.nonce, { speakers });
          return refreshBundle(set, wrong, source);
        },
      ],
      [
        'in which one share of before did not agree',
        'signature-wrong',
        async () => {
          const [first, , ...rest] = set.shares;
          const speakers = [first, strange.shares[1], ...rest].flatMap((one) => one ?? []);
          const wrong = await makeRefreshed(set, source.body.nonce, { speakers });
          return refreshBundle(set, wrong, source);
        },
      ],
      [
        'with as many shares as open the key, and no more',
        'refresh-not-next',
        async () => {
          const few = await makeRefreshed(set, source.body.nonce, { comes: [1, 2] });
          return refreshBundle(set, few, source);
        },
      ],
      [
        'with the statements of another package',
        'document-damaged',
        async () => refreshBundle(set, await makeRefreshed(set, 'ab'.repeat(16)), source),
      ],
      [
        'with another check value, so that other shares could be called right',
        'refresh-not-next',
        async () => {
          const { checks } = strange.manifest.body;
          const wrong = await makeRefreshed(set, source.body.nonce, { change: { checks } });
          return refreshBundle(set, wrong, source);
        },
      ],
      [
        'that names another set as the one in force',
        'set-not-trusted',
        async () => {
          const change = { manifestDigest: 'ab'.repeat(32) };
          return refreshBundle(set, right, source, { change });
        },
      ],
      [
        'for another key version than its package',
        'package-differs',
        async () => refreshBundle(set, right, source, { change: { keyVersion: 'v2' } }),
      ],
      [
        'that brings the list of people of another refresh, signed by other shares',
        'signed-otherwise',
        async () => {
          const from = await refreshPackage(service.admins.operator, set);
          const one = await makeRefreshed(set, from.body.nonce);
          await importOf(await refreshBundle(set, one, from));
          const { createdAt } = one.roster.body;
          const two = await makeRefreshed(set, source.body.nonce, { rosterChange: { createdAt } });
          return refreshBundle(set, two, source);
        },
      ],
      [
        'that the operator did not sign',
        'signature-missing',
        async () => refreshBundle(set, right, source, { signers: [] }),
      ],
      [
        'with signatures of shares beside it',
        'signature-unknown',
        async () => {
          const signers = [set.cast.operator.signer, ...set.quorum];
          return refreshBundle(set, right, source, { signers });
        },
      ],
    ])('%s, is refused and burns nothing', async (_, code, make) => {
      await expect(importOf(await make())).rejects.toMatchObject({ code });
    });

    it('that is right is taken; approvers read whose shares are new, and whose place ends', async () => {
      const { approver1 } = service.admins;
      const fewer = await makeRefreshed(set, source.body.nonce, { comes: [1, 3, 4] });
      const one = await refreshBundle(set, fewer, source);
      expect(await importOf(one)).toMatchObject({ kind: 'refresh', state: 'verified' });
      const reason = 'seen on paper';
      const old = { reason, words: eightWords(hexToBytes(set.manifest.digest)) };
      await expect(approver1.show('bundle-approve', one.digest, old)).rejects.toMatchObject({
        code: 'words-differ',
      });
      const words = eightWords(hexToBytes(fewer.manifest.digest));
      const { statement } = await approver1.show('bundle-approve', one.digest, { reason, words });
      const facts = statement.facts.map(([label, value]) => `${label}: ${value}`).join('\n');
      expect(statement.sentence).toBe(
        'Refresh the shares of platform key version v1: trust share set 2026 A, generation 2, 2 of 3, in the place of the generation before; no component changes.',
      );
      expect(facts).toContain('in force now: share set 2026 A, generation 1, 2 of 4; it ends');
      expect(facts).toContain('new shares: custodian 1, custodian 3, custodian 4');
      expect(facts).toContain('places that end: custodian 2: no new share was made there');
      expect(facts).toContain('told by mail: 1 person');
      await approveRotation(service.admins, { next: fewer, made: one });
      const [row] = await deployment.sql<{ body: string }>(
        `SELECT body FROM conclave.outbox
          WHERE bundle_digest = decode($1, 'hex') AND recipient = $2 AND key LIKE '%:delay:%'`,
        [one.digest, MAIL],
      );
      expect(row?.body).toContain('The shares of platform key version v1 would be refreshed');
      // He whose place would end does not agree.
      const token = /\/object\/(\S+)/.exec(row?.body ?? '')?.[1] ?? '';
      expect((await service.visit(token, 'POST')).status).toBe(200);
      const { body } = await receiptFor(service.admins.operator, set, one.digest);
      expect(body).toMatchObject({ kind: 'refresh', outcome: 'objected', epoch: 1 });
      await expect(committed(service.admins, one)).rejects.toMatchObject({ code: 'bundle-state' });
      expect(await trust()).toMatchObject({ epoch: 1, versions: { v1: [set.manifest.digest] } });
    });
  });

  it('is committed: trust names the next generation, and nothing of CheckTick’s changes', async () => {
    const { admins } = service;
    late = await importedRecovery(admins, set, seededSurvey(deployment));
    beside = (await approvedRefresh(admins, set)).made;
    const before = await untouched();
    ({ next, made } = await approvedRefresh(admins, set));
    expect((await committed(admins, made)).state).toBe('committed');
    expect(await untouched()).toEqual(before);
    expect(await trust()).toEqual({
      epoch: 2,
      roster: next.roster.digest,
      versions: { v1: [next.manifest.digest] },
      escrowKeys: { v1: set.manifest.body.escrowKey },
    });
    const { body } = await receiptFor(admins.operator, next, made.digest);
    expect(body).toMatchObject({ kind: 'refresh', outcome: 'committed', epoch: 2 });
    expect(body.readBack).toEqual(['Vault conclave/trust']);
    expect(body.statement).toContain('No component has changed.');
    const [audit] = await deployment.sql(
      `SELECT count(*)::int AS lines FROM surveys_auditlog WHERE message LIKE '%were refreshed%'`,
    );
    expect(audit).toEqual({ lines: 1 });
    // Asked for again it changes nothing.
    await committed(admins, made);
    expect(await importOf(made)).toMatchObject({ state: 'committed' });
    expect(await trust()).toMatchObject({ epoch: 2 });
  });

  it('one that was made before it ends with a receipt: its generation is another’s', async () => {
    const { admins } = service;
    await expect(committed(admins, beside)).rejects.toMatchObject({ code: 'trust-moved' });
    const { body } = await receiptFor(admins.operator, set, beside.digest);
    expect(body).toMatchObject({ kind: 'refresh', outcome: 'refused' });
    expect(await trust()).toMatchObject({ versions: { v1: [next.manifest.digest] } });
  });

  it('what the shares of before sign is refused, late or anew; the new ones recover', async () => {
    const { admins } = service;
    const { operator } = admins;
    await expect(committed(admins, late)).rejects.toMatchObject({ code: 'trust-moved' });
    const { code } = await approvedRequest(admins, seededSurvey(deployment));
    const released = await releasedPackage(admins, next, code);
    const old = await recoverBundle(operator, set, released);
    await expect(importOf(old)).rejects.toMatchObject({ code: 'set-not-trusted' });
    const named = { ...set, manifest: next.manifest, roster: next.roster };
    const forged = await recoverBundle(operator, named, released);
    await expect(importOf(forged)).rejects.toMatchObject({ code: 'signature-unknown' });
    const right = await recoverBundle(operator, next, released);
    await importOf(right);
    expect((await committed(admins, right)).state).toBe('committed');
    expect(right.kek).toEqual(deployment.checktick.kek);
  });

  it('a drill proves the new shares; versions and chain show both generations', async () => {
    const { admins } = service;
    const drill = await importedDrill(admins, next, { proves: [1, 2, 3, 4] });
    expect((await committed(admins, drill)).state).toBe('committed');
    const { versions } = await admins.operator.get<VersionsAnswer>('/v1/versions');
    expect(versions).toMatchObject([
      {
        version: 'v1',
        findings: [],
        component: { agrees: true },
        sets: [{ label: '2026 A', generation: 2 }],
      },
    ]);
    const chain = parseChain(bytesOf(await admins.operator.get<FileAnswer>('/v1/chain')), set.mode);
    const digests = [set, next].map(({ manifest }) => manifest.digest);
    expect(chain.manifests.map(({ digest }) => digest)).toEqual(digests);
    expect(chain.rosters.map(({ digest }) => digest)).toEqual([
      set.roster.digest,
      next.roster.digest,
    ]);
  });

  it('again, with a place that ends; then a change of people by those who are left', async () => {
    const { admins } = service;
    const third = await approvedRefresh(admins, next, { comes: [1, 2, 4] });
    await committed(admins, third.made);
    expect(await trust()).toMatchObject({
      epoch: 3,
      versions: { v1: [third.next.manifest.digest] },
    });
    expect(third.next.manifest.body).toMatchObject({ generation: 3, threshold: 2, count: 3 });
    const changed = await approvedRoster(admins, third.next);
    await committed(admins, changed);
    next = { ...third.next, roster: changed.roster };
    const recovery = await importedRecovery(admins, next, seededSurvey(deployment));
    expect((await committed(admins, recovery)).state).toBe('committed');
  });

  it('a new platform key beside it, whose custodians stay in the roster of the next refresh', async () => {
    const { admins } = service;
    const second = await approvedVersion(admins, next);
    await committed(admins, second.made);
    next = { ...next, roster: second.next.roster };
    const fourth = await approvedRefresh(admins, next);
    await committed(admins, fourth.made);
    expect(await trust()).toMatchObject({
      roster: fourth.next.roster.digest,
      versions: { v1: [fourth.next.manifest.digest], v2: [second.next.manifest.digest] },
    });
    next = fourth.next;
  });

  it('its log is kept, and comes to a fresh laptop in the chain', async () => {
    const { admins } = service;
    const { operator } = admins;
    const source = await refreshPackage(operator, next);
    const { bundle, bytes, next: fifth } = await makeRefreshLog(next, { source, until: 'bundle' });
    if (bundle === null) throw new Error('it came to its bundle');
    const { document } = bundle;
    const one = {
      bytes: bundleType.toBytes(document),
      digest: document.digest,
      nonce: document.body.nonce,
    };
    await importOf(one);
    await approveRotation(admins, { next: fifth, made: one });
    // Nothing of it is believed before the commit.
    await expect(operator.post('/v1/transcripts', bytes)).rejects.toMatchObject({
      code: 'transcript-other-set',
    });
    await committed(admins, one);
    await operator.post('/v1/transcripts', bytes);
    const file = await operator.get<FileAnswer>('/v1/chain');
    const { transcripts } = parseChain(bytesOf(file), set.mode);
    expect(transcripts.map(({ header }) => header)).toMatchObject([
      { kind: 'refresh', ceremonyId: fifth.ceremonyId },
    ]);
    next = fifth;
  });

  it('new shares follow it, and end every generation', async () => {
    const { admins } = service;
    const opened = await rotationPackage(admins, next);
    expect(opened.vaultComponent).toEqual(set.vaultComponent);
    const rotated = await approvedRotation(admins, next);
    await committed(admins, rotated.made);
    expect(await trust()).toMatchObject({ versions: { v1: [rotated.next.manifest.digest] } });
    const recovery = await importedRecovery(admins, rotated.next, seededSurvey(deployment));
    expect((await committed(admins, recovery)).state).toBe('committed');
    expect(recovery.kek).toEqual(deployment.checktick.kek);
  });
});
