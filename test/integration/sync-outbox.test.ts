import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RequestAnswer } from '../../sync/routes/answers.ts';
import { startSmtp, type TestSmtp } from '../servers/smtp.ts';
import { makeCast, withMail } from '../support/people.ts';
import { setupBundle, shareSetFor, withPlatformKey } from '../support/sync-ceremony.ts';
import { type MailingService, startMailing } from '../support/sync-public.ts';
import { deploy, type Deployment } from '../support/sync-service.ts';

/**
 * PostgreSQL looks at each of these transactions at its COMMIT, when all of its rows are written.
 * Refused, a mail that was queued beside it would stay, and tell of what never happened. Let
 * through, a mail that is queued after it would not be there yet, and be lost by who dies between.
 */
describe('the mails of a change', { retry: 0 }, () => {
  let smtp: TestSmtp;
  let deployment: Deployment;
  let service: MailingService;
  beforeAll(async () => {
    smtp = await startSmtp();
    deployment = await deploy();
    service = await startMailing(deployment, smtp);
    await deployment.sql(`
      CREATE TABLE public.commits (mails bigint);
      CREATE TABLE public.refusing AS SELECT false AS now;
      CREATE FUNCTION public.at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          IF (SELECT now FROM public.refusing) THEN RAISE EXCEPTION 'refused at the COMMIT'; END IF;
          INSERT INTO public.commits SELECT count(*) FROM conclave.outbox;
          RETURN NULL;
        END $$`);
    for (const table of ['public.surveys_recoveryrequest', 'conclave.bundles']) {
      await deployment.sql(`CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT OR UPDATE ON ${table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.at_commit()`);
    }
  }, 180_000);
  afterAll(async () => {
    await deployment?.stop();
    await smtp?.stop();
  });

  const queued = async () => {
    const [row] = await deployment.sql<{ mails: number; links: number }>(
      `SELECT (SELECT count(*)::int FROM conclave.outbox) AS mails,
              (SELECT count(*)::int FROM conclave.links) AS links`,
    );
    return row ?? expect.fail('no row');
  };
  /** Tries it in vain, then for real. */
  async function inOneTransaction<T>(work: () => Promise<T>): Promise<T> {
    const before = await queued();
    await deployment.sql('UPDATE public.refusing SET now = true');
    await expect(work()).rejects.toThrow();
    expect(await queued()).toEqual(before);
    await deployment.sql('UPDATE public.refusing SET now = false');
    await deployment.sql('DELETE FROM public.commits');
    const done = await work();
    const after = await queued();
    expect(after.mails).toBeGreaterThan(before.mails);
    const seen = await deployment.sql<{ mails: number }>(
      'SELECT DISTINCT mails::int FROM public.commits',
    );
    expect(seen).toEqual([{ mails: after.mails }]);
    // All that was ever queued goes out, and none of what was refused is among it.
    await vi.waitFor(() => expect(smtp.mails.length).toBe(after.mails), {
      timeout: 90_000,
      interval: 100,
    });
    return done;
  }

  it('leaves no mail and no link of a bundle that custodians would be told of', async () => {
    const { operator, approver1 } = service.admins;
    const cast = withMail(makeCast('production'), () => 'custodian-1@hospital.example');
    const set = await shareSetFor(operator, deployment.mode, { cast });
    const made = await setupBundle(operator, set);
    await inOneTransaction(() => operator.post('/v1/bundles', made.bytes));
    await inOneTransaction(() =>
      approver1.post(`/v1/bundles/${made.digest}/refuse`, { reason: 'not as agreed' }),
    );
  });

  it('leaves none of a request, an approval or a stop', async () => {
    await withPlatformKey(deployment, service);
    const { people, survey } = deployment.checktick;
    const { operator, approver1, approver2 } = service.admins;
    const { code } = await inOneTransaction(() =>
      operator.post<RequestAnswer>('/v1/requests', {
        userId: people.requester.id,
        surveyId: survey.id,
        reason: 'forgotten',
        checks: ['photo-id', 'video'],
        reference: '2026-17',
      }),
    );
    for (const approver of [approver1, approver2]) {
      await inOneTransaction(() =>
        approver.approve('request-approve', code, { reason: 'identity checked' }),
      );
    }
    await inOneTransaction(() =>
      operator.post(`/v1/requests/${code}/cancel`, { reason: 'asked for by mistake' }),
    );
  });
});
