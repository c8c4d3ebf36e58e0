/**
 * One window of the packaged app over Chromium's own debugging protocol, worked with the mouse and
 * the keyboard. The fuses of the packaged binary forbid Playwright's way of starting an app, and
 * Playwright's way of joining one wants parts that Electron does not have.
 * @module
 */
import assert from 'node:assert/strict';
import { PATIENCE, pause, within } from './patience.ts';

export interface Target {
  readonly id: string;
  readonly url: string;
  readonly webSocketDebuggerUrl: string;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly done: (value: unknown) => void;
  readonly failed: (error: Error) => void;
}

/** The window went while it was spoken to. */
export class WindowGone extends Error {}

/** What Chromium answers for a page that has no document yet: a window that was opened just now. */
const NO_DOCUMENT = 'Cannot find default execution context';

/** What a page looks for, in the page: the first element that is shown and says this. */
const FIND = `(kind, wanted, exact) => {
  const said = (element) =>
    (element.getAttribute('aria-label') ?? element.innerText ?? '').replace(/\\s+/g, ' ').trim();
  return [...document.querySelectorAll(kind)].find((element) => {
    const shown = element.getClientRects().length > 0 && !element.disabled;
    return shown && (exact ? said(element) === wanted : said(element).startsWith(wanted));
  });
}`;

/** What the person would read there, for the message of a wait that ended. */
const SHOWS = `[...document.querySelectorAll('h1, [role=alert]')].map((e) => e.innerText).join(' | ')`;

/** The field with this label, or the one field. */
const FIELD = `(label) => label === null
  ? document.querySelector('input[type=text], input[type=password], textarea')
  : [...document.querySelectorAll('input, select, textarea')].find((field) =>
      [...(field.labels ?? [])].some((one) => one.innerText.trim() === label) ||
      field.getAttribute('aria-label') === label)`;

export class DevtoolsPage {
  readonly id: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #gone = false;

