/** Survey keys are stored once and whole, whoever dies and whoever else stores at the same time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { escrowDocument } from '../../shared/escrow/document.ts';
import { sealEscrow } from '../../shared/escrow/escrow.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { listAdmins } from '../../sync/admins/admins.ts';
import { takeEscrows } from '../../sync/escrows/take.ts';
import {
  type EscrowWorld,
  escrowWorld,
  inClear,
  newUnlock,
  post,
  type TestSurvey,
  vaultPath,
} from '../support/sync-escrows.ts';
import { openReplica, type Replica } from '../support/sync-replica.ts';
import { type Servers, type Service, startServers, stopServers } from '../support/sync-service.ts';

describe('survey keys that are stored while something goes wrong', () => {
  let servers: Servers;
  let world: EscrowWorld;
  let second: Service;
  let replica: Replica;

  beforeAll(async () => {
    servers = await startServers();
    world = await escrowWorld(servers);
    second = await world.deployment.start();
    replica = await openReplica(world.deployment);
  });
  afterAll(async () => {
    await replica?.close();
    await world?.deployment.stop();
    await stopServers(servers);
  });

  async function newSurvey(): Promise<TestSurvey> {
    const [survey] = await world.surveys(1);
    return survey ?? expect.fail('no survey');
  }
  const count = async (sql: string, { surveyId }: TestSurvey): Promise<number> => {
    const [row] = await world.deployment.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${sql} WHERE survey_id = $1`,
      [surveyId],
    );
    return row?.n ?? 0;
  };
  const vaultVersion = async (survey: TestSurvey): Promise<number> => {
    const { vault, env } = world.deployment;
    const path = `${env['VAULT_MOUNT']}/metadata/${vaultPath(survey)}`;
    const { status, body } = await vault.api('GET', path);
    return status === 404
      ? 0
      : (body as { data: { current_version: number } }).data.current_version;
  };
  const howItStands = async (survey: TestSurvey) => [
    await count('surveys_usersurveykekescrow', survey),
    await count('conclave.escrows', survey),
    await vaultVersion(survey),
  ];
  /** A request to the replica in this process, as CheckTick. */
  async function take(surveys: readonly TestSurvey[]) {
    const admins = await listAdmins(replica.context.database);
    const checktick = admins.find(({ name }) => name === 'CheckTick') ?? expect.fail('no admin');
    const sent = surveys.map(({ userId, surveyId, kek }) => ({
      userId,
      surveyId,
      what: { is: 'key' as const, key: kek },
    }));
    const taken = await takeEscrows(replica.context, checktick, newUnlock(), sent);
    return taken.map((item) => (item.status === 'refused' ? item.refusal.code : item.status));
  }

  it.each([
    ['escrow-rows', 0],
    ['escrow-vault', 1],
  ])('are finished by the same request when sync is killed at %s', async (dieAt, inVault) => {
    const surveys = await world.surveys(3);
    const dying = await world.deployment.start({ dieAt });
    const unlock = newUnlock();
    await expect(post(world.checktick(dying), surveys.map(inClear), unlock)).rejects.toThrow();
    await dying.child.ended;
    for (const survey of surveys) expect(await howItStands(survey)).toEqual([0, 0, inVault]);
    const answers = await post(world.checktick(), surveys.map(inClear), unlock);
    expect(answers.map(({ status }) => status)).toEqual(['stored', 'stored', 'stored']);
    for (const survey of surveys) {
      expect(await howItStands(survey)).toEqual([1, 1, 1]);
      expect(await world.opened(survey)).toEqual(survey.kek);
    }
  });

  it('are stored once by two replicas that are asked at the same time', async () => {
    const surveys = await world.surveys(20);
    const unlock = newUnlock();
    const items = surveys.map(inClear);
    const [here, there, backwards] = await Promise.all([
      post(world.checktick(), items, unlock),
      post(world.checktick(second), items, unlock),
      post(world.checktick(second), [...items].reverse(), unlock),
    ]);
    expect(here?.map(({ status }) => status)).toEqual(Array(20).fill('stored'));
    expect(there).toEqual(here);
    expect([...(backwards ?? [])].reverse()).toEqual(here);
    for (const survey of surveys) expect(await howItStands(survey)).toEqual([1, 1, 1]);
  });

  it('of which two differ are stored as one of them, and the other is named', async () => {
    const surveys = await world.surveys(10);
    const others = surveys.map((survey) => ({ ...survey, kek: randomBytes(32) }));
    const [here, there] = await Promise.all([
      post(world.checktick(), surveys.map(inClear)),
      post(world.checktick(second), others.map(inClear)),
    ]);
    for (const [at, survey] of surveys.entries()) {
      const answers = [here?.[at], there?.[at]];
      expect(answers.map((one) => one?.refusal?.code ?? one?.status)).toEqual(
        expect.arrayContaining(['escrow-other-key', 'stored']),
      );
      const won = answers[0]?.status === 'stored' ? survey : others[at];
      expect(await world.opened(survey)).toEqual(won?.kek);
      expect(await howItStands(survey)).toEqual([1, 1, 1]);
    }
  });

  it('give way to whoever wrote to Vault first: no row says that it is there', async () => {
    const survey = await newSurvey();
    const path = vaultPath(survey);
    const forged = await sealEscrow(
      world.set.manifest.body.escrowKey ?? '',
      world.placeOf(survey),
      randomBytes(32),
    );
    const document = escrowDocument({ sealed: forged, keyVersion: 'v1', at: new Date() });
    const codes = await replica.interrupt(
      `before put ${path}`,
      () => world.deployment.writeKv(path, document),
      () => take([survey]),
    );
    expect(codes).toEqual(['escrow-other-key']);
    expect(await howItStands(survey)).toEqual([0, 0, 1]);
    expect(await world.deployment.kv(path)).toEqual(document);
  });

  it('count as stored only when they are read back', async () => {
    const survey = await newSurvey();
    const path = vaultPath(survey);
    const codes = await replica.interrupt(
      `before read ${path}`,
      () => world.deployment.writeKv(path, { encrypted_kek: '00', algorithm: 'AES-256-GCM' }),
      () => take([survey]),
    );
    expect(codes).toEqual(['escrow-not-read-back']);
  });

  it.each([
    [
      'CheckTick’s row is gone',
      'AFTER INSERT ON surveys_usersurveykekescrow',
      'DELETE FROM public.surveys_usersurveykekescrow WHERE survey_id = NEW.survey_id',
      'stored',
    ],
    [
      'CheckTick’s row names another place',
      'BEFORE INSERT ON surveys_usersurveykekescrow',
      `NEW.vault_path := NEW.vault_path || '/old'`,
      'escrow-differs',
    ],
    [
      'CheckTick’s row is of another key version',
      'AFTER INSERT ON surveys_usersurveykekescrow',
      `UPDATE public.surveys_usersurveykekescrow SET platform_key_version_id = 'v0'
        WHERE survey_id = NEW.survey_id`,
      'no-trust',
    ],
    [
      'sync’s own row says other bytes',
      'BEFORE INSERT ON conclave.escrows',
      `NEW.digest := decode(repeat('ab', 32), 'hex')`,
      'escrow-other-key',
    ],
  ])('do not count as stored where %s when they are read back', async (_, when, what, after) => {
    const { deployment } = world;
    const survey = await newSurvey();
    const table = when.split(' ').at(-1) ?? '';
    // Somebody else's hand in the database, between the writing and the reading.
    await deployment.sql(
      `INSERT INTO surveys_platformkeyversion (version, vault_component, created_at, activated_at,
         retired_at, notes) VALUES ('v0', '\\x00', now(), now(), now(), '') ON CONFLICT DO NOTHING`,
    );
    await deployment.sql(
      `CREATE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
       $$ BEGIN ${what}; RETURN NEW; END $$;
       CREATE TRIGGER meddle ${when} FOR EACH ROW EXECUTE FUNCTION public.meddle()`,
    );
    const unlock = newUnlock();
    const store = async () => {
      const [answer] = await post(world.checktick(), [inClear(survey)], unlock);
      return answer ?? expect.fail('no answer');
    };
    const { status, refusal } = await store();
    await deployment.sql(`DROP TRIGGER meddle ON ${table}; DROP FUNCTION public.meddle()`);
    expect([status, refusal?.code]).toEqual(['refused', 'escrow-not-read-back']);
    expect(refusal?.happened).toContain('(the database)');
    const { userId, surveyId } = survey;
    const events = await deployment.sql(
      `SELECT facts FROM conclave.events WHERE type = 'escrow-refused'
          AND (facts ->> 'surveyId')::int = $1`,
      [surveyId],
    );
    expect(events).toEqual([{ facts: { userId, surveyId, code: 'escrow-not-read-back' } }]);
    // What is left is finished by the same request, or named as what it is; never written over.
    const again = await store().catch(({ code }: { code: string }) => code);
    expect(typeof again === 'string' ? again : (again.refusal?.code ?? again.status)).toBe(after);
    expect(await vaultVersion(survey)).toBe(1);
  });

  it('are refused when each of three looks is overtaken: nothing is in Vault, and again they are stored', async () => {
    const { deployment } = world;
    const survey = await newSurvey();
    // As for whoever is too late each time: the row that he adds is none.
    await deployment.sql(
      `CREATE SEQUENCE public.looks;
       GRANT ALL ON SEQUENCE public.looks TO PUBLIC;
       CREATE FUNCTION public.overtake() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
       $$ BEGIN PERFORM nextval('public.looks'); RETURN NULL; END $$;
       CREATE TRIGGER overtake BEFORE INSERT ON surveys_usersurveykekescrow
         FOR EACH ROW EXECUTE FUNCTION public.overtake()`,
    );
    const codes = await take([survey]);
    const [looks] = await deployment.sql('SELECT last_value::int AS n FROM public.looks');
    await deployment.sql(
      `DROP TRIGGER overtake ON surveys_usersurveykekescrow; DROP FUNCTION public.overtake();
       DROP SEQUENCE public.looks`,
    );
    expect([codes, looks]).toEqual([['escrow-moved'], { n: 3 }]);
    expect(await howItStands(survey)).toEqual([0, 0, 0]);
    expect(await take([survey])).toEqual(['stored']);
  });

  it('of a survey that is deleted meanwhile are refused, and the others are stored', async () => {
    const [there, gone] = await world.surveys(2);
    if (there === undefined || gone === undefined) throw new Error('no surveys');
    await post(world.checktick(), [inClear(there)]);
    const codes = await replica.interrupt(
      `before read ${vaultPath(there)}`,
      () => world.deployment.sql('DELETE FROM surveys_survey WHERE id = $1', [gone.surveyId]),
      () => take([gone, there]),
    );
    expect(codes).toEqual(['escrow-about-nothing', 'proved']);
    expect(await howItStands(gone)).toEqual([0, 0, 0]);
  });

  it('wait out a sealed Vault: nothing is half there, and the same request stores them', async () => {
    const survey = await newSurvey();
    const unlock = newUnlock();
    await servers.vault.seal();
    await expect(post(world.checktick(), [inClear(survey)], unlock)).rejects.toMatchObject({
      code: 'vault-sealed',
    });
    await servers.vault.unseal();
    expect(await howItStands(survey)).toEqual([0, 0, 0]);
    const [answer] = await post(world.checktick(), [inClear(survey)], unlock);
    expect(answer?.status).toBe('stored');
    expect(await howItStands(survey)).toEqual([1, 1, 1]);
  });
});
