/**
 * What one person could leave behind for the next at the same seat: the clipboard, the selection.
 * @module
 */
import assert from 'node:assert/strict';
import type { Page } from 'playwright';
import type { App } from './app.ts';

/**
 * Both of the system's clipboards: what was copied, and what was selected, which the middle button
 * of a mouse pastes.
 */
const clipboards = ({ electron }: App): Promise<{ copied: string; selected: string }> =>
  electron.evaluate(async ({ clipboard }) => ({
    copied: await clipboard.readText(),
    selected: await clipboard.selection.readText(),
  }));

/** Selects all that the page (or its field) shows and copies it; gives what is copied then. */
export async function copyEverything(app: App, page: Page): Promise<string> {
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Control+C');
  for (let tries = 0; ; tries += 1) {
    const { copied, selected } = await clipboards(app);
    if (copied !== '' && selected !== '') return copied;
    if (tries === 40) throw new Error(`Copied: "${copied}", selected: "${selected}".`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** At a change of seats. */
export async function nothingIsLeft(app: App): Promise<void> {
  assert.deepEqual(await clipboards(app), { copied: '', selected: '' });
  const page = await app.window.evaluate(() => ({
    selected: document.getSelection()?.toString() ?? '',
    fields: document.querySelectorAll('input, textarea').length,
  }));
  assert.deepEqual(page, { selected: '', fields: 0 });
}
