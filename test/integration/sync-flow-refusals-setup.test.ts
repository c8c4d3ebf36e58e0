import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { parseReceipt } from '../../shared/bundle/receipt.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import type { BundleAnswer, FileAnswer } from '../../sync/routes/answers.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import { makeCast } from '../support/people.ts';
import {
  approvedSetup,
  committed,
  type MadeBundle,
  receiptFor,
  setupBundle,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { bytesOf } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { changed, clockShowed, insertApproval } from '../support/sync-tricks.ts';

describe('a setup bundle', () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let made: MadeBundle;
  const words = (): string => eightWords(hexToBytes(set.manifest.digest));

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
    made = await setupBundle(service.admins.operator, set);
  });
  afterAll(async () => {
    await deployment.stop();
  });

  it.each<[string, string, () => Promise<Uint8Array> | Uint8Array]>([
    ['is empty', 'document-empty', () => new Uint8Array()],
    ['is cut off', 'document-damaged', () => made.bytes.slice(0, 5_000)],
    [
      'lacks a share signature',
      'signature-missing',
      () =>
        changed(made.bytes, (envelope) => ({
          ...envelope,
          signatures: envelope.signatures.filter(({ keyid }) => keyid !== set.quorum[0]?.keyid),
        })),
    ],
    [
      'lacks the operator’s signature',
      'signature-missing',
      () =>
        changed(made.bytes, (envelope) => ({
          ...envelope,
          signatures: envelope.signatures.filter(
            ({ keyid }) => keyid !== set.cast.operator.signer.keyid,
          ),
        })),
    ],
    [
      'has one share signature twice instead of another',
      'document-damaged',
      () =>
        changed(made.bytes, (envelope) => {
          const [first, second, third, fourth] = envelope.signatures;
          if (!first || !second || !third || !fourth) throw new Error('four sign');
          return { ...envelope, signatures: [first, first, third, fourth] };
        }),
    ],
    [
      'has two signatures swapped',
      'signature-wrong',
      () =>
        changed(made.bytes, (envelope) => {
          const [first, second, ...rest] = envelope.signatures;
          if (!first || !second) throw new Error('four sign');
          const swapped = [
            { keyid: first.keyid, sig: second.sig },
            { keyid: second.keyid, sig: first.sig },
          ];
          return { ...envelope, signatures: [...swapped, ...rest] };
        }),
    ],
    [
      'carries a stranger’s signature too',
      'signature-unknown',
      async () => {
        const { body } = bundleType.parse(made.bytes, 'production');
        const stranger = makeCast('production').witness.signer;
        const { operator } = set.cast;
        return bundleType.toBytes(
          await bundleType.sign(body, [...set.quorum, operator.signer, stranger]),
        );
      },
    ],
    [
      'is signed by another set than its manifest’s',
      'signature-unknown',
      async () => {
        const { body } = bundleType.parse(made.bytes, 'production');
        const other = await makeShareSet({ mode: 'production', sync: set.sync, cast: set.cast });
        return bundleType.toBytes(
          await bundleType.sign(body, [...other.quorum, set.cast.operator.signer]),
        );
      },
    ],
    [
      'was made for another sync',
      'other-audience',
      async () => {
        const { body } = bundleType.parse(made.bytes, 'production');
        const elsewhere = { ...body, audience: 'ab'.repeat(16) };
        return bundleType.toBytes(
          await bundleType.sign(elsewhere, [...set.quorum, set.cast.operator.signer]),
        );
      },
    ],
    [
      'is a rehearsal’s',
      'document-other-mode',
      async () => {
        const { body } = bundleType.parse(made.bytes, 'production');
        return bundleType.toBytes(
          await bundleType.sign({ ...body, mode: 'rehearsal' }, [...set.quorum]),
        );
      },
    ],
    [
      'answers no package of this sync',
      'package-unknown',
      async () => {
        const { body } = bundleType.parse(made.bytes, 'production');
        const other = { ...body, nonce: 'cd'.repeat(16) };
        return bundleType.toBytes(
          await bundleType.sign(other, [...set.quorum, set.cast.operator.signer]),
        );
      },
    ],
    [
      'repeats another package digest',
      'package-differs',
      async () => {
        const { body } = bundleType.parse(made.bytes, 'production');
        const other = { ...body, packageDigest: 'cd'.repeat(32) };
        return bundleType.toBytes(
          await bundleType.sign(other, [...set.quorum, set.cast.operator.signer]),
        );
      },
    ],
    [
      'holds a component that does not fit its check value',
      'component-wrong',
      async () =>
        (await setupBundle(service.admins.operator, set, { secret: randomBytes(64) })).bytes,
    ],
    [
      'names a sync other than this one in its manifest',
      'manifest-differs',
      async () => {
        const foreign = await makeShareSet({ mode: 'production' });
        const own = { ...foreign, sync: set.sync };
        return (await setupBundle(service.admins.operator, own)).bytes;
      },
    ],
  ])('that %s is refused as %s; nothing is kept, no nonce burnt', async (_what, code, bytes) => {
    const upload = await bytes();
    await expect(service.admins.operator.post('/v1/bundles', upload)).rejects.toMatchObject({
      code,
    });
    expect(await deployment.sql('SELECT digest FROM conclave.bundles')).toEqual([]);
    expect(await deployment.sql('SELECT sequence FROM conclave.receipts')).toEqual([]);
  });

  it('larger than the limit is refused before it is read', async () => {
    await expect(
      service.admins.operator.post('/v1/bundles', new Uint8Array(2 * 1_048_576)),
    ).rejects.toMatchObject({ code: 'request-too-large' });
  });

  it('is imported by one and approved by two others, who type the words', async () => {
    const both = service.as('both');
    const path = `/v1/bundles/${made.digest}`;
    const approve = { words: words(), reason: 'seen on paper' };
    await both.post('/v1/bundles', made.bytes);
    // The same file again is the same bundle.
    await service.admins.operator.post('/v1/bundles', made.bytes);
    const stripped = changed(made.bytes, (envelope) => ({
      ...envelope,
      signatures: envelope.signatures.slice(1),
    }));
    await expect(both.post('/v1/bundles', stripped)).rejects.toMatchObject({
      code: 'bundle-differs',
    });
    await expect(both.approve('bundle-approve', made.digest, approve)).rejects.toMatchObject({
      code: 'own-approval',
    });
    const { operator, approver1 } = service.admins;
    await expect(operator.approve('bundle-approve', made.digest, approve)).rejects.toMatchObject({
      code: 'wrong-role',
    });
    await expect(service.as('auditor').post(`${path}/commit`)).rejects.toMatchObject({
      code: 'wrong-role',
    });
    await expect(
      approver1.approve('bundle-approve', made.digest, {
        ...approve,
        words: eightWords(randomBytes(32)),
      }),
    ).rejects.toMatchObject({ code: 'words-differ' });
    await approver1.approve('bundle-approve', made.digest, approve);
    await expect(approver1.approve('bundle-approve', made.digest, approve)).rejects.toMatchObject({
      code: 'approved-already',
    });
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'bundle-state' });
  });

  it('that an approver refuses gets a negative receipt, and its nonce is burnt', async () => {
    const path = `/v1/bundles/${made.digest}`;
    await service.admins.approver2.post(`${path}/refuse`, { reason: 'a sheet was photographed' });
    const receipt = await receiptFor(service.admins.operator, set, made.digest);
    expect(receipt.body).toMatchObject({ outcome: 'refused', epoch: 0, readBack: [] });
    expect(receipt.body.statement).toContain('a sheet was photographed');
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'bundle-state' });
    expect(await deployment.kv(`conclave/packages/${made.nonce}`)).toBeNull();
    expect(await deployment.kv('platform/master-key')).toBeNull();
    const again = await receiptFor(service.admins.operator, set, made.digest);
    expect(again).toEqual(receipt);
  });

  it('waits for its delay, which a clock set back does not shorten', async () => {
    const patient = await deployment.start({ env: { CONCLAVE_DELAY_HOURS: '48' } });
    const next = await approvedSetup(patient.admins, set);
    await expect(committed(patient.admins, next)).rejects.toMatchObject({
      code: 'bundle-too-early',
    });
    // Two bundles for one nonce: the second is refused, however well it is signed.
    const twin = await setupBundle(patient.admins.operator, set, { nonce: next.nonce });
    await expect(patient.admins.operator.post('/v1/bundles', twin.bytes)).rejects.toMatchObject({
      code: 'package-spent',
    });
    await clockShowed(deployment, '8 days');
    // The delay is over, and so is the package: expired for ever, with a receipt.
    await expect(committed(patient.admins, next)).rejects.toMatchObject({
      code: 'package-expired',
    });
    const receipt = await receiptFor(patient.admins.operator, set, next.digest);
    expect(receipt.body).toMatchObject({ outcome: 'expired', sequence: 2 });
    await patient.stop();
  });

  it('imported after its package expired gets its negative receipt at once', async () => {
    const late = await setupBundle(service.admins.operator, set);
    await clockShowed(deployment, '8 days');
    const found = await service.admins.operator.post<BundleAnswer>('/v1/bundles', late.bytes);
    expect(found.state).toBe('expired');
    const receipt = await receiptFor(service.admins.operator, set, late.digest);
    expect(receipt.body).toMatchObject({ outcome: 'expired', sequence: 3 });
  });

  it('never comes: its expired package has a receipt all the same', async () => {
    const file = await service.admins.operator.post<FileAnswer & { nonce: string }>(
      '/v1/packages/setup',
      { keyVersion: 'v1' },
    );
    const path = `/v1/packages/${file.nonce}/receipt`;
    await expect(service.admins.operator.get(path)).rejects.toMatchObject({
      code: 'receipt-none',
    });
    await clockShowed(deployment, '8 days');
    const receipt = parseReceipt(
      bytesOf(await service.admins.operator.get<FileAnswer>(path)),
      'production',
      set.sync,
    );
    expect(receipt.body).toMatchObject({ outcome: 'expired', bundleDigest: null, sequence: 4 });
  });

  it('is approved by nobody who asked for its package, whoever imported it', async () => {
    const both = service.as('both');
    const { operator, approver1 } = service.admins;
    const next = await setupBundle(both, set);
    await operator.post('/v1/bundles', next.bytes);
    const approve = { words: words(), reason: 'seen on paper' };
    await expect(both.approve('bundle-approve', next.digest, approve)).rejects.toMatchObject({
      code: 'own-approval',
    });
    const { statement } = await approver1.show('bundle-approve', next.digest, approve);
    expect(new Map(statement.facts).get('package asked for by')).toBe('both');
    await approver1.approve('bundle-approve', next.digest, approve);
    // Even with his true signature beside the first one and the state written by hand.
    await insertApproval(deployment, 'both', statement);
    await deployment.sql(
      `UPDATE conclave.bundles SET state = 'waiting', not_before = received_at + interval '1 hour'
        WHERE digest = decode($1, 'hex')`,
      [next.digest],
    );
    await clockShowed(deployment, '2 hours');
    await expect(committed(service.admins, next)).rejects.toMatchObject({
      code: 'approvals-missing',
    });
    await approver1.post(`/v1/bundles/${next.digest}/refuse`, { reason: 'a test' });
  });

  it('stops for a person when Vault holds another value, and goes on when it is gone', async () => {
    const next = await approvedSetup(service.admins, set);
    const mount = deployment.env['VAULT_MOUNT'] ?? '';
    const place = `${mount}/data/platform/master-key`;
    const foreign = { vault_component: 'ab'.repeat(64) };
    await deployment.vault.api('POST', place, { data: foreign });
    await expect(committed(service.admins, next)).rejects.toMatchObject({ code: 'third-value' });
    expect(await deployment.kv('platform/master-key')).toEqual(foreign);
    expect(await deployment.sql('SELECT version FROM surveys_platformkeyversion')).toEqual([]);
    await deployment.vault.api('DELETE', `${mount}/metadata/platform/master-key`);
    expect((await committed(service.admins, next)).state).toBe('committed');
  });

  it('is not made for a sync that has a key', async () => {
    await expect(
      service.admins.operator.post('/v1/packages/setup', { keyVersion: 'v2' }),
    ).rejects.toMatchObject({ code: 'trust-exists' });
  });
});
