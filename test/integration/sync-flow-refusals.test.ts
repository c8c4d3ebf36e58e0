import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { parseReceipt } from '../../shared/bundle/receipt.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { encodeEnvelope, type Envelope } from '../../shared/encoding/dsse.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import type { BundleAnswer, FileAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import { makeShareSet, makeTicket, type TestShareSet } from '../support/documents.ts';
import { makeCast } from '../support/people.ts';
import {
  approvedRequest,
  approvedSetup,
  committed,
  type MadeBundle,
  receiptFor,
  recoverBundle,
  releasedPackage,
  setupBundle,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { bytesOf } from '../support/sync-client.ts';
import {
  deploy,
  type Deployment,
  type Servers,
  type Service,
  startServers,
  stopServers,
} from '../support/sync-service.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(async () => {
  await stopServers(servers);
});

/** Lets the database show a later time once; its real clock then stands behind, as if set back. */
async function clockShowed(deployment: Deployment, interval: string): Promise<void> {
  await deployment.sql(
    `UPDATE conclave.clock SET highest = greatest(highest, clock_timestamp()) + $1::interval`,
    [interval],
  );
}

function changed(bytes: Uint8Array, change: (envelope: Envelope) => Envelope): Uint8Array {
  const document = bundleType.parse(bytes, 'production');
  return encodeEnvelope(change(document.envelope));
}

