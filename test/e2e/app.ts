/**
 * The real app in a real window, driven as a person drives it. What main answers to the window is
 * written down at main's own door, every screen is looked at by axe once, and photographed.
 * @module
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import type { ElectronApplication, Page } from 'playwright';
import type { View, ScreenName, ViewOf } from '../../shared/ceremony/view.ts';
import type { RefusalNote } from '../../shared/refusal.ts';
import type { Bridge } from '../../shared/ipc/contract.ts';
import { electronPath, launchArgs } from '../../scripts/electron.mjs';
import { root } from '../../scripts/lib/cache.mjs';
import { launchElectron } from '../support/launch-electron.ts';
import { type Hands, keyboard } from './hands.ts';
import { beginsAtInstruction } from './keyboard.ts';
import { lookAt, type Looks } from './looks.ts';

declare global {
  interface Window {
    readonly conclave: Bridge;
    /** What main pushed, newest last; put there by this test. */
    pushed?: (View | null)[];
  }
}

export interface Folders {
  /** CONCLAVE_DATA: what stays on the laptop. */
  readonly data: string;
  /** Where a rehearsal's printer puts its PDF files. */
  readonly practice: string;
  /** The film that stands for the camera. */
  readonly film: string;
  /** Pictures of every screen, 1280 x 800. */
  readonly pictures: string;
  /** `TMPDIR` of the app's processes, and of nobody else. */
  readonly temporary: string;
}

/** What was seen of screens and heard of main, over all launches of the app. */
export interface Seen extends Looks {
  /** Everything that main ever answered or pushed to the window, as JSON. */
  readonly said: string[];
  /** Everything that the app's processes wrote. */
  readonly output: string[];
  /** Chromium's profiles, which go with the app. */
  readonly profiles: Set<string>;
}

export const nothingSeen = (): Seen => ({
  screens: new Set(),
  violations: [],
  said: [],
  output: [],
  profiles: new Set(),
});

/** Windows that stand open now: to be photographed when something fails, and to be closed. */
export const openApps = new Set<App>();

/** tsx keeps the names of functions with a helper that is not there where Playwright carries them. */
const NAME_HELPER = 'globalThis.__name = (value) => value';
/** A step that combines shares, runs PBKDF2 and seals is the longest. */
const LONGEST = 60_000;

