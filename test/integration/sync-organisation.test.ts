/**
 * An owner who forgot the passphrase, on a real Vault and PostgreSQL under sync's own least rights: who
 * may start it, what goes out, what is written, and what is left alone and named.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { vaultPaths } from '../../shared/checktick/index.ts';
import type { BundleAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import { makeTicket } from '../support/documents.ts';
import { NEW_WORDS } from '../support/organisation-documents.ts';
import { makeCast } from '../support/people.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedSetup,
  committed,
  type MadeBundle,
  receiptFor,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import {
  approvedOrganisation,
  approveOrganisation,
  askedOrganisation,
  askingFor,
  keepEntry,
  linkTables,
  makeOrganisation,
  openedWith,
  type OpenedOrganisation,
  organisationBundle,
  plant,
  releasedOrganisation,
  type TestOrganisation,
} from '../support/sync-organisation.ts';
import {
  deployMailing,
  type MailedDeployment,
  type MailingService,
} from '../support/sync-public.ts';
import type { Deployment } from '../support/sync-service.ts';

const code = (name: string) => expect.objectContaining({ code: name }) as Error;
const CUSTODIAN = 'custodian.1@hospital.example';

describe('an owner who forgot the passphrase', { retry: 0 }, () => {
  let mailed: MailedDeployment;
  let deployment: Deployment;
  let service: MailingService;
  let set: TestShareSet;
  let organisation: TestOrganisation;
  let opened: OpenedOrganisation;
  let made: MadeBundle;

  const entryOf = (id: number) => deployment.kv(vaultPaths.surveyKek(id));
  const entries = async (): Promise<Record<string, unknown>> => {
    const all: Record<string, unknown> = {};
    for (const [name, { id }] of Object.entries(organisation.surveys))
      all[name] = await entryOf(id);
    return all;
  };
  const asked = (change: Readonly<Record<string, unknown>> = {}) =>
    askedOrganisation(service.admins.operator, set, organisation.id, change);
  const importOf = ({ bytes }: MadeBundle) =>
    service.admins.operator.post<BundleAnswer>('/v1/bundles', bytes);

  beforeAll(async () => {
    mailed = await deployMailing('custodian 1', CUSTODIAN);
    ({ deployment, service } = mailed);
    const { cast } = mailed;
    set = await shareSetFor(service.admins.operator, deployment.mode, { cast });
    await committed(service.admins, await approvedSetup(service.admins, set));
  });
  afterAll(() => mailed?.stop());

  it('asks for numbers where CheckTick’s table does not say whose a survey is', async () => {
    const { operator } = service.admins;
    const ask = (id: number) => askedOrganisation(operator, set, id);
    await expect(ask(999)).rejects.toThrow(code('organisation-unknown'));
    await deployment.sql('INSERT INTO surveys_organization DEFAULT VALUES');
    await expect(ask(1)).rejects.toThrow(code('organisation-surveys-unknown'));
    await linkTables(deployment);
    await expect(ask(1)).rejects.toThrow(code('organisation-none-helped'));
    organisation = await makeOrganisation(deployment, set);
    const { unescrowed } = organisation.surveys;
    const surveys = (surveyId: number, teamId: number | null) =>
      asked({ surveys: [{ surveyId, teamId }] });
    await expect(surveys(9_999, 9)).rejects.toThrow(code('organisation-survey-unknown'));
    await expect(surveys(unescrowed.id, 8)).rejects.toThrow(code('organisation-differs'));
    await expect(surveys(unescrowed.id, 9)).rejects.toThrow(code('organisation-none-helped'));
    const twice = [8, 9].map((teamId) => ({ surveyId: unescrowed.id, teamId }));
    await expect(asked({ surveys: twice })).rejects.toThrow(code('request-invalid'));
    await expect(asked({ passphrase: 'continued' })).rejects.toThrow(
      code('organisation-not-begun'),
    );
  });

  it('one admin alone gets nothing: not the asking one, not the owner, not one approver', async () => {
    const { operator, approver1 } = service.admins;
    const path = '/v1/packages/migrate-organisation';
    const ticket = await makeTicket(set, undefined, 'rotate-shares');
    await expect(operator.post(path, askingFor(organisation.id, ticket))).rejects.toThrow(
      code('ticket-other-kind'),
    );
    const stranger = await makeTicket({ ...set, cast: makeCast('production') });
    await expect(operator.post(path, askingFor(organisation.id, stranger))).rejects.toThrow(
      code('ticket-not-operator'),
    );
    const own = await makeTicket(set);
    await expect(approver1.post(path, askingFor(organisation.id, own))).rejects.toThrow(
      code('wrong-role'),
    );
    const both = service.as('both');
    const { nonce } = await askedOrganisation(both, set, organisation.id);
    const entry = { reason: 'called the owner back' };
    await expect(both.show('package-release', nonce, entry)).rejects.toThrow(code('own-approval'));
    await deployment.sql('UPDATE surveys_organization SET owner_id = $1', [
      deployment.checktick.people['approver-1'].id,
    ]);
    const ofOwner = await asked();
    await expect(approver1.show('package-release', ofOwner.nonce, entry)).rejects.toThrow(
      code('own-approval'),
    );
    await deployment.sql('UPDATE surveys_organization SET owner_id = $1', [
      deployment.checktick.people.auditor.id,
    ]);
    await approver1.approve('package-release', nonce, entry);
    await expect(operator.get(`/v1/packages/${nonce}/file`)).rejects.toThrow(code('package-state'));
  });

  it('approvers read who was checked and how, every survey, and why the others stay', async () => {
    const { approver1, approver2, operator } = service.admins;
    const one = await asked();
    const { statement } = await approver1.show('package-release', one.nonce, { reason: 'read' });
    expect(statement.sentence).toContain('users’ escrows of 3 surveys of organisation');
    const facts = statement.facts.map(([label, value]) => `${label}: ${value}`).join('\n');
    const { byCheckTick, ofItself, sealed, unescrowed, unproved, damaged, unkept } =
      organisation.surveys;
    for (const text of [
      'how the organisation was checked: register of companies, file 12',
      'how the owner was checked: photo id, file 12',
      'owner: owner 1',
      `survey ${byCheckTick.id} (team 9) “byCheckTick” by the escrow of user`,
      `survey ${ofItself.id} “ofItself”`,
      `survey ${sealed.id} (team 9) “sealed”`,
      `no user’s escrow keeps its key: survey ${unescrowed.id} (team 9)`,
      `the user’s escrow is damaged: survey ${damaged.id}`,
      `to compare it with: survey ${unproved.id} (team 9)`,
      `Vault holds no stored key of it for the organisation: survey ${unkept.id} (team 9)`,
    ]) {
      expect(facts).toContain(text);
    }
    await approver1.approve('package-release', one.nonce, { reason: 'read' });
    // What the approvers were shown is what goes out, or nothing does.
    const kept = await entryOf(sealed.id);
    await keepEntry(deployment, set, organisation.id, sealed, 'Somebody else wrote meanwhile');
    await expect(
      approver2.approve('package-release', one.nonce, { reason: 'read' }),
    ).rejects.toThrow(code('release-unfinished'));
    await deployment.writeKv(vaultPaths.surveyKek(sealed.id), kept ?? {});
    await deployment.sql(
      `UPDATE conclave.packages SET facts = jsonb_set(facts, '{about,owner}', '"owner 2"')
        WHERE nonce = decode($1, 'hex')`,
      [one.nonce],
    );
    // Both approved another statement: two more are needed.
    await approver2.approve('package-release', one.nonce, { reason: 'read' });
    expect(await operator.get<PackageAnswer>(`/v1/packages/${one.nonce}`)).toMatchObject({
      kind: 'migrate-organisation',
      state: 'requested',
    });
  });

  it('the package brings escrows of both kinds, and what only the old passphrase opens is named', async () => {
    opened = await releasedOrganisation(service.admins, set, await asked());
    const { body } = opened.document;
    const { byCheckTick, ofItself, sealed, unproved } = organisation.surveys;
    expect(body).toMatchObject({
      facts: { organisationName: 'Ward group', owner: 'owner 1', keyVersion: 'v1' },
      continues: null,
      further: 0,
    });
    expect(body.surveys).toMatchObject([
      { surveyId: byCheckTick.id, teamId: 9, escrow: { kind: 'checktick' }, keyHash: 'sealed' },
      { surveyId: ofItself.id, teamId: null, escrow: { kind: 'checktick' }, keyHash: 'none' },
      { surveyId: sealed.id, teamId: 9, escrow: { kind: 'sealed' }, keyHash: 'sealed' },
    ]);
    expect(body.left.map(({ why }) => why)).toEqual([
      'no-escrow',
      'nothing-proves-it',
      'damaged',
      'no-entry',
    ]);
    expect(body.left[1]?.surveyId).toBe(unproved.id);
    expect(opened.secrets.vaultComponent).toEqual(set.vaultComponent);
  });

  it('a bundle that leaves out, adds or changes a survey is refused', async () => {
    const right = await organisationBundle(set, organisation, opened);
    const { body } = bundleType.parse(right.bytes, set.mode);
    if (body.kind !== 'migrate-organisation') throw new Error('another kind');
    const [first, ...rest] = body.moved;
    if (first === undefined) throw new Error('there is one');
    for (const change of [
      { moved: rest },
      { moved: [{ ...first, teamId: 8 }, ...rest] },
      { facts: { ...body.facts, owner: 'owner 2' } },
      { passphrase: 'continued' as const },
    ]) {
      const wrong = await organisationBundle(set, organisation, opened, { change });
      await expect(importOf(wrong)).rejects.toThrow(code('package-differs'));
    }
  });

  it('waits for two, tells custodians, owner and users, and whoever of them objects ends it', async () => {
    const before = await entries();
    made = await organisationBundle(set, organisation, opened);
    expect(await importOf(made)).toMatchObject({ kind: 'migrate-organisation', state: 'verified' });
    await expect(committed(service.admins, made)).rejects.toThrow(code('bundle-state'));
    const { items } = await service.admins.approver1.get<QueueAnswer>('/v1/queue');
    const item = items.find(({ subject }) => subject === made.digest);
    expect(item?.approve).toMatchObject({ action: 'bundle-approve', words: false });
    expect(item?.request).toBeNull();
    await approveOrganisation(service.admins, made);
    const mails = await deployment.sql<{ recipient: string; body: string }>(
      `SELECT recipient, body FROM conclave.outbox
        WHERE bundle_digest = decode($1, 'hex') AND key LIKE '%:delay:%' ORDER BY recipient`,
      [made.digest],
    );
    const { requester, auditor } = deployment.checktick.people;
    const text = (to: string) => mails.find(({ recipient }) => recipient === to)?.body ?? '';
    expect(text(CUSTODIAN)).toContain('the people who guard the keys');
    for (const { email } of [requester, auditor]) {
      expect(text(email)).toContain('because a survey of yours in CheckTick is concerned');
      expect(text(email)).toContain(`survey ${organisation.surveys.sealed.id} (team 9)`);
    }
    const token = /\/object\/(\S+)/.exec(text(requester.email))?.[1] ?? '';
    expect((await service.visit(token, 'POST')).status).toBe(200);
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body).toMatchObject({ kind: 'migrate-organisation', outcome: 'objected' });
    await expect(committed(service.admins, made)).rejects.toThrow(code('bundle-state'));
    expect(await entries()).toEqual(before);
  });

  it('is committed once: three surveys open with the new passphrase, the others are as they were', async () => {
    const before = await entries();
    made = await approvedOrganisation(service.admins, set, organisation);
    expect(await entries()).toEqual(before);
    await committed(service.admins, made);
    await committed(service.admins, made);
    const after = await entries();
    const { byCheckTick, ofItself, sealed, ...others } = organisation.surveys;
    for (const survey of [byCheckTick, ofItself, sealed]) {
      expect(await openedWith(deployment, set, organisation.id, survey)).toEqual(survey.kek);
      expect(await entryOf(survey.id)).toMatchObject({ remark: 'kept', algorithm: 'AES-256-GCM' });
    }
    for (const name of Object.keys(others)) expect(after[name]).toEqual(before[name]);
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body).toMatchObject({
      outcome: 'committed',
      epoch: 1,
      readBack: [
        `Vault surveys/…/kek: ${byCheckTick.id}, ${ofItself.id}, ${sealed.id}`,
        `Vault organizations/${organisation.id}/master-key`,
      ],
    });
    expect(body.statement).toContain('are wrapped under the new passphrase.');
    expect(await deployment.kv(`organizations/${organisation.id}/master-key`)).toMatchObject({
      org_id: organisation.id,
      passphrase_changed_by: made.digest,
    });
    expect(
      await deployment.sql(
        `SELECT organization_id::int AS organisation, action, severity, metadata -> 'surveys' AS surveys
           FROM surveys_auditlog WHERE action = 'key_recovery' AND scope = 'security'`,
      ),
    ).toEqual([
      {
        organisation: organisation.id,
        action: 'key_recovery',
        severity: 'critical',
        surveys: [byCheckTick.id, ofItself.id, sealed.id],
      },
    ]);
    expect(
      await deployment.sql(`SELECT survey_id::int AS id FROM conclave.escrow_proofs ORDER BY 1`),
    ).toEqual([byCheckTick, ofItself, sealed].map(({ id }) => ({ id })));
  });

  it('a survey that got an escrow since goes on under the same passphrase, which has to open one', async () => {
    const { unescrowed, byCheckTick } = organisation.surveys;
    await plant(deployment, set, unescrowed, 'checktick');
    const one = await asked({ passphrase: 'continued' });
    const next = await releasedOrganisation(service.admins, set, one);
    const { body } = next.document;
    expect(body.continues).toEqual({ surveyId: byCheckTick.id, teamId: 9 });
    expect(body.surveys.map(({ surveyId }) => surveyId)).toEqual([unescrowed.id]);
    expect(next.secrets.entry).toHaveLength(60);
    made = await organisationBundle(set, organisation, next, { words: NEW_WORDS });
    await importOf(made);
    await approveOrganisation(service.admins, made);
    await committed(service.admins, made);
    expect(await openedWith(deployment, set, organisation.id, unescrowed)).toEqual(unescrowed.kek);
  });

  it('a survey that somebody else wrote since stays as he left it, and the receipt names it', async () => {
    const { byCheckTick, ofItself, sealed } = organisation.surveys;
    made = await approvedOrganisation(service.admins, set, organisation, { words: 'a third one' });
    await keepEntry(deployment, set, organisation.id, ofItself, 'Somebody else');
    // Its key is another one now: what the laptop wrapped would open nothing.
    await deployment.sql('UPDATE surveys_survey SET key_hash = $2 WHERE id = $1', [
      sealed.id,
      Buffer.alloc(32, 7),
    ]);
    const kept = [await entryOf(ofItself.id), await entryOf(sealed.id)];
    await committed(service.admins, made);
    expect([await entryOf(ofItself.id), await entryOf(sealed.id)]).toEqual(kept);
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body.statement).toContain(
      `left alone: survey ${ofItself.id}, survey ${sealed.id} (team 9).`,
    );
    const open = openedWith(deployment, set, organisation.id, byCheckTick, 'a third one');
    expect(await open).toEqual(byCheckTick.kek);
  });

  it('where all of them were written since, nothing is begun and the bundle can be refused', async () => {
    made = await approvedOrganisation(service.admins, set, organisation, { words: 'a fourth one' });
    for (const survey of Object.values(organisation.surveys)) {
      if ((await entryOf(survey.id)) === null) continue;
      await keepEntry(deployment, set, organisation.id, survey, 'Everything anew');
    }
    const before = await entries();
    await expect(committed(service.admins, made)).rejects.toThrow(code('organisation-all-changed'));
    expect(await entries()).toEqual(before);
    await service.admins.approver1.post(`/v1/bundles/${made.digest}/refuse`, { reason: 'changed' });
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body).toMatchObject({ outcome: 'refused', readBack: [] });
  });
});
