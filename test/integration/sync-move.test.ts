/** Survey keys move from one key version to the active one: the whole way, on a real Vault and PostgreSQL. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eightWords } from '../../shared/encoding/words.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { parseRecoveryKek } from '../../shared/checktick/index.ts';
import type { BundleAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import type { VersionsAnswer } from '../../sync/routes/version-answers.ts';
import { makeTicket } from '../support/documents.ts';
import { asking } from '../support/sync-adopt.ts';
import { committed, receiptFor } from '../support/sync-ceremony.ts';
import { inClear, post, vaultPath, type TestSurvey } from '../support/sync-escrows.ts';
import {
  askedMove,
  type MadeMove,
  moveBundle,
  movePackage,
  moveWorld,
  type MoveWorld,
  openedByRow,
  type OpenedMove,
  storeAsCheckTick,
  versionInRow,
} from '../support/sync-move.ts';
import { startServers, stopServers, type Servers } from '../support/sync-service.ts';
import { approvedChange } from '../support/sync-version.ts';

const BATCH = 12;
const COUNTS = { own: 8, sealed: 20 };

describe('survey keys move to the active version', { retry: 0 }, () => {
  let servers: Servers;
  let world: MoveWorld;
  let opened: OpenedMove;
  let made: MadeMove;
  /** CheckTick's kind: without a hash, damaged, stored anew before the commit, and the rest. */
  let unhashed: TestSurvey;
  let damaged: TestSurvey;
  /** Vault has lost it. */
  let lost: TestSurvey;
  let anew: TestSurvey;
  let rest: TestSurvey[];
  /** Sealed, without a hash. */
  let unproved: TestSurvey;
  let sealed: TestSurvey[];
  const rows = () => world.deployment.sql('SELECT * FROM surveys_usersurveykekescrow ORDER BY id');
  const retire = () =>
    world.service.admins.operator.post('/v1/packages/retire', { keyVersion: 'v1' });

  beforeAll(async () => {
    servers = await startServers();
    world = await moveWorld(servers, COUNTS);
    const own = world.own as [TestSurvey, TestSurvey, TestSurvey, TestSurvey];
    [unhashed, damaged, lost, anew, ...rest] = own;
    [unproved, ...sealed] = world.sealed as [TestSurvey];
    const path = vaultPath(damaged);
    const document = await world.deployment.kv(path);
    await world.deployment.writeKv(path, { ...document, encrypted_kek: 'ab'.repeat(60) });
    const mount = world.deployment.env['VAULT_MOUNT'] ?? '';
    await world.deployment.vault.api('DELETE', `${mount}/metadata/${vaultPath(lost)}`);
  });
  afterAll(async () => {
    await world?.deployment.stop();
    await stopServers(servers);
  });

  it('as long as they are there the version cannot be retired', async () => {
    await expect(retire()).rejects.toMatchObject({
      code: 'version-needed',
      problem: { title: expect.stringContaining('28 survey keys') as string },
    });
  });

  it('no package for the active version, with another ticket, or for a stranger', async () => {
    const { operator } = world.service.admins;
    const ask = (body: object) => operator.post('/v1/packages/migrate-escrows', body);
    const ticket = await makeTicket(world.first, undefined, 'migrate-escrows');
    await expect(ask(asking(ticket, 'v2'))).rejects.toMatchObject({ code: 'move-from-active' });
    await expect(ask(asking(ticket, 'v9'))).rejects.toMatchObject({ code: 'no-trust' });
    const other = await makeTicket(world.first, undefined, 'rotate-shares');
    await expect(ask(asking(other, 'v1'))).rejects.toMatchObject({ code: 'ticket-other-kind' });
    const asked = await ask(asking(ticket, 'v1'));
    expect(asked).toMatchObject({ kind: 'migrate-escrows', state: 'requested', files: null });
    const { approver1 } = world.service.admins;
    const { nonce } = asked as PackageAnswer;
    const { statement } = await approver1.show('package-release', nonce, { reason: 'seen' });
    expect(statement.sentence).toBe(
      'Release the vault component of key version v1, and 28 survey keys that are stored under it, to the laptop, so that they are stored under v2.',
    );
    expect(Object.fromEntries(statement.facts)).toMatchObject({
      'share set that opens them': '2026 A, 3 of 4',
      'its manifest in words': eightWords(hexToBytes(world.second.manifest.digest)),
    });
    await expect(operator.get(`/v1/packages/${nonce}/files/1`)).rejects.toMatchObject({
      code: 'package-state',
    });
  });

  it('the package names its files, which hold every survey key of the version', async () => {
    const { deployment, service, first } = world;
    const asked = await askedMove(deployment, first, BATCH);
    opened = await movePackage(service.admins, first, asked);
    expect(opened.vaultComponent).toEqual(first.vaultComponent);
    expect(opened.document.body).toMatchObject({
      keyVersion: 'v1',
      movesTo: 'v2',
      stored: { checktick: COUNTS.own, sealed: COUNTS.sealed },
    });
    expect(opened.files).toHaveLength(3);
    const { operator } = service.admins;
    expect(await operator.get(`/v1/packages/${asked.nonce}`)).toMatchObject({
      files: { there: 3, of: 3 },
    });
    await expect(operator.get(`/v1/packages/${asked.nonce}/files/4`)).rejects.toMatchObject({
      code: 'move-file-missing',
    });
  });

  it('a bundle that does not answer its package is not taken', async () => {
    const { operator } = world.service.admins;
    made = await moveBundle(world, opened);
    const wrong = await moveBundle(world, opened, { change: { movesTo: 'v3' } });
    await expect(operator.post('/v1/bundles', wrong.bytes)).rejects.toMatchObject({
      code: 'package-differs',
    });
    const forged = await moveBundle(world, opened, {
      signers: [...world.second.quorum, world.second.cast.operator.signer],
    });
    await expect(operator.post('/v1/bundles', forged.bytes)).rejects.toMatchObject({
      code: 'signature-unknown',
    });
  });

  it('is approved only when all files are there; they come in any order, and again', async () => {
    const { operator, approver1, approver2 } = world.service.admins;
    const imported = await operator.post<BundleAnswer>('/v1/bundles', made.bytes);
    expect(imported).toMatchObject({ state: 'verified', files: { there: 0, of: 3 } });
    const show = () => approver1.show('bundle-approve', made.digest, { reason: 'seen' });
    await expect(show()).rejects.toMatchObject({ code: 'move-files-missing' });
    const { items } = await approver1.get<QueueAnswer>('/v1/queue');
    const item = items.find(({ subject }) => subject === made.digest);
    expect(item).toMatchObject({
      approve: null,
      waitsFor: 'Waits for the files from the laptop: 0 of 3 have come.',
    });
    const bring = (file: Uint8Array) =>
      operator.post<BundleAnswer>(`/v1/bundles/${made.digest}/files`, file);
    const [one = new Uint8Array(), two = one, three = one] = made.files;
    for (const wrong of [
      opened.files[0] ?? one,
      one.map((byte, at) => byte ^ (at === 9 ? 1 : 0)),
    ]) {
      await expect(bring(wrong)).rejects.toMatchObject({ code: 'move-file-unknown' });
    }
    expect((await bring(three)).files).toEqual({ there: 1, of: 3 });
    expect((await bring(three)).files).toEqual({ there: 1, of: 3 });
    expect((await bring(one)).files).toEqual({ there: 2, of: 3 });
    await expect(show()).rejects.toMatchObject({ code: 'move-files-missing' });
    expect((await bring(two)).files).toEqual({ there: 3, of: 3 });
    const { statement } = await show();
    expect(statement.sentence).toBe(
      'Store 25 survey keys under key version v2 that are stored under v1.',
    );
    expect(statement.facts).toEqual(
      expect.arrayContaining([
        ['compared with nothing', expect.stringContaining('1 survey key of those')],
        ['stays', '3 survey keys under v1'],
        ['stays because', '2 survey keys: what is stored does not open'],
        ['stays because', expect.stringContaining('a sealed one, and CheckTick keeps no hash')],
        [
          'stays, by name',
          `what is stored does not open: user ${damaged.userId} survey ${damaged.surveyId}, user ${lost.userId} survey ${lost.surveyId}`,
        ],
      ]),
    );
    for (const approver of [approver1, approver2]) {
      await approver.approve('bundle-approve', made.digest, { reason: 'as agreed' });
    }
  });

  it('is committed: Vault, CheckTick’s row and sync’s own, and nothing else of the row', async () => {
    const { deployment, service, first, second } = world;
    const before = await rows();
    const trail = await deployment.kv(vaultPath(unhashed));
    // CheckTick itself stores this one anew after it went out.
    const kek = anew.kek.map((byte) => byte ^ 1);
    await storeAsCheckTick(deployment, first, { ...anew, kek });
    const [fresh] = (await world.surveys(1)) as [TestSurvey];
    const [answer, stored] = await Promise.all([
      committed(service.admins, made),
      post(world.checktick(), [inClear(fresh)]),
    ]);
    expect(answer.state).toBe('committed');
    expect(stored).toMatchObject([{ status: 'stored', keyVersion: 'v2' }]);

    const stays = [damaged, lost, unproved, anew];
    const moved = [unhashed, ...rest, ...sealed];
    const isOf = (all: TestSurvey[], row: Record<string, unknown>) =>
      all.some(({ surveyId }) => surveyId === Number(row['survey_id']));
    expect((await rows()).filter((row) => !isOf([fresh], row))).toEqual(
      before.map((row) => ({
        ...row,
        platform_key_version_id: isOf(moved, row) ? 'v2' : 'v1',
      })),
    );
    const sets = { v1: first, v2: second };
    for (const survey of [...moved, fresh, unproved]) {
      expect(await openedByRow(world, sets, survey)).toEqual(survey.kek);
    }
    expect(await openedByRow(world, sets, anew)).toEqual(kek);
    for (const survey of stays) expect(await versionInRow(deployment, survey)).toBe('v1');
    // Times and trail of the document stay; the address, which only the old key opens, goes.
    const after = await deployment.kv(vaultPath(unhashed));
    expect(after).toEqual({
      ...trail,
      encrypted_kek: after?.['encrypted_kek'],
      encrypted_email: null,
      platform_key_version: 'v2',
      algorithm: parseRecoveryKek('', await deployment.kv(vaultPath(fresh))).algorithm,
    });

    const { body } = await receiptFor(service.admins.operator, first, made.digest);
    expect(body).toMatchObject({ kind: 'migrate-escrows', outcome: 'committed' });
    expect(body.statement).toBe(
      `24 survey keys of key version v1 are stored under v2. 3 survey keys stayed, as the bundle says. 1 was left as found: user ${anew.userId}, survey ${anew.surveyId} (stored anew meanwhile).`,
    );
    expect(body.readBack).toEqual(['Vault and database rows of 24 survey keys']);
  });

  it('what was left stands beside the version, with the reason', async () => {
    const { versions } = await world.service.admins.operator.get<VersionsAnswer>('/v1/versions');
    const named = (version: string) =>
      versions
        .find((one) => one.version === version)
        ?.staying.map(({ surveyId, why }) => [surveyId, why]);
    expect(named('v1')).toEqual([
      [damaged.surveyId, 'what is stored does not open'],
      [lost.surveyId, 'what is stored does not open'],
      [anew.surveyId, 'stored anew meanwhile'],
      [unproved.surveyId, expect.stringContaining('a sealed one') as string],
    ]);
    expect(named('v2')).toEqual([]);
  });

  it('what is known of them goes along: those that fit their hash are proved', async () => {
    const proved = await world.deployment.sql<{ id: number }>(
      `SELECT p.survey_id::int AS id FROM conclave.escrow_proofs p
         JOIN conclave.moved_escrows m USING (user_id, survey_id, digest) ORDER BY 1`,
    );
    const wanted = [...rest, ...sealed].map(({ surveyId }) => surveyId);
    expect(proved.map(({ id }) => id)).toEqual(wanted.sort((a, b) => a - b));
    const [files] = await world.deployment.sql(
      'SELECT count(*)::int AS n FROM conclave.move_files',
    );
    expect(files).toEqual({ n: 0 });
  });

  it('CheckTick sends the key of one that moved again: it is the same, under v2', async () => {
    const [survey] = sealed;
    if (survey === undefined) throw new Error('there is one');
    expect(await post(world.checktick(), [inClear(survey)])).toMatchObject([
      { status: 'proved', keyVersion: 'v2' },
    ]);
    // CheckTick's own kind before: sync can look at it from now on.
    expect(await post(world.checktick(), [inClear(unhashed)])).toMatchObject([
      { status: 'proved', keyVersion: 'v2' },
    ]);
    const other = { ...survey, kek: survey.kek.map((byte) => byte ^ 1) };
    expect(await post(world.checktick(), [inClear(other)])).toMatchObject([{ status: 'refused' }]);
  });

  it('it can be asked again for what is left, and moves that', async () => {
    const { deployment, service, first } = world;
    const asked = await askedMove(deployment, first, BATCH);
    const again = await movePackage(service.admins, first, asked);
    expect(again.document.body.stored).toEqual({ checktick: 3, sealed: 1 });
  });

  it('a version that nothing hangs on any more is retired', async () => {
    const { deployment, service, second } = world;
    await expect(retire()).rejects.toMatchObject({
      code: 'version-needed',
      problem: { title: expect.stringContaining('4 survey keys') as string },
    });
    // CheckTick deletes the four surveys.
    const ids = [damaged, lost, unproved, anew].map(({ surveyId }) => surveyId);
    await deployment.sql('DELETE FROM surveys_usersurveykekescrow WHERE survey_id = ANY ($1)', [
      ids,
    ]);
    await deployment.sql('DELETE FROM surveys_survey WHERE id = ANY ($1)', [ids]);
    await committed(service.admins, await approvedChange(service.admins, second, 'retire', 'v1'));
    expect(Object.keys((await deployment.kv('conclave/trust'))?.['versions'] ?? {})).toEqual([
      'v2',
    ]);
  });
});
