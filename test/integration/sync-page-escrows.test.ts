import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededSurvey } from '../support/sync-ceremony.ts';
import { type EscrowWorld, inClear, post, storing, vaultPath } from '../support/sync-escrows.ts';
import { looks, type PageWorld, startPage } from '../support/sync-page.ts';

describe('survey keys on sync’s page', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await startPage();
    await world.enrol('auditor');
  });
  afterAll(async () => world?.stop());

  it('are counted, and those that are not proved are listed, page by page', async () => {
    const { deployment, service } = world;
    const checktick = await storing(deployment, service);
    const kept = (await checktick.surveys(8)).slice(0, 4).map(inClear);
    await post(checktick.checktick(), kept);
    await post(checktick.checktick(), kept.slice(0, 2));
    const page = world.pageOf('auditor');
    await page.getByRole('link', { name: 'Survey keys' }).click();
    await page
      .getByRole('heading', { name: 'The keys of 2 of 9 surveys are stored and proved' })
      .waitFor();
    await page.getByText('No key is stored of 5 surveys.').waitFor();
    const list = page.getByRole('list', { name: 'Surveys whose key is not proved' });
    expect(await list.getByRole('listitem').count()).toBe(7);
    await list.getByText('not proved').first().waitFor();
    await looks(page, 'survey-keys');
    const more = await checktick.surveys(52);
    await post(checktick.checktick(), [kept[2] ?? {}]);
    await page
      .getByRole('heading', { name: 'The keys of 3 of 61 surveys are stored and proved' })
      .waitFor();
    expect(await list.getByRole('listitem').count()).toBe(50);
    await page.getByRole('button', { name: 'More surveys' }).click();
    await list.getByText(`Survey ${more[51]?.surveyId ?? 0} (Survey 52)`).waitFor();
    expect(await list.getByRole('listitem').count()).toBe(8);
    await page.getByRole('button', { name: 'The first surveys' }).click();
    await list.getByText('(Clinic follow-up)').waitFor();

    // CheckTick stored that one itself, and a laptop has opened it.
    const path = await stored(checktick);
    const heading = (proved: number) =>
      page
        .getByRole('heading', { name: `The keys of ${proved} of 61 surveys are stored and proved` })
        .waitFor();
    await heading(4);
    const there = await deployment.kv(path);
    await deployment.writeKv(path, { ...there, encrypted_kek: 'ab'.repeat(60) });
    await heading(3);
    await list.getByText('(Clinic follow-up)').waitFor();
    await deployment.writeKv(path, { ...there });
    await heading(4);
  });

  /** The seeded survey's key, of CheckTick's own kind and proved; where it lies in Vault. */
  async function stored({ deployment, set }: EscrowWorld): Promise<string> {
    await deployment.escrow(set.platformKey);
    const about = seededSurvey(deployment);
    const path = vaultPath(about);
    const kek = String((await deployment.kv(path))?.['encrypted_kek']);
    await deployment.sql(
      `INSERT INTO conclave.escrow_proofs (user_id, survey_id, digest, way, bundle_digest, proved_at)
       SELECT $1, $2, sha256(decode($3, 'hex')), 'opened', digest, now() FROM conclave.bundles LIMIT 1`,
      [about.userId, about.surveyId, kek],
    );
    return path;
  }
});
