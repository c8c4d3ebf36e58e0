/**
 * Sync's page in a browser: a real service beside a real Vault and PostgreSQL, admins who enrol by
 * one-time links and sign in with passkeys, and every view looked at in every size and colour.
 * @module
 */
import { createHash, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { expect } from 'vitest';
import { buildPage } from '../../scripts/sync/page.ts';
import { isBuilt } from './sync-program.ts';
import { createCode } from '../../sync/people/codes.ts';
import { type Admin, axeFaults, everyLook, openAdmin, startBrowser } from './sync-browser.ts';
import type { TestCertificate } from './certificates.ts';
import { deploy, type Deployment, type Service } from './sync-service.ts';

/** Pictures are taken only when they are asked for: CONCLAVE_PICTURES=docs/screens. */
const PICTURES = process.env['CONCLAVE_PICTURES'];
const root = fileURLToPath(new URL('../..', import.meta.url));

type AdminName = 'operator' | 'approver1' | 'approver2' | 'auditor' | 'both';

export interface PageWorld {
  readonly deployment: Deployment;
  readonly service: Service;
  readonly browser: Browser;
  /** Where browsers reach sync. */
  readonly origin: string;
  /** Whose browsers are open. */
  readonly people: ReadonlyMap<string, Admin>;
  pageOf(name: AdminName): Page;
  /**
   * A one-time link, a passkey, a sign-in: as each of them does it.
   * @param watch is called at the form and at the sign-in, for pictures
   */
  enrol(name: AdminName, watch?: (page: Page, where: string) => Promise<void>): Promise<Page>;
  stop(): Promise<void>;
}

/** SHA-256 of a certificate's public key, base64: how Chromium is told to take it. */
async function publicKeyOf({ certificate }: Pick<TestCertificate, 'certificate'>): Promise<string> {
  const { publicKey } = new X509Certificate(await readFile(certificate));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Light and dark, wide and narrow: no fault of axe, nothing beyond the edge, a picture if asked. */
export async function looks(page: Page, name: string): Promise<void> {
  await everyLook(page, async (look) => {
    if (PICTURES !== undefined) {
      const folder = path.resolve(root, PICTURES);
      await mkdir(folder, { recursive: true });
      await page.screenshot({ path: `${folder}/sync-${name}-${look}.png`, fullPage: true });
    }
    expect(await axeFaults(page), `${name} ${look}`).toEqual([]);
    const beyond = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(beyond, `${name} ${look} is wider than its window`).toBe(0);
  });
}

/** Presses the tab key until what has the focus is called so: label, name or text. */
export async function reach(page: Page, name: RegExp): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed += 1) {
    const focused = await page.evaluate(() => {
      const { activeElement } = document;
      // What is only focused to be read (a heading, the whole view) is not what was looked for.
      if (activeElement?.getAttribute('tabindex') === '-1' || activeElement === document.body) {
        return '';
      }
      const label = document.querySelector(`label[for="${activeElement?.id ?? ''}"]`);
      return `${activeElement?.getAttribute('aria-label') ?? ''} ${label?.textContent ?? ''} ${activeElement?.textContent ?? ''}`;
    });
    if (name.test(focused)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${name} cannot be reached by the tab key`);
}

/**
 * @param env settings of the service
 * @param tls certificate and key: then it runs in production, over TLS
 */
export async function startPage(
  env: Record<string, string> = {},
  tls?: Pick<TestCertificate, 'certificate' | 'key'>,
): Promise<PageWorld> {
  if (!isBuilt) await buildPage();
  const deployment = await deploy({ mode: tls === undefined ? 'rehearsal' : 'production' });
  const port = await freePort();
  const origin = `${tls === undefined ? 'http' : 'https'}://localhost:${port}`;
  const service = await deployment.start({
    env: {
      CONCLAVE_PUBLIC_URL: origin,
      CONCLAVE_LISTEN_PORT: String(port),
      ...(tls === undefined
        ? {}
        : { CONCLAVE_TLS_CERT: tls.certificate, CONCLAVE_TLS_KEY: tls.key }),
      ...env,
    },
  });
  const browser = await startBrowser(tls === undefined ? [] : [await publicKeyOf(tls)]);
  const people = new Map<string, Admin>();

  return {
    deployment,
    service,
    browser,
    origin,
    people,
    pageOf: (name) => {
      const found = people.get(name);
      if (found === undefined) throw new Error(`${name} has not enrolled`);
      return found.page;
    },
    enrol: async (name, watch) => {
      const admin = await openAdmin(browser);
      people.set(name, admin);
      const { page } = admin;
      const { text, hash } = createCode('cce');
      await deployment.sql(
        `INSERT INTO conclave.enrolments (hash, admin_id, purpose, created_at, expires_at)
         SELECT $2, id, 'further', now(), now() + interval '1 hour'
           FROM conclave.admins WHERE name = $1`,
        [name, hash],
      );
      await page.goto(`${origin}/enrol#${text}`);
      await page.getByText(name, { exact: true }).first().waitFor();
      expect(page.url()).toBe(`${origin}/enrol`);
      await watch?.(page, 'enrol');
      await page.getByLabel('Name of this key').fill('key of the test');
      await page.getByRole('button', { name: 'Make the passkey' }).click();
      await page.getByRole('heading', { name: 'Your passkey is registered' }).waitFor();
      await page.getByRole('link', { name: 'Go to sign-in' }).click();
      await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
      await watch?.(page, 'sign-in');
      await page.getByRole('button', { name: 'Sign in with your passkey' }).click();
      await page.getByText(`${name}, `).first().waitFor();
      return page;
    },
    stop: async () => {
      await browser.close();
      await deployment.stop();
    },
  };
}
