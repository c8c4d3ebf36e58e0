import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inClear, post, storing } from '../support/sync-escrows.ts';
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
  });
});
