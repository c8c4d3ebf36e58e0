import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { PackageAnswer, RequestAnswer } from '../../sync/routes/answers.ts';
import type { RecoveryAnswer } from '../../sync/routes/recovery-answers.ts';
import { makeTicket, type TestTicket } from '../support/documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { approvedSetup, committed, recoverBundle, shareSetFor } from '../support/sync-ceremony.ts';
import { looks, type PageWorld, reach, startPage } from '../support/sync-page.ts';

const json = { mimeType: 'application/json' };

describe('a whole recovery on sync’s page', () => {
  let world: PageWorld;
  let set: TestShareSet;
  let ticket: TestTicket;
  let code = '';

  beforeAll(async () => {
    world = await startPage();
    const { admins } = world.service;
    set = await shareSetFor(admins.operator, 'rehearsal');
    await committed(admins, await approvedSetup(admins, set));
    await world.deployment.escrow(set.platformKey);
    for (const name of ['operator', 'approver1', 'approver2'] as const) await world.enrol(name);
    // Two sit at telephones.
    await world.pageOf('approver2').setViewportSize({ width: 360, height: 740 });
  });
  afterAll(async () => world?.stop());

  const operator = (): Page => world.pageOf('operator');
  const recovery = (): Promise<RecoveryAnswer> =>
    world.service.admins.operator.get<RecoveryAnswer>(`/v1/requests/${code}/recovery`);

  it('finds whose survey it is, by number or name, and says what cannot be recovered', async () => {
    const page = operator();
    await page.getByRole('link', { name: 'Requests' }).click();
    await page.getByRole('button', { name: 'Ask for a recovery' }).click();
    const search = async (text: string): Promise<void> => {
      await page.getByLabel('Whose survey').fill(text);
      await page.getByRole('button', { name: 'Search' }).click();
    };
    await search('nobody of this name');
    await page.getByText('Nothing that can be recovered fits.').waitFor();
    await search('auditor');
    await page
      .getByText(/Without any escrow, so nothing to recover: user \d+ \(auditor@/)
      .waitFor();
    // A name is no pattern.
    await search('%');
    await page.getByText('Nothing that can be recovered fits.').waitFor();
    await search('clinic');
    const { people, survey } = world.deployment.checktick;
    await page
      .getByRole('radio', { name: new RegExp(`Survey ${survey.id} .*User ${people.requester.id}`) })
      .waitFor();
    await search(String(people.requester.id));
    await page.getByText(`Survey ${survey.id} (Clinic follow-up)`).click();
    await page.getByLabel('Why is it needed?').fill('password and recovery phrase forgotten');
    await page.getByLabel('Hours of delay').fill('many');
    await page.getByText('A whole number of hours, at most 720.').waitFor();
    await page.getByLabel('Hours of delay').fill('');
    await looks(page, 'request-new');
    // The line breaks: two requests would be made by who is told that asking again is safe.
    const address = '**/v1/requests';
    // Only of what is asked for here: a list that looks again by itself meanwhile says so of itself.
    await page.route(address, (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    await page.getByRole('button', { name: 'Ask for this recovery' }).click();
    const refused = page.getByRole('alert');
    await refused.getByText('Sync did not answer.').waitFor();
    await refused.getByText('look before you ask once more').waitFor();
    expect(await refused.innerText()).not.toMatch(/nothing twice|is safe/);
    await looks(page, 'request-no-answer');
    await page.unroute(address);
    await page.getByRole('button', { name: 'Ask for this recovery' }).click();
    await page.getByRole('heading', { name: /^Recovery [A-Z]{3}-\d{3}-[A-Z]{3}$/ }).waitFor();
    code = page.url().split('/').at(-1) ?? '';
    expect((await recovery()).request.status).toBe('pending_verification');
  });

  it('writes down how the person was checked, in two steps, at a narrow window', async () => {
    const page = operator();
    await page.setViewportSize({ width: 360, height: 740 });
    // Where the link goes to it, admins do see the address again.
    await page.getByText('admins see it with the claim').waitFor();
    await page.getByText('A photo id was checked').click();
    await page.getByLabel('Reference').fill('file 17');
    await page.getByRole('button', { name: 'Write it down' }).click();
    await page.getByText('Written down. This is true now:').waitFor();
    await page.getByText('written down by operator').waitFor();
    await page.getByText('A video call was held').click();
    await page.getByLabel('Reference').fill('recording 4');
    await looks(page, 'request-check');
    await page.getByRole('button', { name: 'Write it down' }).click();
    await page.getByRole('heading', { name: 'How was the person checked?' }).waitFor({
      state: 'detached',
    });
    const { request } = await recovery();
    expect(request.status).toBe('awaiting_primary');
    expect(request.checks.map(({ check, reference }) => [check, reference])).toEqual([
      ['photo-id', 'file 17'],
      ['video', 'recording 4'],
    ]);
  });

  it('is approved from the queue by keyboard alone, and at a telephone', async () => {
    const page = world.pageOf('approver1');
    // Word of it comes by itself, and not before the first key is pressed.
    await page.getByRole('button', { name: /^Look and approve: Recover survey/ }).waitFor();
    await reach(page, /^Look and approve: Recover survey/);
    await page.keyboard.press('Enter');
    await reach(page, /Reason/);
    await page.keyboard.type('identity checked');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'You are about to approve' }).waitFor();
    await reach(page, /Approve with your passkey/);
    await page.keyboard.press('Enter');
    await page.getByText('Your approval is recorded').waitFor();

    const other = world.pageOf('approver2');
    await other.getByRole('link', { name: `Go on with the recovery ${code}` }).click();
    await other.getByRole('button', { name: /^Look and approve: Recover/ }).click();
    await other.getByLabel('Reason').fill('identity checked, too');
    await other.getByRole('button', { name: 'Show the statement' }).click();
    // Times as people read them, though the key signs them as documents write them.
    await other
      .getByText(/^checked by operator at \d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC/)
      .filter({ visible: true })
      .first()
      .waitFor();
    await other.getByRole('button', { name: 'Approve with your passkey' }).click();
    await other.getByText('Your approval is recorded').waitFor();
    await other.getByText(/asked for by operator; approved by approver1 and approver2/).waitFor();
  });

  it('takes the ticket with its words, and refuses what is none', async () => {
    const page = operator();
    await page.getByRole('heading', { name: 'Ask for the package' }).waitFor();
    ticket = await makeTicket(set);
    const input = page.locator('input[type=file]');
    const bytes = Buffer.from(ticketType.toBytes(ticket.document));
    await input.setInputFiles({ ...json, name: 'large.json', buffer: Buffer.alloc(1_048_577, 32) });
    await page.getByRole('alert').getByText('This file is too large.').waitFor();
    await input.setInputFiles({ ...json, name: 'notes.json', buffer: Buffer.from('{}') });
    const words = eightWords(hexToBytes(ticket.document.digest));
    await page.getByLabel('Eight words of the ticket').fill(words);
    await page.getByRole('button', { name: 'Ask for the package' }).click();
    await page.getByRole('alert').waitFor();
    await input.setInputFiles({ ...json, name: 'conclave-ticket.json', buffer: bytes });
    await page.getByLabel('Eight words of the ticket').fill(words.replace(/\w+$/, 'zzzz'));
    await page.getByText('Not in the list of words: zzzz.').waitFor();
    await page.getByLabel('Eight words of the ticket').fill(words);
    await looks(page, 'ticket');
    await page.getByRole('button', { name: 'Ask for the package' }).click();
    await page.getByText('The package was asked for. This is true now:').waitFor();
    expect((await recovery()).files.map(({ kind, state }) => [kind, state])).toEqual([
      ['package', 'requested'],
    ]);
  });

  it('releases the package by two, and hands it out', async () => {
    for (const name of ['approver1', 'approver2'] as const) {
      const page = world.pageOf(name);
      await page.getByRole('link', { name: 'Queue' }).click();
      await page.getByRole('button', { name: /^Look and approve: Recovery of request/ }).click();
      await page.getByLabel('Reason').fill('as requested');
      await page.getByRole('button', { name: 'Show the statement' }).click();
      await page.getByRole('button', { name: 'Approve with your passkey' }).click();
      await page.getByText('Your approval is recorded').waitFor();
    }
    const page = operator();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Download the package: Recovery/ }).click();
    expect((await download).suggestedFilename()).toMatch(/^conclave-package-[0-9a-f]{8}\.json$/);
    await looks(page, 'recovery');
  });

  it('commits the bundle that came back, and gives its receipt', async () => {
    const { operator: caller } = world.service.admins;
    const [{ nonce } = { nonce: '' }] = (
      await caller.get<{ packages: PackageAnswer[] }>('/v1/packages')
    ).packages.filter(({ kind }) => kind === 'recover');
    const bundle = await recoverBundle(caller, set, { nonce, ticket });
    const page = operator();
    await page.getByRole('link', { name: 'Queue' }).click();
    await page
      .locator('input[type=file]')
      .setInputFiles({ ...json, name: 'conclave-bundle.json', buffer: Buffer.from(bundle.bytes) });
    await page.getByText('every signature is good').waitFor();
    await page.getByRole('button', { name: 'Take this bundle in' }).click();
    await page.getByText('Taken in.').waitFor();
    await page.getByRole('button', { name: /^Commit: Recover survey/ }).click();
    await page.getByText('Committed. This is true now:').waitFor();
    await page
      .getByRole('link', { name: `See the recovery ${code}` })
      .first()
      .click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Download the receipt: Recover survey/ }).click();
    expect((await download).suggestedFilename()).toMatch(/^conclave-receipt-[0-9a-f]{8}\.json$/);
    expect((await caller.get<RequestAnswer>(`/v1/requests/${code}`)).status).toBe('completed');
  });

  /** By the browser's own clock, which only a test can move: the page has no switch for it. */
  async function hiddenAfterAMinute(page: Page): Promise<void> {
    const list = page.getByRole('list', { name: 'One-time passphrase' });
    await page.clock.install();
    await page.getByRole('button', { name: 'Show the words again' }).click();
    await list.waitFor();
    await page.clock.pauseAt(new Date(Date.now() + 1_000));
    await page.clock.runFor(57_000);
    expect(await list.isVisible()).toBe(true);
    await page.clock.runFor(5_000);
    await list.waitFor({ state: 'detached' });
    await page.getByText('Is anybody looking?').waitFor();
    await page.clock.resume();
  }

  it('shows the one-time passphrase only when asked, hides it, and destroys it', async () => {
    const page = operator();
    await page.getByRole('button', { name: /^One-time passphrase: Recover survey/ }).click();
    await page.getByText('Is anybody looking?').waitFor();
    await page.getByRole('button', { name: 'Show the words', exact: true }).click();
    const list = page.getByRole('list', { name: 'One-time passphrase' });
    await list.waitFor();
    const words = (await list.innerText()).match(/[a-z]+/g) ?? [];
    expect(words).toHaveLength(7);
    await page.getByRole('button', { name: 'Hide them' }).click();
    await list.waitFor({ state: 'detached' });
    // One word may stand on the page by chance; all seven do not.
    const left = await page.content();
    expect(words.every((word) => left.includes(word))).toBe(false);
    await page.getByRole('button', { name: 'Show the words again' }).click();
    await list.waitFor();
    // Left for another window: nobody finds them there.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await list.waitFor({ state: 'detached' });
    await hiddenAfterAMinute(page);
    await looks(page, 'passphrase');
    await page.getByRole('button', { name: 'The user is in: destroy the words' }).click();
    await page.getByText('You said that the user is in. This is true now:').waitFor();
    const looked = await world.deployment.sql<{ many: number }>(
      `SELECT count(*)::int AS many FROM conclave.events WHERE type = 'passphrase-shown'`,
    );
    expect(looked).toEqual([{ many: 3 }]);
    await looks(page, 'recovery-done');
    const { steps, history } = await recovery();
    expect(new Set(steps.map(({ state }) => state))).toEqual(new Set(['done']));
    expect(history.map(({ what, by }) => `${what} | ${by}`)).toEqual([
      'request submitted: password and recovery phrase forgotten | operator',
      'verification recorded: photo id (reference file 17) | operator',
      'verification completed: photo id (reference file 17), video call (reference recording 4) | operator',
      'primary approval: identity checked | approver1',
      'secondary approval: identity checked, too | approver2',
      'time delay complete: 0 hours | the system',
      'escrowed email compared: matched | operator',
      'recovery executed | operator',
    ]);
    for (const { complaints } of world.people.values()) expect(complaints).toEqual([]);
  });

  it('asks for a survey that an organisation keeps, by numbers, and says which one is wrong', async () => {
    const page = operator();
    const { people, survey } = world.deployment.checktick;
    const [made] = await world.deployment.sql<{ id: string }>(
      'INSERT INTO surveys_organization DEFAULT VALUES RETURNING id',
    );
    const organisation = String(made?.id);
    await world.deployment.writeKv(`surveys/${survey.id}/kek`, { encrypted_kek: 'ab'.repeat(60) });
    await page.goto(`${world.origin}/#/requests`);
    await page.getByRole('button', { name: 'Of an organisation’s survey' }).click();
    await page.getByLabel('Number of the user').fill(String(people.requester.id));
    await page.getByLabel('Number of the survey').fill(String(survey.id));
    await page.getByLabel('Number of the team').fill('nine');
    await page.getByText('A whole number, from 1.').waitFor();
    await page.getByLabel('Number of the team').fill('9');
    await page.getByLabel('Number of the organisation').fill('999');
    await page.getByLabel('Why is it needed?').fill('forgot the password of the ward’s survey');
    await page.getByRole('button', { name: 'Ask for this recovery' }).click();
    await page.getByRole('alert').getByText('CheckTick has no organisation 999.').waitFor();
    await page.getByLabel('Number of the organisation').fill(organisation);
    await looks(page, 'request-organisation');
    await page.getByRole('button', { name: 'Ask for this recovery' }).click();
    await page.getByRole('heading', { name: /^Recovery [A-Z]{3}-\d{3}-[A-Z]{3}$/ }).waitFor();
    code = page.url().split('/').at(-1) ?? '';
    const { request } = await recovery();
    expect(request.organisation).toEqual({ organisationId: Number(organisation), teamId: 9 });
    await page
      .getByText(`team 9 of organisation ${organisation}; the owner’s passphrase`)
      .waitFor();
  });
});
