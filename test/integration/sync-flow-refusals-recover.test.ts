import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import type { BundleAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import { makeTicket } from '../support/documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { makeCast } from '../support/people.ts';
import {
  approvedRequest,
  committed,
  importedRecovery,
  receiptFor,
  recoverBundle,
  releasedPackage,
  seededSurvey,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import type { Caller } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { clockShowed } from '../support/sync-tricks.ts';

const CHECKED = { checks: ['photo-id', 'video'], reference: '2026-17' };

describe('a recovery', () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let about: { userId: number; surveyId: number };

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
    about = seededSurvey(deployment);
  });
  afterAll(async () => {
    await deployment.stop();
  });

  const newRequest = async () =>
    service.admins.operator.post<{ code: string }>('/v1/requests', {
      ...about,
      delayHours: 0,
      reason: 'forgotten',
      ...CHECKED,
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
        ...CHECKED,
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
        ...CHECKED,
      });
    await expect(post(47)).rejects.toMatchObject({ code: 'delay-too-short' });
    expect(await post(72)).toMatchObject({ status: 'awaiting_primary', delayHours: 72 });
    await patient.stop();
  });

  it('is approved by two others, never by its user, its requester, or one person twice', async () => {
    const { code } = await newRequest();
    // The user of the survey, as an admin: neither for himself nor for what he asked for.
    const approve = (who: Caller) => who.approve('request-approve', code, reason);
    await expect(approve(service.as('both'))).rejects.toMatchObject({
      code: 'own-approval',
    });
    await approve(service.admins.approver1);
    await expect(approve(service.admins.approver1)).rejects.toMatchObject({
      code: 'approved-already',
    });
    await approve(service.admins.approver2);
    await expect(approve(service.admins.approver2)).rejects.toMatchObject({
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
    const release = (who: Caller) => who.approve('package-release', asked.nonce, reason);
    await release(service.admins.approver1);
    await expect(release(service.admins.approver1)).rejects.toMatchObject({
      code: 'approved-already',
    });
  });

  it('has its package released after the delay only, and only while the two sides agree', async () => {
    const { code } = await approvedRequest(service.admins, { ...about, delayHours: 48 });
    const ticket = await makeTicket(set);
    const { nonce } = await ask(code, ticketType.toBytes(ticket.document), ticket.document.digest);
    const release = (who: Caller) => who.approve('package-release', nonce, reason);
    await expect(release(service.admins.approver1)).rejects.toMatchObject({
      code: 'request-waits',
    });
    await clockShowed(deployment, '49 hours');
    await release(service.admins.approver1);
    const change = `UPDATE surveys_platformkeyversion SET vault_component = $1`;
    await deployment.sql(change, [Buffer.from(randomBytes(64))]);
    await expect(release(service.admins.approver2)).rejects.toMatchObject({
      code: 'release-unfinished',
      problem: { title: expect.stringContaining('different vault components') as string },
    });
    await deployment.sql(change, [Buffer.from(set.vaultComponent)]);
    // His approval stands; asking again goes on with the release.
    const released = await release(service.admins.approver2);
    expect(released.package?.state).toBe('released');
  });

  const imported = () => importedRecovery(service.admins, set, about);

  it('ends with a negative receipt when its request was stopped meanwhile', async () => {
    const made = await imported();
    await service.admins.approver1.post(`/v1/requests/${made.code}/reject`, reason);
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'bundle-state' });
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