  private constructor(id: string, socket: WebSocket) {
    this.id = id;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      const one = this.#waiting.get(answer.id ?? 0);
      if (one === undefined) return;
      this.#waiting.delete(answer.id ?? 0);
      if (answer.error === undefined) one.done(answer.result);
      else one.failed(new Error(answer.error.message));
    });
    // A window that is destroyed answers nothing any more: whoever waits for it would wait for ever.
    socket.addEventListener('close', () => this.#end());
    socket.addEventListener('error', () => this.#end());
  }

  static async open({ id, webSocketDebuggerUrl }: Target): Promise<DevtoolsPage> {
    const socket = new WebSocket(webSocketDebuggerUrl);
    const opened = new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      for (const event of ['error', 'close'] as const) {
        socket.addEventListener(event, () => reject(new WindowGone('It cannot be spoken to.')));
      }
    });
    await within(PATIENCE, 'a window to be spoken to', opened);
    const page = new DevtoolsPage(id, socket);
    // Fields behave as in a window that has the focus; a bare display has no window manager.
    await page.#send('Emulation.setFocusEmulationEnabled', { enabled: true });
    return page;
  }

  get gone(): boolean {
    return this.#gone;
  }

  #end(): void {
    this.#gone = true;
    for (const { failed } of this.#waiting.values()) failed(new WindowGone('The window is gone.'));
    this.#waiting.clear();
  }

  async #send(method: string, params: object): Promise<unknown> {
    if (this.#gone) throw new WindowGone('The window is gone.');
    this.#calls += 1;
    const id = this.#calls;
    const answer = new Promise<unknown>((done, failed) => this.#waiting.set(id, { done, failed }));
    this.#socket.send(JSON.stringify({ id, method, params }));
    return within(PATIENCE, `the window to answer ${method}`, answer);
  }

  /** Asked again while the page has no document: nothing of the expression has run then. */
  async #asked(params: { readonly expression: string }): Promise<unknown> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      try {
        return await this.#send('Runtime.evaluate', params);
      } catch (error) {
        const early = error instanceof Error && error.message === NO_DOCUMENT;
        if (!early || Date.now() > deadline) throw error;
        await pause(60);
      }
    }
  }

  /** The value of an expression in the page; a promise is waited for. */
  async evaluate(expression: string): Promise<unknown> {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = (await this.#asked(params)) as {
      readonly result: { readonly value?: unknown };
      readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
    };
    if (exceptionDetails !== undefined) {
      throw new Error(`${exceptionDetails.exception?.description ?? 'It threw'} in: ${expression}`);
    }
    return result.value;
  }

  /** The expression's value once it is true. */
  async until(what: string, expression: string): Promise<unknown> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const value = await this.evaluate(expression);
      if (value !== null && value !== undefined && value !== false) return value;
      if (Date.now() > deadline) {
        const shows = String(await this.evaluate(SHOWS));
        throw new Error(`Waited ${PATIENCE / 1000} s for ${what}; the window shows: ${shows}`);
      }
      await pause(60);
    }
  }

  async press(button: string): Promise<void> {
    await this.#click(`the button “${button}”`, `(${FIND})('button', ${q(button)}, true)`);
  }

  /** One of a group of choices, by the beginning of its label. */
  async choose(choice: string): Promise<void> {
    const row = `(${FIND})('label:has(input[type=radio]:not(:disabled))', ${q(choice)}, false)`;
    const isChosen = `${row}?.querySelector('input').checked`;
    await this.until(`the choice “${choice}”`, `${row} !== undefined`);
    if ((await this.evaluate(isChosen)) === true) return;
    await this.#click(`the choice “${choice}”`, row);
    await this.until(`the choice “${choice}” to be taken`, isChosen);
  }

  async type(text: string, label: string | null = null): Promise<void> {
    const field = `(${FIELD})(${q(label)})`;
    const what = `the field ${label ?? ''}`;
    await this.until(
      what,
      `(() => { const field = ${field};
      if (!field || field.disabled) return false;
      field.focus(); field.select(); return document.activeElement === field; })()`,
    );
    await this.#send('Input.insertText', { text });
  }

  /** In a list that the browser draws itself. */
  async pick(value: string, label: string): Promise<void> {
    const field = `(${FIELD})(${q(label)})`;
    await this.until(`the list ${label}`, `${field} !== undefined`);
    await this.evaluate(`(() => { const field = ${field};
      field.value = ${q(value)};
      field.dispatchEvent(new Event('change', { bubbles: true })); })()`);
    await this.until(`${value} in the list ${label}`, `${field}.value === ${q(value)}`);
  }

  /** A file for the page's file field. */
  async giveFile(file: string): Promise<void> {
    const expression = `document.querySelector('input[type=file]')`;
    await this.until('the field for a file', `${expression} !== null`);
    const { result } = (await this.#asked({ expression })) as {
      readonly result: { readonly objectId?: string };
    };
    assert(result.objectId !== undefined, 'the file field is an element');
    const { objectId } = result;
    await this.#send('DOM.setFileInputFiles', { files: [file], objectId });
  }

  /** A PNG of what it shows. */
  async picture(): Promise<Uint8Array> {
    const { data } = (await this.#send('Page.captureScreenshot', {})) as { readonly data: string };
    return Buffer.from(data, 'base64');
  }

  close(): void {
    this.#socket.close();
  }

  /** Where a person would press: in the middle, and only if nothing lies over it. */
  async #click(what: string, element: string): Promise<void> {
    const at = (await this.until(
      what,
      `(() => { const element = ${element};
        if (element === undefined) return false;
        element.scrollIntoView({ block: 'center' });
        const { left, top, width, height } = element.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        return element.contains(document.elementFromPoint(x, y)) && { x, y }; })()`,
    )) as { readonly x: number; readonly y: number };
    try {
      for (const type of ['mouseMoved', 'mousePressed', 'mouseReleased']) {
        const button = type === 'mouseMoved' ? 'none' : 'left';
        const clickCount = button === 'left' ? 1 : 0;
        await this.#send('Input.dispatchMouseEvent', { type, ...at, button, clickCount });
      }
    } catch (error) {
      // Some buttons close their own window.
      if (!(error instanceof WindowGone)) throw error;
    }
  }
}

const q = (text: string | null): string => JSON.stringify(text);
