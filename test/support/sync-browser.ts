/**
 * Sync's page in a real Chromium with its virtual authenticator.
 * @module
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** @param trusted public keys of certificates that it takes for good: SHA-256 of the SPKI, base64 */
export async function startBrowser(trusted: readonly string[] = []): Promise<Browser> {
  const executablePath = PLACES.find((file) => existsSync(file));
  if (executablePath === undefined) throw new Error('there is no Chromium (apt install chromium)');
  // Not "ignore all errors": on a page with one, Chromium has no passkeys.
  const keys =
    trusted.length === 0 ? [] : [`--ignore-certificate-errors-spki-list=${trusted.join(',')}`];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...keys] });
}

export interface Admin {
  readonly page: Page;
  /** What the browser complained about: blocked by the policy, or thrown by a script. */
  readonly complaints: string[];
}

/** A browser of its own for one admin, with a passkey authenticator that says yes. */
export async function openAdmin(browser: Browser): Promise<Admin> {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { page, complaints };
}

/** The rules of axe that this page breaks; its policy lets no script in, so axe comes by devtools. */
export async function axeFaults(page: Page): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in window);
  if (!isThere) await page.evaluate(await readFile(axeFile, 'utf8'));
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run(options: {
          resultTypes: string[];
        }): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    // Every rule is tried; only of what breaks one are all the places described.
    const { violations } = await axe.run({ resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

/** Wide and narrow, light and dark: no fault of axe, nothing beyond the edge. */
export async function everyLook(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1_440, 360]) {
      await page.setViewportSize({ width, height: 900 });
      await look(`${width}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1_440, height: 900 });
}
