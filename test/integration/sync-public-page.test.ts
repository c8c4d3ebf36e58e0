import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import { startSmtp, type TestSmtp } from '../servers/smtp.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { makeCast, withMail } from '../support/people.ts';
import { openAdmin, startBrowser } from '../support/sync-browser.ts';
import { committed, type MadeBundle, setupBundle, shareSetFor } from '../support/sync-ceremony.ts';
import { looks, reach } from '../support/sync-page.ts';
import { mailsTo, type MailingService, startMailing, tokenIn } from '../support/sync-public.ts';
import { deploy, type Deployment } from '../support/sync-service.ts';

const CUSTODIAN = 'custodian-1@hospital.example';
const WITNESS = 'witness@audit.example';
const ADDRESSES: Readonly<Record<string, string>> = { 'custodian 1': CUSTODIAN, witness: WITNESS };

/** What a custodian or a witness sees who opens the link of his mail. */
describe('the page on which a change of the keys is stopped, in Chromium', () => {
  let smtp: TestSmtp;
  let deployment: Deployment;
  let service: MailingService;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    smtp = await startSmtp();
    deployment = await deploy();
    service = await startMailing(deployment, smtp, { CONCLAVE_DELAY_HOURS: '0' });
    browser = await startBrowser();
    ({ page, complaints } = await openAdmin(browser));
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await deployment?.stop();
    await smtp?.stop();
  });

  const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

  async function brought(label: string): Promise<{ set: TestShareSet; made: MadeBundle }> {
    const cast = withMail(makeCast('production'), (name) => ADDRESSES[name]);
    const set = await shareSetFor(service.admins.operator, deployment.mode, { cast, label });
    const made = await setupBundle(service.admins.operator, set);
    await service.admins.operator.post('/v1/bundles', made.bytes);
    return { set, made };
  }
  async function approved({ set, made }: { set: TestShareSet; made: MadeBundle }): Promise<void> {
    const entry = { words: eightWords(hexToBytes(set.manifest.digest)), reason: 'seen on paper' };
    for (const approver of [service.admins.approver1, service.admins.approver2]) {
      await approver.approve('bundle-approve', made.digest, entry);
    }
  }
  async function linkOf(address: string, { digest }: MadeBundle): Promise<string> {
    const told = [CUSTODIAN, WITNESS, 'operator@example.org'];
    const words = eightWords(hexToBytes(digest));
    const mails = await mailsTo(smtp, 'Somebody wants to change', words, told);
    const mail = mails.find(({ to }) => to.includes(address));
    return `${service.pages}/object/${mail === undefined ? '' : tokenIn(mail)}`;
  }

  it('says what would change and is stopped by keyboard alone', async () => {
    const came = await brought('2026 A');
    await page.goto(await linkOf(CUSTODIAN, came.made));
    await heading('Stop this change of the keys?');
    await page.getByText('Platform key version v1 would be set up').waitFor();
    await looks(page, 'change');
    // Nothing stands between who opens it and the button.
    await page.keyboard.press('Tab');
    await reach(page, /Stop the change/);
    await page.keyboard.press('Enter');
    await heading('The change is stopped');
    await looks(page, 'change-stopped');
    const { operator } = service.admins;
    expect((await operator.get<BundleAnswer>(`/v1/bundles/${came.made.digest}`)).state).toBe(
      'objected',
    );
    // The other one, who opens his mail later.
    await page.goto(await linkOf(WITNESS, came.made));
    await heading('The change is stopped');
    expect(await page.getByRole('button').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('says that it is too late once the change was made, and whom to call', async () => {
    const came = await brought('2026 B');
    const link = await linkOf(WITNESS, came.made);
    await approved(came);
    await page.goto(link);
    await heading('Stop this change of the keys?');
    await committed(service.admins, came.made);
    await page.getByRole('button', { name: 'Stop the change' }).click();
    await heading('It is too late to stop this here');
    await page.getByText('call your administrators now').waitFor();
    await looks(page, 'change-late');
    await page.goto(`${service.pages}/object/cco_${'A'.repeat(43)}`);
    await heading('This link does not work any more');
    expect(complaints).toEqual([]);
  });
});
