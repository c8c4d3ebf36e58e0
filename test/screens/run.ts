/**
 * Shows every screen in the real window, light and dark: axe finds nothing wrong, nothing of the
 * page is wider than the window, the instruction has the focus. Keeps a picture of each in
 * docs/screens/.
 *
 * Usage: run.ts [--out FOLDER_OF_THE_BUILT_APP] [--only NAME,NAME,…]
 * @module
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ElectronApplication, Page } from 'playwright';
import type { HomeView } from '../../shared/ceremony/home.ts';
import type { View } from '../../shared/ceremony/view.ts';
import type { ScreenCase } from './case.ts';
import { spoken } from './aloud.ts';
import { cases } from './cases.ts';
import { tooLarge } from './entry-cases.ts';
import { open } from './launch.ts';
import { allowed } from './lockdown.ts';
import type { Steering } from './host.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = path.resolve(import.meta.dirname, '../../docs/screens');
const HOME = /Are the keys safe|Choose how/;
/** Milliseconds until a screen that does not come is given up. */
const PATIENCE = 5000;
const SIZE = { width: 1280, height: 800 };

type Steered = typeof globalThis & { steering: Steering };

/** Everything that is wrong with the page as it stands, in words. */
async function faultsOf(page: Page): Promise<string[]> {
  // Through the protocol, because the page's policy rightly refuses added scripts.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    interface Axe {
      run(): Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }>;
    }
    const { violations } = await (globalThis as typeof globalThis & { axe: Axe }).axe.run();
    const found = violations.map(
      ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html).join(' | ')})`,
    );
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) found.push(`wider than the window: ${scrollWidth}`);
    if (document.activeElement?.tagName === 'BODY') found.push('nothing has the focus');
    return found;
  });
}

async function show(app: ElectronApplication, page: Page, one: ScreenCase): Promise<Page> {
  const { view = null, home = null, lists = 'filled' } = one;
  const steer = (shown: { view: View | null; home: HomeView | null }) =>
    app.evaluate(
      (_electron, given) =>
        (globalThis as Steered).steering.show(given.view, given.home, given.lists),
      { ...shown, lists },
    );
  // Home in between: the same screen again starts afresh.
  await steer({ view: null, home });
  if (one.entry === undefined) {
    await page.getByRole('heading', { name: HOME }).waitFor();
  }
  // Always as long ago, so that a picture changes only when its screen does.
  const startedAt = new Date(Date.now() - 25 * 60_000).toISOString();
  if (view !== null) await steer({ view: { ...view, startedAt }, home });
  if (one.entry !== undefined) {
    const opening = app.waitForEvent('window');
    await app.evaluate(
      (_electron, [messages, broken]) =>
        (globalThis as Steered).steering.openEntry(messages, broken),
      [one.entry, one.broken] as const,
    );
    const window = await opening;
    await one.prepare?.(window);
    return window;
  }
  // The old screen's buttons must be gone before one is pressed.
  if (view !== null) await page.getByRole('heading', { name: HOME }).waitFor({ state: 'detached' });
  await one.prepare?.(page);
  return page;
}

/** Waits until the page shows what the case names, and throws when it shows something else. */
async function recognise(page: Page, { heading, says }: ScreenCase): Promise<void> {
  // A dialog lies on top of the screen that it was opened from.
  const dialog = page.getByRole('dialog');
  const until = Date.now() + PATIENCE;
  for (;;) {
    const onTop = (await dialog.count()) > 0 ? dialog : page;
    const found = await onTop.getByRole('heading').first().textContent({ timeout: PATIENCE });
    if (found?.trim() === heading) break;
    if (Date.now() > until) throw new Error(`its heading is "${found}", not "${heading}"`);
    await page.waitForTimeout(50);
  }
  if (says === undefined) return;
  await page
    .getByText(says)
    .or(page.getByLabel(says))
    .filter({ visible: true })
    .first()
    .waitFor({ timeout: PATIENCE })
    .catch(() => {
      throw new Error(`under "${heading}" it does not say "${says}"`);
    });
}

/** What the entry window should have sent, last, and did not; bytes are compared as numbers. */
async function unheard(app: ElectronApplication, { name, heard }: ScreenCase): Promise<string[]> {
  const plain = (message: unknown) =>
    JSON.stringify(message, (_key, value: unknown) =>
      value instanceof Uint8Array ? [...value] : value,
    );
  const wanted = plain(heard);
  const until = Date.now() + PATIENCE;
  for (;;) {
    const last = await app.evaluate(() => {
      const message = (globalThis as Steered).steering.heard.at(-1);
      return JSON.stringify(message, (_key, value: unknown) =>
        value instanceof Uint8Array ? [...value] : value,
      );
    });
    if (last === wanted) return [];
    if (Date.now() > until) return [`${name}: the window sent ${last}`];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function check(app: ElectronApplication, main: Page, one: ScreenCase): Promise<string[]> {
  const faults: string[] = [];
  const page = await show(app, main, one);
  await recognise(page, one);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(one.settle ?? 150);
    for (const fault of await faultsOf(page)) faults.push(`${scheme}: ${fault}`);
    if (scheme === 'light' || one.dark === true) {
      const name = scheme === 'light' ? one.name : `${one.name}-dark`;
      await page.screenshot({ path: path.join(PICTURES, `${name}.png`), animations: 'disabled' });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await one.leave?.(page);
  if (one.said !== undefined) {
    const said = await app.evaluate(() => (globalThis as Steered).steering.said.at(-1));
    if (JSON.stringify(said) !== JSON.stringify(one.said)) {
      faults.push(`it said ${JSON.stringify(said)}`);
    }
  }
  if (one.heard !== undefined) faults.push(...(await unheard(app, one)));
  if (one.entry !== undefined) {
    await app.evaluate(() => (globalThis as Steered).steering.closeEntry());
  }
  return faults;
}

const { values } = parseArgs({ options: { out: { type: 'string' }, only: { type: 'string' } } });
const only = values.only === undefined ? undefined : new Set(values.only.split(','));
const opened = await open(values.out);
await opened.page.setViewportSize(SIZE);
const complaints: string[] = [];
// A style or a script that the policy refused is a fault of the page, whatever it looks like.
opened.app.context().on('console', (message) => {
  if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
});
let [passed, failed] = [0, 0];
/** One more that was looked at; each fault is a line that scripts/test.mjs names once more. */
function count(what: string, faults: readonly string[]) {
  for (const fault of faults) console.log(`NOT OK  ${what}: ${fault}`);
  if (faults.length === 0) passed += 1;
  else failed += 1;
}
const marks = new Map<string, string>();
for (const { name, heading, says = '' } of cases) {
  const twin = marks.get(`${heading}/${says}`);
  if (twin !== undefined) throw new Error(`${name} cannot be told from ${twin}.`);
  marks.set(`${heading}/${says}`, name);
}
for (const one of cases) {
  if (only !== undefined && !only.has(one.name)) continue;
  const faults = await check(opened.app, opened.page, one).catch((error: unknown) => [
    String(error),
  ]);
  faults.push(...complaints.splice(0));
  count(one.name, faults);
}
for (const [name, work] of spoken(opened.app, opened.page, tooLarge())) {
  if (values.only !== undefined) continue;
  const faults = await work().then(
    () => [],
    (error: unknown) => [String(error)],
  );
  count(name, faults);
}
complaints.length = 0;
// Last: what is refused here fills the console. Once in each kind of window.
for (const kind of ['main', 'entry'] as const) {
  const one = cases.find(({ entry }) => (entry === undefined) === (kind === 'main'));
  if (!one || values.only !== undefined) continue;
  const page = await show(opened.app, opened.page, one);
  const through = await allowed(opened.app, page);
  count(
    `${kind} window`,
    through.map((name) => `it can ${name}`),
  );
}
await opened.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
