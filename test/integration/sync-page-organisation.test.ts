/** An owner who forgot the passphrase, on sync's page: asked for, released, taken in, approved, committed. */
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { PackageAnswer } from '../../sync/routes/answers.ts';
import { makeTicket, type TestTicket } from '../support/documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedSetup,
  committed,
  type MadeBundle,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import {
  linkTables,
  makeOrganisation,
  openedPackage,
  openedWith,
  organisationBundle,
  type TestOrganisation,
} from '../support/sync-organisation.ts';
import { looks, type PageWorld, startPage } from '../support/sync-page.ts';

const json = { mimeType: 'application/json' };

describe('an owner who forgot the passphrase on sync’s page', () => {
  let world: PageWorld;
  let set: TestShareSet;
  let organisation: TestOrganisation;
  let ticket: TestTicket;
  let made: MadeBundle;

  beforeAll(async () => {
    world = await startPage();
    const { admins } = world.service;
    set = await shareSetFor(admins.operator, 'rehearsal');
    await committed(admins, await approvedSetup(admins, set));
    await linkTables(world.deployment);
    organisation = await makeOrganisation(world.deployment, set);
    ticket = await makeTicket(set);
    for (const name of ['operator', 'approver1', 'approver2'] as const) await world.enrol(name);
  });
  afterAll(async () => world?.stop());

  const operator = (): Page => world.pageOf('operator');
  const approve = async (
    page: Page,
    button: RegExp,
    picture: string,
    states: RegExp | null = null,
  ): Promise<void> => {
    await page.getByRole('link', { name: 'Queue', exact: true }).click();
    await page.getByRole('button', { name: button }).click();
    await page.getByLabel('Reason').fill('called the owner back');
    await page.getByRole('button', { name: 'Show the statement' }).click();
    await page.getByRole('heading', { name: 'You are about to approve' }).waitFor();
    if (states !== null) await page.getByText(states).waitFor();
    if (picture !== '') await looks(page, picture);
    await page.getByRole('button', { name: 'Approve with your passkey' }).click();
    await page.getByText('Your approval is recorded').waitFor();
  };

  it('is asked for with how it was checked, the ticket and its words', async () => {
    const page = operator();
    await page.getByRole('link', { name: 'Requests' }).click();
    await page.getByRole('button', { name: 'An owner forgot, or an organisation moves' }).click();
    const ask = page.getByRole('button', { name: 'Ask for the package' });
    await page.getByLabel('Number of the organisation').fill('four');
    await page.getByText('A whole number, from 1.').waitFor();
    await page.getByLabel('Number of the organisation').fill('999');
    await page.getByLabel('Name of the owner').fill('owner 1');
    await page.getByLabel('How was the organisation checked?').fill('register, file 12');
    await page.getByLabel('How was the owner checked?').fill('photo id, file 12');
    await page.getByLabel('Only these surveys').fill('31:9:4');
    await page.getByText('Numbers such as 31:9, 40').last().waitFor();
    await page.getByLabel('Only these surveys').fill('');
    await page.locator('input[type=file]').setInputFiles({
      ...json,
      name: 'ticket.json',
      buffer: Buffer.from(ticketType.toBytes(ticket.document)),
    });
    expect(await ask.isDisabled()).toBe(true);
    await page
      .getByLabel('Eight words of the ticket')
      .fill(eightWords(hexToBytes(ticket.document.digest)));
    await looks(page, 'owner-forgot');
    await ask.click();
    await page.getByText('CheckTick has no organisation 999.').waitFor();
    await page.getByLabel('Number of the organisation').fill(String(organisation.id));
    const numbers = Object.values(organisation.surveys).map(({ id, teamId }) =>
      teamId === null ? String(id) : `${id}:${teamId}`,
    );
    expect(await page.getByText('Are there others?').count()).toBe(0);
    await page.getByLabel('Only these surveys').fill(numbers.join(', '));
    await page.getByText('No: these are all of which the organisation keeps a key.').click();
    await looks(page, 'owner-forgot-named');
    await ask.click();
    await page.getByText('The package was asked for').waitFor();
    await looks(page, 'owner-forgot-asked');
    await page.getByRole('button', { name: 'Back to the requests' }).click();
    await page.getByRole('button', { name: 'An owner forgot, or an organisation moves' }).waitFor();
  });

  it('is released by two who read every survey, and committed after two more', async () => {
    const { admins } = world.service;
    const [first, second] = [world.pageOf('approver1'), world.pageOf('approver2')];
    const release = /^Look and approve: Survey keys of an organisation/;
    const areAll = /^all of which the organisation keeps a key/;
    await approve(first, release, 'owner-forgot-release', areAll);
    await approve(second, release, '');
    const { packages } = await admins.operator.get<{ packages: PackageAnswer[] }>('/v1/packages');
    const found = packages.find(({ kind }) => kind === 'migrate-organisation');
    expect(found).toMatchObject({ state: 'released' });
    const opened = await openedPackage(admins.operator, set, { nonce: found?.nonce ?? '', ticket });
    made = await organisationBundle(set, organisation, opened);
    await admins.operator.post('/v1/bundles', made.bytes);
    const bundle = /^Look and approve: Wrap the keys of 3 surveys/;
    await approve(first, bundle, 'owner-forgot-bundle');
    await approve(second, bundle, '');
    const page = operator();
    await page.getByRole('link', { name: 'Queue', exact: true }).click();
    await page.getByRole('button', { name: /^Commit: Wrap the keys of 3 surveys/ }).click();
    await page.getByText('Committed. This is true now:').waitFor();
    await looks(page, 'owner-forgot-committed');
    for (const name of ['byCheckTick', 'ofItself', 'sealed'] as const) {
      const survey = organisation.surveys[name];
      const { id } = organisation;
      expect(await openedWith(world.deployment, set, id, survey)).toEqual(survey.kek);
    }
  });
});
