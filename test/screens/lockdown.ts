/**
 * What the app's windows cannot do, tried from inside them: reach a network, leave their page,
 * open another, run text as code, find Node, call main by a name that is not the contract's.
 * @module
 */
import type { ElectronApplication, Page } from 'playwright';

export interface Attempt {
  readonly name: string;
  /** Tries it in the page; answers true when it was refused. */
  refused(page: Page, app: ElectronApplication): Promise<boolean>;
}

const rejects = (page: Page, work: string) =>
  page.evaluate(`(async () => { await (${work}); })().then(() => false, () => true)`);

const inPage = (name: string, work: string): Attempt => ({
  name,
  refused: async (page) => (await rejects(page, work)) === true,
});

export const attempts: readonly Attempt[] = [
  inPage('fetch a web page', `fetch('https://example.org/')`),
  inPage('fetch a file', `fetch('file:///etc/hostname')`),
  inPage(
    'fetch by a path that climbs',
    `fetch('app://main/%2e%2e/main/index.cjs').then((r) => { if (!r.ok) throw r; })`,
  ),
  inPage(
    'post to its own scheme',
    `fetch('/index.html', { method: 'POST' }).then((r) => { if (!r.ok) throw r; })`,
  ),
  inPage(
    'open a web socket',
    `new Promise((yes, no) => { const s = new WebSocket('wss://example.org/'); s.onopen = yes; s.onerror = no; })`,
  ),
  inPage('use the microphone', `navigator.mediaDevices.getUserMedia({ audio: true })`),
  inPage('read the clipboard', `navigator.clipboard.readText()`),
  inPage(
    'call main by another name',
    `typeof conclave === 'undefined' ? Promise.reject() : conclave.call('toString', undefined)`,
  ),
  {
    name: 'find Node or Electron',
    refused: (page) =>
      page.evaluate(() =>
        ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].every(
          (name) => !(name in globalThis),
        ),
      ),
  },
  {
    name: 'open a window',
    async refused(page, app) {
      const before = app.windows().length;
      const opened = await page.evaluate(() => window.open('https://example.org/') !== null);
      return !opened && app.windows().length === before;
    },
  },
  {
    name: 'leave its page',
    async refused(page) {
      const before = page.url();
      await page.evaluate(() => {
        location.assign('https://example.org/');
      });
      await page.waitForTimeout(200);
      return page.url() === before;
    },
  },
  {
    name: 'run text as code',
    refused: (page) =>
      page.evaluate(async () => {
        const script = document.createElement('script');
        script.textContent = 'globalThis.ran = true';
        document.body.append(script);
        const timer = document.createElement('div');
        timer.setAttribute('onclick', 'globalThis.ran = true');
        timer.click();
        script.remove();
        await Promise.resolve();
        return !('ran' in globalThis);
      }),
  },
];

/** The names of what was not refused. */
export async function allowed(app: ElectronApplication, page: Page): Promise<string[]> {
  const through: string[] = [];
  for (const attempt of attempts) {
    if (!(await attempt.refused(page, app))) through.push(attempt.name);
  }
  return through;
}
