import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { looks, type PageWorld, startPage } from '../support/sync-page.ts';

describe('alerts on sync’s page', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await startPage();
    await world.enrol('auditor');
  });
  afterAll(async () => world?.stop());

  it('come above everything by themselves, the gravest first, and go when it is over', async () => {
    const page = world.pageOf('auditor');
    await page.getByRole('heading', { name: 'Nothing waits for you' }).waitFor();
    const alerts = page.getByRole('region', { name: 'Alerts' });
    expect(await alerts.count()).toBe(0);
    const { deployment } = world;
    const { checktick } = deployment;
    for (const code of ['AAA-111-AAA', 'BBB-222-BBB', 'CCC-333-CCC']) {
      await deployment.sql(
        `INSERT INTO surveys_recoveryrequest (id, request_code, user_id, survey_id, status,
            submitted_at, time_delay_hours, primary_reason, secondary_reason, rejection_reason,
            rejected_at, cancellation_reason, custodian_component_used, vault_recovery_path,
            user_context)
         VALUES (gen_random_uuid(), $1, $2, $3, 'rejected', now(), 48, '', '', 'x', now(), '',
            false, '', '{}')`,
        [code, checktick.people.requester.id, checktick.survey.id],
      );
    }
    for (let n = 0; n < 7; n += 1) {
      await fetch(`${world.service.address}/v1/me`, {
        headers: { authorization: `Bearer ccs_${'A'.repeat(60)}` },
      });
    }
    await alerts.getByText('More than 5 sign-ins failed within a minute.').waitFor();
    await alerts
      .getByText(`Recoveries for user ${checktick.people.requester.id} were stopped`)
      .waitFor();
    expect((await alerts.innerText()).indexOf('sign-ins')).toBeLessThan(
      (await alerts.innerText()).indexOf('Recoveries for user'),
    );
    await alerts.getByText('Nobody is told of alerts by mail').waitFor();
    await looks(page, 'alerts');
    await deployment.sql(
      `UPDATE surveys_recoveryrequest SET rejected_at = now() - interval '8 days'`,
    );
    await alerts.getByText('Recoveries for user').waitFor({ state: 'detached', timeout: 60_000 });
  });
});
