/**
 * The packaged app as a person starts it: under an ordinary account, with Chromium's sandbox, its
 * fuses burnt. Only the port for Chromium's debugging protocol is added, and a film for the camera.
 * @module
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ScreenName, View, ViewOf } from '../../shared/ceremony/view.ts';
import { practiceStick } from '../e2e/sticks.ts';
import { emptyTable, holdBeforeCamera } from '../support/camera.ts';
import { DevtoolsPage, type Target, WindowGone } from './devtools.ts';
import { PATIENCE, pause, within } from './patience.ts';

/** `nobody` and `nogroup` on Debian and Ubuntu. */
const ORDINARY = { uid: 65_534, gid: 65_534 } as const;

export interface Room {
  /** Everything of this run; readable by the app's account. */
  readonly top: string;
  /** The app's home, data and practice folder: its account's own. */
  readonly home: string;
  readonly practice: string;
  readonly film: string;
  /** The practice stick that goes between sync and the app. */
  readonly courier: { readonly label: string; readonly path: string };
}

/** Makes the folders, and gives them to the account that the app runs under. */
export async function furnish(top: string): Promise<Room> {
  const home = path.join(top, 'home');
  const practice = path.join(home, 'practice');
  for (const folder of [home, practice]) await mkdir(folder, { mode: 0o700 });
  const courier = await practiceStick(practice, 'F');
  const room = { top, home, practice, film: path.join(top, 'camera.mjpeg'), courier };
  for (const folder of [home, practice, courier.path]) await giveTo(folder);
  await showCamera(room, []);
  const cookie = process.env['XAUTHORITY'];
  if (cookie !== undefined) {
    await copyFile(cookie, path.join(home, 'xauthority'));
    await giveTo(path.join(home, 'xauthority'));
  }
  return room;
}

/** A copy of a file that the app's account may read. */
export async function handOver({ home }: Room, file: string): Promise<string> {
  const copy = path.join(home, path.basename(file));
  await copyFile(file, copy);
  await giveTo(copy);
  return copy;
}

/** What the app's camera sees the next time it is switched on; nothing is a bare table. */
export async function showCamera({ film }: Room, sheets: readonly string[]): Promise<void> {
  await (sheets.length === 0 ? emptyTable(film) : holdBeforeCamera(film, sheets));
  await giveTo(film);
}

async function giveTo(file: string): Promise<void> {
  if (process.getuid?.() === 0) await chown(file, ORDINARY.uid, ORDINARY.gid);
}

export interface Process {
  readonly command: string;
  /** Whether the kernel filters its system calls, as Chromium's sandbox has it. */
  readonly filtered: boolean;
}

export class FusedApp {
  readonly #child: ChildProcess;
  readonly #port: string;
  readonly #said: { text: string };
  #main: DevtoolsPage | null = null;
  #entry: DevtoolsPage | null = null;

  private constructor(child: ChildProcess, port: string, said: { text: string }) {
    this.#child = child;
    this.#port = port;
    this.#said = said;
  }