describe('a setup bundle', () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let made: MadeBundle;
  const words = (): string => eightWords(hexToBytes(set.manifest.digest));

  beforeAll(async () => {
    deployment = await deploy({ servers });
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
    await expect(both.post(`${path}/approve`, approve)).rejects.toMatchObject({
      code: 'own-approval',
    });
    const { operator, approver1 } = service.admins;
    await expect(operator.post(`${path}/approve`, approve)).rejects.toMatchObject({
      code: 'wrong-role',
    });
    await expect(service.as('auditor').post(`${path}/commit`)).rejects.toMatchObject({
      code: 'wrong-role',
    });
    await expect(
      approver1.post(`${path}/approve`, { ...approve, words: eightWords(randomBytes(32)) }),
    ).rejects.toMatchObject({ code: 'words-differ' });
    await approver1.post(`${path}/approve`, approve);
    await expect(approver1.post(`${path}/approve`, approve)).rejects.toMatchObject({
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

describe('a recovery', () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let about: { userId: number; surveyId: number };

  beforeAll(async () => {
    deployment = await deploy({ servers });
    service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
    await committed(service.admins, await approvedSetup(service.admins, set));
    await deployment.escrow(set.platformKey);
    const { people, survey } = deployment.checktick;
    about = { userId: people.requester.id, surveyId: survey.id };
  });
  afterAll(async () => {
    await deployment.stop();
  });

  const newRequest = async () =>
    service.admins.operator.post<{ code: string }>('/v1/requests', {
      ...about,
      delayHours: 0,
      reason: 'forgotten',
      verified: 'photo id and video call',
    });
  const ask = (code: string, ticket: Uint8Array, digest: string) =>
    service.admins.operator.post<PackageAnswer>('/v1/packages/recover', {
      requestCode: code,
      ticket: Buffer.from(ticket).toString('base64'),
      words: eightWords(hexToBytes(digest)),
    });
  const reason = { reason: 'looked at' };

  it('is asked for about somebody and something that exist', async () => {
    const post = (change: object) =>
      service.admins.operator.post('/v1/requests', {
        ...about,
        reason: 'r',
        verified: 'v',
        ...change,
      });
    await expect(post({ userId: 999 })).rejects.toMatchObject({ code: 'request-about-nothing' });
    await expect(post({ surveyId: 999 })).rejects.toMatchObject({ code: 'request-about-nothing' });
    const { id } = deployment.checktick.people.operator;
    await expect(post({ userId: id })).rejects.toMatchObject({ code: 'escrow-missing' });
    await expect(service.admins.operator.get('/v1/requests/AAA-000-AAA')).rejects.toMatchObject({
      code: 'request-unknown',
    });
  });

  it('has no shorter delay than this sync was told', async () => {
    const patient = await deployment.start({ env: { CONCLAVE_DELAY_HOURS: '48' } });
    const post = (delayHours: number) =>
      patient.admins.operator.post('/v1/requests', {
        ...about,
        delayHours,
        reason: 'forgotten',
        verified: 'photo id and video call',
      });
    await expect(post(47)).rejects.toMatchObject({ code: 'delay-too-short' });
    expect(await post(72)).toMatchObject({ status: 'awaiting_primary', delayHours: 72 });
    await patient.stop();
  });

  it('is approved by two others, never by its user, its requester, or one person twice', async () => {
    const { code } = await newRequest();
    const path = `/v1/requests/${code}/approve`;
    // The user of the survey, as an admin: neither for himself nor for what he asked for.
    await expect(service.as('both').post(path, reason)).rejects.toMatchObject({
      code: 'own-approval',
    });
    await service.admins.approver1.post(path, reason);
    await expect(service.admins.approver1.post(path, reason)).rejects.toMatchObject({
      code: 'approved-already',
    });
    await service.admins.approver2.post(path, reason);
    await expect(service.admins.approver2.post(path, reason)).rejects.toMatchObject({
      code: 'request-state',
    });
  });

  it('takes a ticket of an operator of the roster, with its words, once', async () => {
    const { code } = await approvedRequest(service.admins, about);
    const ticket = await makeTicket(set);
    const bytes = ticketType.toBytes(ticket.document);
    await expect(ask(code, bytes, 'ab'.repeat(32))).rejects.toMatchObject({
      code: 'words-differ',
    });
    const stranger = await makeTicket({ ...set, cast: makeCast('production') });
    await expect(
      ask(code, ticketType.toBytes(stranger.document), stranger.document.digest),
    ).rejects.toMatchObject({ code: 'ticket-not-operator' });
    const elsewhere = await makeTicket({
      ...set,
      sync: { ...set.sync, audience: 'ab'.repeat(16) },
    });
    await expect(
      ask(code, ticketType.toBytes(elsewhere.document), elsewhere.document.digest),
    ).rejects.toMatchObject({ code: 'other-audience' });
    const asked = await ask(code, bytes, ticket.document.digest);
    await expect(ask(code, bytes, ticket.document.digest)).rejects.toMatchObject({
      code: 'ticket-used',
    });
    await expect(
      service.admins.operator.get(`/v1/packages/${asked.nonce}/file`),
    ).rejects.toMatchObject({ code: 'package-state' });
    const path = `/v1/packages/${asked.nonce}/approve`;
    await service.admins.approver1.post(path, reason);
    await expect(service.admins.approver1.post(path, reason)).rejects.toMatchObject({
      code: 'approved-already',
    });
  });

  it('has its package released after the delay only, and only while the two sides agree', async () => {
    const { code } = await approvedRequest(service.admins, { ...about, delayHours: 48 });
    const ticket = await makeTicket(set);
    const { nonce } = await ask(code, ticketType.toBytes(ticket.document), ticket.document.digest);
    const path = `/v1/packages/${nonce}/approve`;
    await expect(service.admins.approver1.post(path, reason)).rejects.toMatchObject({
      code: 'request-waits',
    });
    await clockShowed(deployment, '49 hours');
    await service.admins.approver1.post(path, reason);
    const change = `UPDATE surveys_platformkeyversion SET vault_component = $1`;
    await deployment.sql(change, [Buffer.from(randomBytes(64))]);
    await expect(service.admins.approver2.post(path, reason)).rejects.toMatchObject({
      code: 'kv-row-differ',
    });
    await deployment.sql(change, [Buffer.from(set.vaultComponent)]);
    // His approval stands; asking again goes on with the release.
    const released = await service.admins.approver2.post<PackageAnswer>(path, reason);
    expect(released.state).toBe('released');
  });

  async function imported(): Promise<MadeBundle & { code: string }> {
    const { code } = await approvedRequest(service.admins, about);
    const flow = await releasedPackage(service.admins, set, code);
    const made = await recoverBundle(service.admins.operator, set, flow);
    await service.admins.operator.post('/v1/bundles', made.bytes);
    return { ...made, code };
  }

  it('ends with a negative receipt when its request was stopped meanwhile', async () => {
    const made = await imported();
    await service.admins.approver1.post(`/v1/requests/${made.code}/reject`, reason);
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'request-state' });
    const receipt = await receiptFor(service.admins.operator, set, made.digest);
    expect(receipt.body).toMatchObject({ outcome: 'refused' });
    expect(await deployment.kv(`conclave/claims/${made.digest}`)).toBeNull();
    await expect(
      service.admins.approver1.post(`/v1/requests/${made.code}/cancel`, reason),
    ).rejects.toMatchObject({ code: 'request-state' });
  });

  it('overwrites nothing when the user got in again meanwhile', async () => {
    const made = await imported();
    const [before] = await deployment.sql('SELECT encrypted_kek_password FROM surveys_survey');
    await deployment.sql(`UPDATE surveys_survey SET encrypted_kek_password = '\\x00'`);
    await expect(committed(service.admins, made)).rejects.toMatchObject({
      code: 'survey-changed',
    });
    await deployment.sql('UPDATE surveys_survey SET encrypted_kek_password = $1', [
      before?.['encrypted_kek_password'],
    ]);
    expect((await committed(service.admins, made)).state).toBe('committed');
  });

  it('whose facts differ from the package’s is refused', async () => {
    const { code } = await approvedRequest(service.admins, about);
    const made = await recoverBundle(
      service.admins.operator,
      set,
      await releasedPackage(service.admins, set, code),
    );
    const { body } = bundleType.parse(made.bytes, 'production');
    if (body.kind !== 'recover') throw new Error('a recovery was made');
    const other = { ...body, facts: { ...body.facts, userId: body.facts.userId + 1 } };
    const signers = [...set.quorum, set.cast.operator.signer];
    await expect(
      service.admins.operator.post(
        '/v1/bundles',
        bundleType.toBytes(await bundleType.sign(other, signers)),
      ),
    ).rejects.toMatchObject({ code: 'package-differs' });
  });

  it('waits while the epochs differ: sync only answers status', async () => {
    const made = await imported();
    const setEpoch = async (epoch: number): Promise<void> => {
      await deployment.sql(`ALTER TABLE conclave.settings DISABLE TRIGGER settings_stay`);
      await deployment.sql('UPDATE conclave.settings SET epoch = $1', [epoch]);
      await deployment.sql(`ALTER TABLE conclave.settings ENABLE TRIGGER settings_stay`);
    };
    await setEpoch(2);
    await expect(committed(service.admins, made)).rejects.toMatchObject({
      code: 'trust-epoch-mismatch',
    });
    await expect(service.admins.operator.post('/v1/bundles', made.bytes)).rejects.toMatchObject({
      code: 'trust-epoch-mismatch',
    });
    const found = await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
    expect(found.state).toBe('waiting');
    await setEpoch(1);
    expect((await committed(service.admins, made)).state).toBe('committed');
  });

  it('gets a negative receipt when trust has moved on since its package', async () => {
    const made = await imported();
    const mount = deployment.env['VAULT_MOUNT'] ?? '';
    const trust = await deployment.kv('conclave/trust');
    await deployment.vault.api('POST', `${mount}/data/conclave/trust`, {
      data: { ...trust, epoch: 2 },
    });
    await deployment.sql('UPDATE conclave.settings SET epoch = 2');
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'trust-moved' });
    const receipt = await receiptFor(service.admins.operator, set, made.digest);
    expect(receipt.body).toMatchObject({ outcome: 'refused', epoch: 2 });
  });
});
