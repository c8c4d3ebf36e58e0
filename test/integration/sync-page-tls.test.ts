import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { issueCertificate, makeAuthority } from '../support/certificates.ts';
import { setupBundle, shareSetFor } from '../support/sync-ceremony.ts';
import { type PageWorld, startPage } from '../support/sync-page.ts';

/** Not a rehearsal on plain HTTP: the cookie that only TLS carries, as admins have it. */
describe('sync’s page in Chromium, in production and over TLS', { retry: 0 }, () => {
  let folder: string;
  let world: PageWorld;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'conclave-page-tls-'));
    await makeAuthority(folder, 'authority');
    const hosts = 'IP:127.0.0.1,DNS:localhost';
    world = await startPage({}, await issueCertificate(folder, 'authority', 'sync', hosts));
  }, 240_000);
  afterAll(async () => {
    await world?.stop();
    await rm(folder, { recursive: true });
  });

  it('signs in into a cookie of this host alone, which no script reads', async () => {
    const page = await world.enrol('approver1');
    expect(new URL(page.url()).protocol).toBe('https:');
    expect(await page.context().cookies()).toMatchObject([
      {
        name: '__Host-conclave',
        domain: 'localhost',
        path: '/',
        secure: true,
        httpOnly: true,
        sameSite: 'Strict',
        // It ends with the browser.
        expires: -1,
      },
    ]);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.getByText('PRODUCTION').first().waitFor();
  });

  it('approves with a passkey, and signs out for good', async () => {
    // Another replica brings the bundle, as a command on the server would.
    const replica = await world.deployment.start();
    const { operator } = replica.admins;
    const set = await shareSetFor(operator, 'production');
    const made = await setupBundle(operator, set);
    await operator.post('/v1/bundles', made.bytes);
    const page = world.pageOf('approver1');
    await page.getByRole('heading', { name: '1 thing waits for you' }).waitFor();
    await page.getByRole('button', { name: /^Look and approve: Set up platform key/ }).click();
    await page.getByLabel('Reason').fill('seen on the paper of the witness');
    await page.getByLabel('Eight words').fill(eightWords(hexToBytes(set.manifest.digest)));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'You are about to approve' }).waitFor();
    await page.getByRole('button', { name: 'Approve with your passkey' }).click();
    await page.getByText('Your approval is recorded').waitFor();
    const [cookie] = await page.context().cookies();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
    // Whoever kept a copy has nothing with it.
    await page.context().addCookies([cookie ?? expect.fail('no cookie')]);
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    expect(world.people.get('approver1')?.complaints).toEqual([]);
  });
});