  /** @param folder the unpacked app */
  static async start(folder: string, room: Room, env: Record<string, string>): Promise<FusedApp> {
    const camera = [
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${room.film}`,
    ];
    const asOrdinary = process.getuid?.() === 0 ? ORDINARY : {};
    const { DISPLAY = '', PATH = '' } = process.env;
    const child = spawn(path.join(folder, 'conclave'), ['--remote-debugging-port=0', ...camera], {
      ...asOrdinary,
      cwd: room.home,
      env: {
        DISPLAY,
        PATH,
        HOME: room.home,
        XAUTHORITY: path.join(room.home, 'xauthority'),
        CONCLAVE_DATA: path.join(room.home, 'data'),
        CONCLAVE_REHEARSAL_FOLDER: room.practice,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { text: '' };
    const listening = new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          said.text += chunk.toString();
          const port = /DevTools listening on ws:\/\/[^:]+:(\d+)/.exec(said.text)?.[1];
          if (port !== undefined) resolve(port);
        });
      }
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        reject(new Error(`The app ended at once (${signal ?? code}):\n${said.text}`)),
      );
    });
    const more = () => ` It wrote:\n${said.text}`;
    try {
      const port = await within(PATIENCE, 'the app to say where it listens', listening, more);
      return new FusedApp(child, port, said);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** What its processes wrote. */
  get output(): string {
    return this.#said.text;
  }

  /** A window of that kind; for an entry window one that is not yet known to be closed. */
  async #pages(page: 'main' | 'entry'): Promise<readonly Target[]> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      const end = this.#child.signalCode ?? this.#child.exitCode;
      throw new Error(`The app ended (${end}):\n${this.output}`);
    }
    const answer = await fetch(`http://127.0.0.1:${this.#port}/json/list`, {
      signal: AbortSignal.timeout(PATIENCE),
    });
    const targets = (await answer.json()) as readonly Target[];
    return targets.filter(({ url }) => url.startsWith(`app://${page}/`));
  }

  /** The app's window, once it is there. */
  async main(): Promise<DevtoolsPage> {
    const deadline = Date.now() + PATIENCE;
    while (this.#main === null || this.#main.gone) {
      const [target] = await this.#pages('main');
      if (target !== undefined) this.#main = await DevtoolsPage.open(target);
      else if (Date.now() > deadline) throw new Error(`No window came. It wrote:\n${this.output}`);
      else await pause(60);
    }
    return this.#main;
  }

  /** The entry window in front, once its heading begins with these words. */
  async entry(heading: string): Promise<DevtoolsPage> {
    const deadline = Date.now() + PATIENCE;
    const says = `document.querySelector('h1')?.innerText.startsWith(${JSON.stringify(heading)})`;
    for (;;) {
      for (const target of await this.#pages('entry')) {
        const found = await this.#ifItSays(target, says);
        if (found !== null) return found;
      }
      if (Date.now() > deadline) {
        throw new Error(
          `Waited ${PATIENCE / 1000} s for an entry window that says “${heading}”; ${await this.#where()}`,
        );
      }
      await pause(60);
    }
  }

  async #ifItSays(target: Target, says: string): Promise<DevtoolsPage | null> {
    try {
      if (this.#entry?.id !== target.id || this.#entry.gone) {
        this.#entry?.close();
        this.#entry = await DevtoolsPage.open(target);
      }
      return (await this.#entry.evaluate(says)) === true ? this.#entry : null;
    } catch (error) {
      if (error instanceof WindowGone) return null;
      throw error;
    }
  }

  /** What main answers to its window. */
  async call(channel: string, input: unknown): Promise<unknown> {
    const page = await this.main();
    const given = input === undefined ? '' : `, ${JSON.stringify(input)}`;
    return page.evaluate(`conclave.call(${JSON.stringify(channel)}${given})`);
  }

  async #view(): Promise<View | null> {
    const answer = (await this.call('ceremony:view', undefined)) as {
      readonly ok: boolean;
      readonly value: View | null;
    };
    return answer.ok ? answer.value : null;
  }

  async #where(): Promise<string> {
    const view = await this.#view();
    const why = view?.refusal?.happened ?? view?.busy?.doing ?? '';
    return `the screen is ${view?.screen ?? 'home'}. ${why}`;
  }

  /** Waits for a screen that waits for a person. */
  async at<Name extends ScreenName>(screen: Name): Promise<ViewOf<Name>> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const view = await this.#view();
      if (view?.screen === screen && view.busy === null) {
        assert.equal(view.refusal?.happened, undefined);
        return view as ViewOf<Name>;
      }
      if (Date.now() > deadline) {
        throw new Error(`Waited ${PATIENCE / 1000} s for ${screen}; ${await this.#where()}`);
      }
      await pause(60);
    }
  }

  async press(button: string): Promise<void> {
    await (await this.main()).press(button);
  }

  async choose(choice: string): Promise<void> {
    await (await this.main()).choose(choice);
  }

  /** Pictures of its windows into this folder. */
  async pictures(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    for (const [name, page] of [
      ['main', this.#main],
      ['entry', this.#entry],
    ] as const) {
      if (page === null || page.gone) continue;
      await writeFile(path.join(folder, `packaged-${name}.png`), await page.picture());
    }
  }

  /** Every process that it has started. */
  async processes(): Promise<readonly Process[]> {
    const below = async (id: string): Promise<Process[]> => {
      const read = (name: string) => readFile(`/proc/${id}/${name}`, 'utf8').catch(() => '');
      const [command, status] = await Promise.all([read('cmdline'), read('status')]);
      const filtered = /^Seccomp:\s+2$/m.test(status);
      // Each thread has the children that it started.
      const threads = await readdir(`/proc/${id}/task`).catch(() => []);
      const children = await Promise.all(threads.map((thread) => read(`task/${thread}/children`)));
      const ids = children.flatMap((line) => line.split(' ')).filter((one) => one !== '');
      const deeper = await Promise.all(ids.map(below));
      return [{ command: command.replaceAll('\0', ' ').trim(), filtered }, ...deeper.flat()];
    };
    return below(String(this.#child.pid));
  }

  async end(): Promise<void> {
    this.#main?.close();
    this.#entry?.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    // One that does not end by itself is ended: it would keep the display and the folders.
    await within(PATIENCE, 'the app to end after SIGTERM', ended).catch(async (error: unknown) => {
      this.#child.kill('SIGKILL');
      await ended;
      throw error;
    });
  }
}
