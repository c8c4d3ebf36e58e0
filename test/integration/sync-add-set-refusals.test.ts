/** What is refused of a further share set, at its package and at its bundle; and a custodian objects. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import { makeFurtherSet, type TestAddSetPackage } from '../support/add-set-documents.ts';
import { makeNextSet } from '../support/rotate-documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { addSetBundle, addSetPackage } from '../support/sync-add-set.ts';
import {
  approvedSetup,
  committed,
  type MadeBundle,
  receiptFor,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import {
  deployMailing,
  type MailedDeployment,
  type MailingService,
} from '../support/sync-public.ts';
import { approveRotation } from '../support/sync-rotate.ts';
import type { Deployment } from '../support/sync-service.ts';

const TRUST = 'conclave/trust';
const MAIL = 'custodian.2@hospital.example';

describe('a further share set is refused', { retry: 0 }, () => {
  let mailed: MailedDeployment;
  let deployment: Deployment;
  let service: MailingService;
  let set: TestShareSet;

  beforeAll(async () => {
    mailed = await deployMailing('custodian 2', MAIL);
    ({ deployment, service } = mailed);
    const { cast } = mailed;
    const { operator } = service.admins;
    set = await shareSetFor(operator, deployment.mode, { threshold: 2, count: 4, cast });
    await committed(service.admins, await approvedSetup(service.admins, set));
  });
  afterAll(() => mailed?.stop());

  const importOf = ({ bytes }: { readonly bytes: Uint8Array }) =>
    service.admins.operator.post<BundleAnswer>('/v1/bundles', bytes);

  it('the package has the set in force and a nonce, and nothing of Vault', async () => {
    const { operator, approver1 } = service.admins;
    const { body } = await addSetPackage(operator, set);
    expect(body).toMatchObject({ kind: 'add-set', keyVersion: 'v1', epoch: 1 });
    expect(body).not.toHaveProperty('sealed');
    expect(body).not.toHaveProperty('recipient');
    const ask = (asked: object, who = operator) => who.post('/v1/packages/add-set', asked);
    await expect(ask({ keyVersion: 'v9' })).rejects.toMatchObject({ code: 'no-trust' });
    await expect(ask({ keyVersion: 'v1', set: 'ab'.repeat(16) })).rejects.toMatchObject({
      code: 'set-not-trusted',
    });
    await expect(ask({ keyVersion: 'v1' }, approver1)).rejects.toMatchObject({
      code: 'wrong-role',
    });
    // The only set of the version is meant where none is named.
    await expect(ask({ keyVersion: 'v1' })).resolves.toMatchObject({ nonce: expect.any(String) });
  });

  describe('a bundle', () => {
    let source: TestAddSetPackage;
    let right: TestShareSet;
    beforeAll(async () => {
      source = await addSetPackage(service.admins.operator, set);
      right = await makeFurtherSet(set);
    });

    it.each<[string, string, () => Promise<MadeBundle>]>([
      [
        'with the name of the set in force',
        'set-not-beside',
        async () => addSetBundle(set, await makeFurtherSet(set, { label: '2026 A' }), source),
      ],
      [
        'with another component',
        'set-not-beside',
        async () => addSetBundle(set, await makeNextSet(set), source),
      ],
      [
        'in whose roster a custodian of the set in force is missing',
        'roster-holder-missing',
        async () => {
          const people = right.roster.body.people.filter(({ name }) => name !== 'custodian 4');
          const wrong = await makeFurtherSet(set, { rosterChange: { people }, cast: right.cast });
          return addSetBundle(set, wrong, source);
        },
      ],
      [
        'that the set itself signs, and not the one that gave its shares',
        'signature-unknown',
        async () => {
          const signers = [...right.quorum, right.cast.operator.signer];
          return addSetBundle(set, right, source, { signers });
        },
      ],
      [
        'that too few of them sign',
        'signature-missing',
        async () => {
          const signers = [...set.quorum.slice(1), right.cast.operator.signer];
          return addSetBundle(set, right, source, { signers });
        },
      ],
      [
        'for another version',
        'package-differs',
        async () => addSetBundle(set, right, source, { change: { keyVersion: 'v2' } }),
      ],
      [
        'that names another set',
        'set-not-trusted',
        async () =>
          addSetBundle(set, right, source, { change: { manifestDigest: 'ab'.repeat(32) } }),
      ],
    ])('%s, is refused and burns nothing', async (_, code, make) => {
      await expect(importOf(await make())).rejects.toMatchObject({ code });
    });

    it('that is right is taken; approvers read what stays and who comes, a custodian objects', async () => {
      const { approver1, operator } = service.admins;
      const one = await addSetBundle(set, right, source);
      expect(await importOf(one)).toMatchObject({ kind: 'add-set', state: 'verified' });
      const reason = 'seen on paper';
      const words = eightWords(hexToBytes(right.manifest.digest));
      const old = { reason, words: eightWords(hexToBytes(set.manifest.digest)) };
      await expect(approver1.show('bundle-approve', one.digest, old)).rejects.toMatchObject({
        code: 'words-differ',
      });
      const { statement } = await approver1.show('bundle-approve', one.digest, { reason, words });
      expect(statement.sentence).toBe(
        'Add a share set to platform key version v1: trust share set On-call, 2 of 4, beside those in force, which stay; no component changes.',
      );
      const facts = statement.facts.map(([label, value]) => `${label}: ${value}`).join('\n');
      expect(facts).toContain('in force, and stays: share set 2026 A, 2 of 4');
      expect(facts).toContain(
        'custodians of the new set: custodian 1, On-call 1, On-call 2, On-call 3',
      );
      expect(facts).toContain('who opens the key: Each set alone opens the key');
      expect(facts).toContain('change 1 of the roster: On-call 1 comes in as custodian');
      expect(facts).toContain('told by mail: 1 person');
      await approveRotation(service.admins, { next: right, made: one });
      const [row] = await deployment.sql<{ body: string }>(
        `SELECT body FROM conclave.outbox
          WHERE bundle_digest = decode($1, 'hex') AND recipient = $2 AND key LIKE '%:delay:%'`,
        [one.digest, MAIL],
      );
      expect(row?.body).toContain(
        'A further share set of platform key version v1 would be trusted: share set On-call: 4 custodians',
      );
      const token = /\/object\/(\S+)/.exec(row?.body ?? '')?.[1] ?? '';
      expect((await service.visit(token, 'POST')).status).toBe(200);
      const { body } = await receiptFor(operator, set, one.digest);
      expect(body).toMatchObject({ kind: 'add-set', outcome: 'objected', epoch: 1 });
      expect(await deployment.kv(TRUST)).toMatchObject({
        epoch: 1,
        versions: { v1: [set.manifest.digest] },
      });
    });
  });
});
