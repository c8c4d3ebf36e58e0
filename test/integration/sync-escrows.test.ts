/** CheckTick stores survey keys through sync: what is stored, what is refused, what is proved. */
import { ESCROW_ALGORITHM } from '../../shared/checktick/index.ts';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64 } from '@scure/base';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { sealEscrow } from '../../shared/escrow/escrow.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { sealedInDocument } from '../../shared/escrow/document.ts';
import type { EscrowKeyAnswer, EscrowListAnswer } from '../../sync/routes/escrow-answers.ts';
import { runSync } from '../support/sync-cli.ts';
import {
  type EscrowWorld,
  escrowWorld,
  inClear,
  newUnlock,
  post,
  type TestSurvey,
  vaultPath,
} from '../support/sync-escrows.ts';
import { type Servers, startServers, stopServers } from '../support/sync-service.ts';

describe('survey keys that CheckTick stores through sync', () => {
  let servers: Servers;
  let world: EscrowWorld;
  let escrowKey: string;

  beforeAll(async () => {
    servers = await startServers();
    world = await escrowWorld(servers);
    const found = await world.checktick().get<EscrowKeyAnswer>('/v1/escrows/key');
    expect(found.escrowKey).toBe(world.set.manifest.body.escrowKey);
    expect([found.audience, found.keyVersion]).toEqual([world.audience, 'v1']);
    ({ escrowKey } = found);
  });
  afterAll(async () => {
    await world?.deployment.stop();
    await stopServers(servers);
  });

  async function one(): Promise<TestSurvey> {
    const [survey] = await world.surveys(1);
    return survey ?? expect.fail('no survey');
  }
  const sealedOf = (survey: TestSurvey, place = world.placeOf(survey)) =>
    sealEscrow(escrowKey, place, survey.kek);
  const sealedItem = (survey: TestSurvey, sealed: Uint8Array) => ({
    userId: survey.userId,
    surveyId: survey.surveyId,
    sealed: base64.encode(sealed),
  });
  const vaultVersion = async (survey: TestSurvey): Promise<number> => {
    const { vault, env } = world.deployment;
    const path = `${env['VAULT_MOUNT']}/metadata/${vaultPath(survey)}`;
    const { status, body } = await vault.api('GET', path);
    return status === 404
      ? 0
      : (body as { data: { current_version: number } }).data.current_version;
  };
  const rowOf = async ({ userId, surveyId }: TestSurvey) =>
    world.deployment.sql(
      `SELECT platform_key_version_id AS version, vault_path AS path, email_encrypted AS email,
              recovered_count AS recovered
         FROM surveys_usersurveykekescrow WHERE user_id = $1 AND survey_id = $2`,
      [userId, surveyId],
    );
  async function nothingStored(survey: TestSurvey): Promise<void> {
    expect(await rowOf(survey)).toEqual([]);
    expect(await vaultVersion(survey)).toBe(0);
  }

  it('are sealed on arrival, in CheckTick’s shape, and open with the platform key', async () => {
    const survey = await one();
    const [answer] = await post(world.checktick(), [inClear(survey)]);
    const sealed = await sealedOf(survey);
    const digest = createHash('sha256').update(sealed).digest('hex');
    expect(answer).toMatchObject({ status: 'stored', keyVersion: 'v1', digest, provedAt: null });
    expect(await world.opened(survey)).toEqual(survey.kek);
    expect(await world.deployment.kv(vaultPath(survey))).toEqual({
      encrypted_kek: bytesToHex(sealed),
      encrypted_email: null,
      platform_key_version: 'v1',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}\+00:00$/) as string,
      algorithm: ESCROW_ALGORITHM,
      requires_verification: true,
      purpose: 'ethical-recovery',
      audit_trail: { created_by: 'conclave-sync', accessed_by: [], access_timestamps: [] },
    });
    const row = { version: 'v1', path: vaultPath(survey), email: false, recovered: 0 };
    expect(await rowOf(survey)).toEqual([row]);
  });

  it('are stored once: the same request gives the same answer, another unlocking proves it', async () => {
    const survey = await one();
    const unlock = newUnlock();
    const first = await post(world.checktick(), [inClear(survey)], unlock);
    expect(first[0]?.status).toBe('stored');
    expect(await post(world.checktick(), [inClear(survey)], unlock)).toEqual(first);
    const [proved] = await post(world.checktick(), [inClear(survey)]);
    expect(proved).toEqual({
      ...first[0],
      status: 'proved',
      provedAt: expect.stringMatching(/Z$/) as string,
    });
    // From then on it is proved, whoever asks again.
    expect(await post(world.checktick(), [inClear(survey)], unlock)).toEqual([proved]);
    expect(await vaultVersion(survey)).toBe(1);
    const rows = await world.deployment.sql(
      `SELECT way, encode(digest, 'hex') AS digest FROM conclave.escrow_proofs
        WHERE survey_id = $1`,
      [survey.surveyId],
    );
    expect(rows).toEqual([{ way: 'sealed-again', digest: first[0]?.digest }]);
  });

  it('can come sealed; then only the key itself proves them, not the same bytes again', async () => {
    const survey = await one();
    const item = sealedItem(survey, await sealedOf(survey));
    expect((await post(world.checktick(), [item]))[0]?.status).toBe('stored');
    expect((await post(world.checktick(), [item]))[0]?.status).toBe('stored');
    expect((await post(world.checktick(), [inClear(survey)]))[0]?.status).toBe('proved');
    expect(await world.opened(survey)).toEqual(survey.kek);
  });

  it('are never written over: another key for the same survey is refused and named', async () => {
    const survey = await one();
    await post(world.checktick(), [inClear(survey)]);
    const before = await world.deployment.kv(vaultPath(survey));
    const forged = { ...survey, kek: randomBytes(32) };
    for (const item of [inClear(forged), sealedItem(forged, await sealedOf(forged))]) {
      const [answer] = await post(world.checktick(), [item]);
      expect(answer).toMatchObject({ status: 'refused', refusal: { code: 'escrow-other-key' } });
    }
    expect(await world.deployment.kv(vaultPath(survey))).toEqual(before);
    expect(await vaultVersion(survey)).toBe(1);
    expect((await rowOf(survey)).length).toBe(1);
    const events = await world.deployment.sql(
      `SELECT facts FROM conclave.events WHERE type = 'escrow-refused'
          AND (facts ->> 'surveyId')::int = $1`,
      [survey.surveyId],
    );
    const { userId, surveyId } = survey;
    const noted = { facts: { userId, surveyId, code: 'escrow-other-key' } };
    expect(events).toEqual([noted, noted]);
    // A forger who comes first is found by whoever has the right key.
    const late = await one();
    await post(world.checktick(), [inClear({ ...late, kek: randomBytes(32) })]);
    expect((await post(world.checktick(), [inClear(late)]))[0]).toMatchObject({
      status: 'refused',
      refusal: { code: 'escrow-other-key' },
    });
  });

  it('cannot lie in another’s place', async () => {
    const [survey, other] = await world.surveys(2);
    if (survey === undefined || other === undefined) throw new Error('no surveys');
    const place = world.placeOf(survey);
    const wrong: [string, Uint8Array][] = [
      ['escrow-other-place', await sealedOf(survey, world.placeOf(other))],
      ['escrow-other-place', await sealedOf(survey, { ...place, userId: place.userId + 1 })],
      ['escrow-other-place', await sealedOf(survey, { ...place, audience: 'ab'.repeat(16) })],
      ['escrow-version-not-active', await sealedOf(survey, { ...place, keyVersion: 'v2' })],
      ['escrow-other-mode', await sealedOf(survey, { ...place, mode: 'rehearsal' })],
      ['escrow-damaged', (await sealedOf(survey)).slice(1)],
    ];
    for (const [code, sealed] of wrong) {
      const [answer] = await post(world.checktick(), [sealedItem(survey, sealed)]);
      expect(answer).toMatchObject({ status: 'refused', refusal: { code } });
    }
    await nothingStored(survey);
    // Bytes that were moved there in Vault are not this survey's either.
    await post(world.checktick(), [inClear(other)]);
    const moved = await world.deployment.kv(vaultPath(other));
    await world.deployment.writeKv(vaultPath(survey), moved ?? {});
    expect((await post(world.checktick(), [inClear(survey)]))[0]).toMatchObject({
      refusal: { code: 'escrow-other-key' },
    });
    await expect(world.opened(survey)).rejects.toMatchObject({ code: 'escrow-other-place' });
  });

  it('are refused one by one: the others of the same request are stored', async () => {
    const { deployment } = world;
    await deployment.escrow(world.set.platformKey);
    const [good, emptied, twin] = await world.surveys(3);
    if (good === undefined || emptied === undefined || twin === undefined) throw new Error('none');
    const theirs = { ...good, surveyId: deployment.checktick.survey.id };
    const before = await deployment.kv(vaultPath(theirs));
    await deployment.writeKv(vaultPath(emptied), { gone: 'soon' });
    const mount = deployment.env['VAULT_MOUNT'];
    await deployment.vault.api('DELETE', `${mount}/data/${vaultPath(emptied)}`);
    const answers = await post(world.checktick(), [
      inClear({ ...good, userId: 2_147_483_647 }),
      inClear({ ...good, surveyId: 9_999_999 }),
      inClear(theirs),
      inClear(emptied),
      inClear(twin),
      inClear(good),
      inClear({ ...twin, kek: randomBytes(32) }),
    ]);
    expect(answers.map(({ refusal, status }) => refusal?.code ?? status)).toEqual([
      'escrow-about-nothing',
      'escrow-about-nothing',
      'escrow-other-kind',
      'escrow-place-used',
      'escrow-twice',
      'stored',
      'escrow-twice',
    ]);
    for (const { refusal } of answers) {
      if (refusal === null) continue;
      for (const text of [refusal.happened, refusal.means, refusal.next])
        expect(text).toMatch(/\.$/);
    }
    expect(await deployment.kv(vaultPath(theirs))).toEqual(before);
    await nothingStored(twin);
    expect(await rowOf(emptied)).toEqual([]);
  });

  it('are finished where a row or Vault’s entry alone is there', async () => {
    const [noRow, noEntry, unnoted] = await world.surveys(3);
    if (noRow === undefined || noEntry === undefined || unnoted === undefined) {
      throw new Error('none');
    }
    const { deployment } = world;
    await post(world.checktick(), [noRow, noEntry, unnoted].map(inClear));
    await deployment.sql('DELETE FROM surveys_usersurveykekescrow WHERE survey_id = $1', [
      noRow.surveyId,
    ]);
    const mount = deployment.env['VAULT_MOUNT'];
    await deployment.vault.api('DELETE', `${mount}/metadata/${vaultPath(noEntry)}`);
    await deployment.sql('ALTER TABLE conclave.escrows DISABLE TRIGGER escrows_stay');
    await deployment.sql('DELETE FROM conclave.escrows WHERE survey_id = $1', [unnoted.surveyId]);
    await deployment.sql('ALTER TABLE conclave.escrows ENABLE TRIGGER escrows_stay');
    const again = await post(world.checktick(), [noRow, noEntry, unnoted].map(inClear));
    // What lay in Vault the whole time was sealed again to the same bytes.
    expect(again.map(({ status }) => status)).toEqual(['stored', 'stored', 'stored']);
    for (const survey of [noRow, noEntry, unnoted]) {
      expect(await world.opened(survey)).toEqual(survey.kek);
      expect((await rowOf(survey)).length).toBe(1);
    }
  });

  it('are sealed to no key but the one that the quorum signed', async () => {
    const survey = await one();
    const { deployment, service } = world;
    const trusted = (await deployment.kv('conclave/trust')) ?? {};
    const theirs = base64.encode(new Uint8Array(1_216).fill(7));
    await deployment.writeKv('conclave/trust', { ...trusted, escrowKeys: { v1: theirs } });
    const checktick = world.checktick();
    for (const item of [inClear(survey), sealedItem(survey, await sealedOf(survey))]) {
      await expect(post(checktick, [item])).rejects.toMatchObject({ code: 'escrow-key-differs' });
    }
    await expect(checktick.get('/v1/escrows/key')).rejects.toMatchObject({
      code: 'escrow-key-differs',
    });
    await deployment.writeKv('conclave/trust', { ...trusted, epoch: 7 });
    await expect(post(checktick, [inClear(survey)])).rejects.toMatchObject({
      code: 'trust-epoch-mismatch',
    });
    await deployment.writeKv('conclave/trust', trusted);
    await deployment.sql('UPDATE surveys_platformkeyversion SET retired_at = now()');
    await expect(post(checktick, [inClear(survey)])).rejects.toMatchObject({
      code: 'escrow-no-active-version',
    });
    await deployment.sql('UPDATE surveys_platformkeyversion SET retired_at = NULL');
    await nothingStored(survey);
    expect(service.child.output()).not.toContain('fault');
  });

  it('are taken from CheckTick alone, whose token reads nothing else', async () => {
    const survey = await one();
    for (const name of ['operator', 'approver1', 'auditor', 'both'] as const) {
      await expect(post(world.service.as(name), [inClear(survey)])).rejects.toMatchObject({
        code: 'wrong-role',
      });
    }
    for (const path of [
      '/v1/requests',
      '/v1/bundles',
      '/v1/admins',
      '/v1/audit',
      '/v1/me',
      '/v1/escrows',
    ]) {
      await expect(world.checktick().get(path)).rejects.toMatchObject({ code: 'wrong-role' });
    }
    await nothingStored(survey);
  });

  it('are not read in any other form, and stand in no log', async () => {
    const survey = await one();
    const loud = await world.deployment.start({ env: { CONCLAVE_LOG_LEVEL: 'debug' } });
    const checktick = world.checktick(loud);
    const { surveyKey, ...rest } = inClear(survey);
    const send = (text: string) =>
      fetch(`${loud.address}/v1/escrows`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
        body: text,
      });
    const unlock = newUnlock();
    const whole = { unlock, escrows: [{ ...rest, surveyKey }] };
    const escaped = JSON.stringify(whole).replace('"surveyKey"', '"survey\\u004bey"');
    const secrets = [surveyKey, bytesToHex(survey.kek), surveyKey.slice(0, 20)];
    // Only the end of the log is kept, so it is looked at after each request.
    const noneInLog = (): void => {
      const log = loud.child.output();
      expect(log).toContain('/v1/escrows');
      for (const secret of secrets) expect(log).not.toContain(secret);
    };
    expect((await send(escaped)).status).toBe(400);
    noneInLog();
    for (const wrong of [
      { ...whole, unlock: 'short' },
      { ...whole, escrows: [] },
      { ...whole, escrows: Array.from({ length: 101 }, () => ({ ...rest, surveyKey })) },
      { ...whole, more: 1 },
      { unlock, escrows: [{ ...rest, surveyKey, sealed: '' }] },
      { unlock, escrows: [{ ...rest, surveyKey: `${surveyKey.slice(0, -2)}A=`.slice(1) }] },
      { unlock, escrows: [{ ...rest, surveyKey: bytesToHex(survey.kek) }] },
      { unlock, escrows: [{ ...rest, surveyKey: 7 }] },
    ]) {
      await expect(checktick.post('/v1/escrows', wrong)).rejects.toMatchObject({
        code: 'request-invalid',
      });
      noneInLog();
    }
    await nothingStored(survey);
    expect((await post(checktick, [{ ...rest, surveyKey }], unlock))[0]?.status).toBe('stored');
    await post(checktick, [inClear({ ...survey, kek: survey.kek.map((byte) => byte ^ 1) })]);
    noneInLog();
    await loud.stop();
  });

  it('are counted: what is stored, what is proved, what could not be recovered', async () => {
    const metered = await world.deployment.start({ env: { CONCLAVE_METRICS_PORT: '0' } });
    const [, metrics = ''] = await metered.child.line(/Metrics at (\S+)\.$/, 150_000);
    const { operator } = metered.admins;
    const before = await operator.get<EscrowListAnswer>('/v1/escrows');
    const [nothing, stored, proved] = await world.surveys(3);
    if (nothing === undefined || stored === undefined || proved === undefined) {
      throw new Error('none');
    }
    // A survey that is not encrypted has no key to store.
    await world.deployment.sql(`INSERT INTO surveys_survey (name) VALUES ('open to everybody')`);
    await post(world.checktick(), [stored, proved].map(inClear));
    await post(world.checktick(), [inClear(proved)]);
    const after = await operator.get<EscrowListAnswer>('/v1/escrows');
    expect(after.count).toEqual({
      none: before.count.none + 1,
      stored: before.count.stored + 1,
      proved: before.count.proved + 1,
    });
    const { out, code } = await runSync(['--json', 'escrow', 'list'], {
      CONCLAVE_URL: metered.address,
      CONCLAVE_TOKEN_FILE: `${world.deployment.folder}/auditor`,
    });
    expect(code).toBe(0);
    const listed = JSON.parse(out) as EscrowListAnswer;
    expect(listed.count).toEqual(after.count);
    expect(listed.surveys.length).toBe(after.count.none + after.count.stored);
    const { userId } = stored;
    expect(listed.surveys.filter(({ surveyId }) => surveyId >= nothing.surveyId)).toEqual([
      { surveyId: nothing.surveyId, name: 'Survey 1', state: 'none', userIds: [] },
      { surveyId: stored.surveyId, name: 'Survey 2', state: 'stored', userIds: [userId] },
    ]);
    const [first] = (
      await operator.get<EscrowListAnswer>(
        `/v1/escrows?state=stored&after=${String(stored.surveyId - 1)}`,
      )
    ).surveys;
    expect(first?.surveyId).toBe(stored.surveyId);
    const numbers = await (await fetch(metrics)).text();
    for (const [escrow, n] of Object.entries(after.count)) {
      expect(numbers).toContain(`conclave_surveys{escrow="${escrow}"} ${n}\n`);
    }
    // Other bytes than those that were proved are unproved again.
    await world.deployment.sql('ALTER TABLE conclave.escrows DISABLE TRIGGER escrows_stay');
    await world.deployment.sql(
      `UPDATE conclave.escrows SET digest = decode(repeat('ab', 32), 'hex') WHERE survey_id = $1`,
      [proved.surveyId],
    );
    await world.deployment.sql('ALTER TABLE conclave.escrows ENABLE TRIGGER escrows_stay');
    expect((await operator.get<EscrowListAnswer>('/v1/escrows')).count.proved).toBe(
      before.count.proved,
    );
    await metered.stop();
  });

  it('are known in Vault by what they are', () => {
    expect(() =>
      sealedInDocument('here', { algorithm: ESCROW_ALGORITHM, encrypted_kek: 'ABC' }),
    ).toThrow(expect.objectContaining({ code: 'escrow-damaged' }) as Error);
    expect(() => sealedInDocument('here', { algorithm: 'none' })).toThrow(
      expect.objectContaining({ code: 'vault-document' }) as Error,
    );
    expect(
      sealedInDocument('here', { algorithm: 'AES-256-GCM', encrypted_kek: '00' }),
    ).toBeUndefined();
  });
});
