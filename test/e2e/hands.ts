/**
 * How a person works a window: with the keyboard alone, or with the mouse.
 * @module
 */
import type { Locator, Page } from 'playwright';
import { seesFocus } from './keyboard.ts';

export interface Hands {
  press(page: Page, button: string | RegExp): Promise<void>;
  /** One of a group of choices (of that name, or the only one), by the beginning of its label. */
  choose(page: Page, choice: string, group?: string): Promise<void>;
  /** The one text field, or the one with this label. */
  type(page: Page, text: string, label?: string): Promise<void>;
  /** What was typed is complete: the Enter key, or the button under the field. */
  submit(page: Page, button: string): Promise<void>;
  /** One line of a list that drops down. */
  select(page: Page, label: string, option: string | RegExp): Promise<void>;
  /** A file, in the system's own window. */
  open(page: Page, label: string | RegExp, file: string): Promise<void>;
}

/** Longer than any step but a ceremony's whole PBKDF2 work. */
const PATIENCE = 20_000;
/** More stops than any screen has. */
const MOST_STOPS = 60;

const buttonOf = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: true });

/** The row of a choice: its radio button itself is hidden under it. */
const choiceOf = (page: Page, choice: string, group?: string): Locator =>
  (group === undefined ? page : page.getByRole('radiogroup', { name: group })).getByRole('radio', {
    name: new RegExp(`^${escaped(choice)}`),
  });

const fieldOf = (page: Page, label?: string): Locator =>
  label === undefined
    ? page.locator('input[type=text], input[type=password], textarea').first()
    : page.getByLabel(label, { exact: true });

export function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** A button may close its own window: Playwright calls that an error. */
async function unlessClosed(page: Page, press: Promise<unknown>): Promise<void> {
  await press.catch((error: unknown) => {
    if (!page.isClosed()) throw error;
  });
}

const nextLook = () => new Promise((resolve) => setTimeout(resolve, 50));

export const mouse: Hands = {
  press: (page, button) => unlessClosed(page, buttonOf(page, button).click({ timeout: PATIENCE })),
  async choose(page, choice, group) {
    const radio = choiceOf(page, choice, group);
    await radio.waitFor({ state: 'attached', timeout: PATIENCE });
    if (await radio.isChecked()) return;
    await radio.locator('xpath=ancestor::label').click({ timeout: PATIENCE });
    await untilChecked(radio);
  },
  async type(page, text, label) {
    await fieldOf(page, label).fill(text, { timeout: PATIENCE });
  },
  submit: (page, button) => mouse.press(page, button),
  async select(page, label, option) {
    const list = page.getByLabel(label, { exact: true });
    const lines = await list.locator('option').allInnerTexts();
    const wanted = lines.find((line) => isLine(line, option));
    await list.selectOption({ label: wanted ?? String(option) });
  },
  async open(page, label, file) {
    await page.getByLabel(label).setInputFiles(file);
  },
};

const isLine = (line: string, option: string | RegExp) =>
  typeof option === 'string' ? line === option : option.test(line);

async function untilChecked(radio: Locator): Promise<void> {
  for (let tries = 0; !(await radio.isChecked()); tries += 1) {
    if (tries === 100) throw new Error('The choice was not taken.');
    await nextLook();
  }
}

const hasFocus = (wanted: Locator) =>
  wanted.evaluate((element) => element.contains(document.activeElement));

/** Whether it stands before what has the focus: then one goes back. */
const isBefore = (wanted: Locator) =>
  wanted.evaluate((element) => {
    const { activeElement: active, body } = document;
    if (active === null || active === body) return false;
    return (active.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
  });

/** Tab until the wanted element has the focus: whoever cannot reach it so cannot use the screen. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor({ state: 'attached', timeout: PATIENCE });
  const key = (await isBefore(wanted)) ? 'Shift+Tab' : 'Tab';
  for (let presses = 0; !(await hasFocus(wanted)); presses += 1) {
    if (presses === MOST_STOPS) throw new Error(`${key} does not reach ${String(wanted)}.`);
    await page.keyboard.press(key);
  }
  await seesFocus(page);
}

/** Enter and the space bar both press a button: in turn. */
let presses = 0;

export const keyboard: Hands = {
  async press(page, button) {
    const wanted = buttonOf(page, button);
    await untilEnabled(wanted);
    await tabTo(page, wanted);
    presses += 1;
    await unlessClosed(page, page.keyboard.press(presses % 2 === 0 ? 'Enter' : 'Space'));
  },
  async choose(page, choice, group) {
    const radio = choiceOf(page, choice, group);
    await radio.waitFor({ state: 'attached', timeout: PATIENCE });
    if (await radio.isChecked()) return;
    // A group is one stop of the Tab key; arrows move inside it.
    const around =
      group === undefined
        ? page.getByRole('radiogroup').filter({ has: radio })
        : page.getByRole('radiogroup', { name: group });
    await tabTo(page, around);
    if (await hasFocus(radio)) await page.keyboard.press('Space');
    for (let moves = 0; !(await radio.isChecked()); moves += 1) {
      if (moves === 20) throw new Error(`The arrows do not reach ${choice}.`);
      await page.keyboard.press('ArrowDown');
    }
    await seesFocus(page);
  },
  async type(page, text, label) {
    await tabTo(page, fieldOf(page, label));
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
  },
  async submit(page) {
    await unlessClosed(page, page.keyboard.press('Enter'));
  },
  async select(page, label, option) {
    const list = page.getByLabel(label, { exact: true });
    await tabTo(page, list);
    const chosen = () =>
      list.evaluate((one) => (one as HTMLSelectElement).selectedOptions[0]?.label ?? '');
    if (!isLine(await chosen(), option)) await page.keyboard.press('Home');
    for (let moves = 0; !isLine(await chosen(), option); moves += 1) {
      if (moves === 20) throw new Error(`The arrows do not reach ${String(option)}.`);
      await page.keyboard.press('ArrowDown');
    }
  },
  async open(page, label, file) {
    await tabTo(page, page.getByLabel(label));
    const chooser = page.waitForEvent('filechooser', { timeout: PATIENCE });
    // The page answers after it was told to ask this test, and not the system, for the file.
    await page.evaluate(() => document.readyState);
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(file);
  },
};

async function untilEnabled(button: Locator): Promise<void> {
  await button.waitFor({ timeout: PATIENCE });
  for (let tries = 0; !(await button.isEnabled()); tries += 1) {
    if (tries === PATIENCE / 50) throw new Error('The button stays disabled.');
    await nextLook();
  }
}