export async function startApp(
  folders: Folders,
  seen: Seen,
  hands: Hands = keyboard,
  built: { readonly folder: string; readonly env: Readonly<Record<string, string>> } = {
    folder: root,
    env: {},
  },
): Promise<App> {
  const { data, practice, pictures, temporary } = folders;
  for (const folder of [data, practice, pictures, temporary]) {
    await mkdir(folder, { recursive: true });
  }
  const camera = [
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${folders.film}`,
  ];
  const electron = await launchElectron({
    executablePath: electronPath(),
    args: [...camera, ...launchArgs(built.folder)],
    env: {
      ...(process.env as Record<string, string>),
      CONCLAVE_DATA: data,
      CONCLAVE_REHEARSAL_FOLDER: practice,
      TMPDIR: temporary,
      ...built.env,
    },
  });
  for (const stream of [electron.process().stdout, electron.process().stderr]) {
    stream?.on('data', (chunk: Buffer) => seen.output.push(chunk.toString('latin1')));
  }
  await electron.context().addInitScript({ content: NAME_HELPER });
  await listenAtTheDoor(electron);
  const window = await electron.firstWindow();
  const app = new App(electron, window, folders, seen, hands);
  openApps.add(app);
  seen.profiles.add(await electron.evaluate(({ app: one }) => one.getPath('userData')));
  await app.listen();
  await beginsAtInstruction(window, 'home');
  return app;
}

/** Writes down, in main, whatever main answers and pushes: after every schema, before the window. */
async function listenAtTheDoor(electron: ElectronApplication): Promise<void> {
  await electron.evaluate(NAME_HELPER);
  await electron.evaluate(async ({ app, ipcMain, webContents }) => {
    const said: string[] = [];
    Object.assign(globalThis, { said });
    type Answerers = Map<string, (...given: unknown[]) => unknown>;
    // Electron's own map of what `ipcMain.handle` was given.
    const { ['_invokeHandlers']: door } = ipcMain as unknown as Record<string, Answerers>;
    if (door === undefined) throw new Error('This Electron keeps its handlers elsewhere.');
    while (door.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const [channel, handler] of door) {
      door.set(channel, async (...given) => {
        const answer = await handler(...given);
        said.push(`${channel} ${JSON.stringify(answer)}`);
        return answer;
      });
    }
    const tap = (contents: Electron.WebContents) => {
      const send = contents.send.bind(contents);
      contents.send = (channel: string, ...given: unknown[]) => {
        said.push(`${channel} ${JSON.stringify(given)}`);
        send(channel, ...given);
      };
    };
    for (const contents of webContents.getAllWebContents()) tap(contents);
    app.on('web-contents-created', (_event, contents) => tap(contents));
  });
}

export class App {
  readonly electron: ElectronApplication;
  readonly window: Page;
  readonly folders: Folders;
  readonly seen: Seen;
  hands: Hands;
  /** Where the person was last: what comes after it must take the focus. */
  #place = '';

  constructor(
    electron: ElectronApplication,
    window: Page,
    folders: Folders,
    seen: Seen,
    hands: Hands,
  ) {
    this.electron = electron;
    this.window = window;
    this.folders = folders;
    this.seen = seen;
    this.hands = hands;
  }

  /** Keeps what main pushes, in the page. */
  async listen(): Promise<void> {
    await this.window.evaluate(NAME_HELPER);
    await this.window.waitForFunction(() => document.querySelector('h1') !== null);
    await this.window.evaluate(async () => {
      const now = await window.conclave.call('ceremony:view', undefined);
      const pushed: (View | null)[] = now.ok ? [now.value] : [];
      window.pushed = pushed;
      window.conclave.onView((view) => void pushed.push(view));
    });
  }

  /** The newest view; null while home is shown. */
  view(): Promise<View | null> {
    return this.window.evaluate(() => window.pushed?.[window.pushed.length - 1] ?? null);
  }

  /**
   * Waits for a screen that waits for a person, looks at it, and gives its view. Where a screen
   * follows itself, `isMeant` tells the next one from the one that was just answered.
   */
  async at<Name extends ScreenName>(
    screen: Name,
    isMeant: (view: ViewOf<Name>) => boolean = () => true,
  ): Promise<ViewOf<Name>> {
    await this.#until(screen, (view) => {
      // While it is paused the screen of before is in the view, and nobody is asked for anything.
      if (view?.screen !== screen || view.busy !== null || view.paused) return false;
      return isMeant(view as ViewOf<Name>);
    });
    await this.#rendered();
    const view = (await this.view()) as ViewOf<Name>;
    const place = `${screen}, ${view.turn?.name}, ${screen === 'handover'}`;
    if (place !== this.#place) await beginsAtInstruction(this.window, place);
    this.#place = place;
    await this.look(screen);
    return view;
  }

  /** Waits for a page of the main window that belongs to no ceremony. */
  async page(heading: string | RegExp, name: string): Promise<void> {
    this.#place = name;
    await this.#begun(heading, name);
  }

  /** Waits for a dialog: when it is closed the person is back where they were. */
  dialog(heading: string, name: string): Promise<void> {
    return this.#begun(heading, name);
  }

  async #begun(heading: string | RegExp, name: string): Promise<void> {
    await this.window.getByRole('heading', { name: heading }).first().waitFor();
    await beginsAtInstruction(this.window, name);
    await this.look(name);
  }

  /** What main refused outside a ceremony: the code under its three sentences. */
  async refusedWith(code: string): Promise<void> {
    await this.window.getByRole('alert').getByText(code).waitFor();
    await this.look(`refused ${code}`);
  }

  /** Waits until the ceremony refused it so; gives the three sentences, which a person sees at once. */
  async refusal(code: string): Promise<RefusalNote> {
    await this.#until(code, (view) => view?.busy === null && view.refusal?.code === code);
    const view = await this.view();
    assert(view?.refusal);
    const shown = this.window.getByRole('alert');
    const { happened, means, next } = view.refusal;
    for (const sentence of [happened, means, next]) await shown.getByText(sentence).waitFor();
    const inView = () =>
      shown.evaluate((alert) => {
        const { top, bottom } = alert.getBoundingClientRect();
        return top >= 0 && bottom <= window.innerHeight;
      });
    for (let tries = 0; !(await inView()); tries += 1) {
      assert(tries < 40, `what was refused (${code}) is out of sight`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await this.look(`refused ${view.refusal.code}`);
    return view.refusal;
  }

  async #until(what: string, isIt: (view: View | null) => boolean): Promise<void> {
    const deadline = Date.now() + LONGEST;
    for (;;) {
      const view = await this.view();
      if (isIt(view)) return;
      if (Date.now() > deadline) {
        const note = view?.refusal ? ` (${view.refusal.code}: ${view.refusal.happened})` : '';
        const doing = view?.busy ? ` while ${view.busy.doing}` : '';
        throw new Error(`Waited for ${what}, but the screen is ${view?.screen}${doing}${note}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }

  /** Two frames: React has painted the view that main pushed. */
  async #rendered(): Promise<void> {
    await this.window.evaluate(
      () =>
        new Promise<void>((resolve) => {
          requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
        }),
    );
  }

  press(button: string | RegExp): Promise<void> {
    return this.hands.press(this.window, button);
  }

  choose(choice: string, group?: string): Promise<void> {
    return this.hands.choose(this.window, choice, group);
  }

  type(text: string, label?: string): Promise<void> {
    return this.hands.type(this.window, text, label);
  }

  submit(button: string): Promise<void> {
    return this.hands.submit(this.window, button);
  }

  select(label: string, option: string | RegExp): Promise<void> {
    return this.hands.select(this.window, label, option);
  }

  /** The words of a numbered list: public ones. */
  async words(label: string): Promise<string> {
    const items = this.window.getByRole('list', { name: label }).getByRole('listitem');
    const texts = await items.allInnerTexts();
    return texts.map((text) => text.replace(/^\d+\s*/, '').trim()).join(' ');
  }

  /** The entry window that is in front, once it shows this instruction. */
  async entry(heading: RegExp): Promise<Page> {
    const deadline = Date.now() + LONGEST;
    for (;;) {
      for (const page of this.electron.windows()) {
        if (page === this.window || page.isClosed()) continue;
        const title = page.getByRole('heading', { level: 1, name: heading });
        if ((await title.count().catch(() => 0)) === 0) continue;
        const text = await title.innerText();
        await beginsAtInstruction(page, text);
        await this.look(`entry ${text.slice(0, 18)}`, page);
        return page;
      }
      if (Date.now() > deadline) {
        const view = await this.view();
        throw new Error(
          `No entry window says ${heading}; ${view?.screen}, ${view?.refusal?.happened ?? view?.busy?.doing}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }

  /** The first time that this screen is seen. */
  look(screen: string, page: Page = this.window): Promise<void> {
    return lookAt(page, screen, this.seen, this.folders.pictures);
  }

  /** Takes over what main said so far. */
  async collect(): Promise<void> {
    const said = await this.electron.evaluate(
      () => (globalThis as unknown as { said: string[] }).said,
    );
    this.seen.said.push(...said);
  }

  /** As power that fails: nothing is said, nothing is tidied up. */
  async kill(): Promise<void> {
    await this.collect();
    const child = this.electron.process();
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    openApps.delete(this);
  }

  async close(): Promise<void> {
    openApps.delete(this);
    await this.collect();
    await this.electron.close();
  }
}
