/**
 * How a person works a window: with the mouse, or with the keyboard alone.
 * @module
 */
import type { Locator, Page } from 'playwright';

export interface Hands {
  press(page: Page, button: string | RegExp): Promise<void>;
  /** One of a group of choices (of that name, or the only one), by the beginning of its label. */
  choose(page: Page, choice: string, group?: string): Promise<void>;
  /** The one text field, or the one with this label. */
  type(page: Page, text: string, label?: string): Promise<void>;
}

/** Longer than any step but a ceremony's whole PBKDF2 work. */
const PATIENCE = 20_000;

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
};

async function untilChecked(radio: Locator): Promise<void> {
  for (let tries = 0; !(await radio.isChecked()); tries += 1) {
    if (tries === 100) throw new Error('The choice was not taken.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Tab until the wanted element has the focus: whoever cannot reach it so cannot use the screen. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor({ state: 'attached', timeout: PATIENCE });
  const isThere = () => wanted.evaluate((element) => element === document.activeElement);
  for (let presses = 0; !(await isThere()); presses += 1) {
    if (presses === 60) throw new Error(`The keyboard does not reach ${String(wanted)}.`);
    await page.keyboard.press('Tab');
  }
}

export const keyboard: Hands = {
  async press(page, button) {
    const wanted = buttonOf(page, button);
    await untilEnabled(wanted);
    await tabTo(page, wanted);
    await unlessClosed(page, page.keyboard.press('Enter'));
  },
  async choose(page, choice, group) {
    const radio = choiceOf(page, choice, group);
    await radio.waitFor({ state: 'attached', timeout: PATIENCE });
    if (await radio.isChecked()) return;
    // A group is one stop of the Tab key; arrows move inside it.
    const around = page.getByRole('radiogroup').filter({ has: radio });
    const inGroup = () => around.evaluate((element) => element.contains(document.activeElement));
    for (let presses = 0; !(await inGroup()); presses += 1) {
      if (presses === 60) throw new Error(`The keyboard does not reach ${choice}.`);
      await page.keyboard.press('Tab');
    }
    if (await radio.evaluate((element) => element === document.activeElement)) {
      await page.keyboard.press('Space');
    }
    for (let presses = 0; !(await radio.isChecked()); presses += 1) {
      if (presses === 20) throw new Error(`The arrows do not reach ${choice}.`);
      await page.keyboard.press('ArrowDown');
    }
  },
  async type(page, text, label) {
    const field = fieldOf(page, label);
    await tabTo(page, field);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
  },
};

async function untilEnabled(button: Locator): Promise<void> {
  await button.waitFor({ timeout: PATIENCE });
  for (let tries = 0; !(await button.isEnabled()); tries += 1) {
    if (tries === PATIENCE / 50) throw new Error('The button stays disabled.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
