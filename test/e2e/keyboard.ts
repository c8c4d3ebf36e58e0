/**
 * Whoever has no mouse: what the Tab key reaches on a page, whether one sees where it is, and
 * where a screen reader begins.
 * @module
 */
import assert from 'node:assert/strict';
import type { Page } from 'playwright';

/** Where the focus is, as a person sees it. */
interface Focus {
  /** `button "Go on"`; `body` when nothing has it. */
  readonly on: string;
  /** Choices of one group are one stop of the Tab key. */
  readonly stop: number;
  /** What is missing for a person to see it; null when nothing is. */
  readonly unseen: string | null;
}

interface Eyes {
  focus(): Focus;
  /** The stops that Tab must reach: of the dialog alone, when one is open. */
  expected(): readonly { readonly stop: number; readonly on: string }[];
  beginning(): string;
  remember(): void;
  restore(): void;
}

declare global {
  interface Window {
    /** Put into the page by this test; it only looks. */
    eyes?: Eyes;
  }
}

/** Runs in the page. */
function openEyes(): void {
  if (window.eyes !== undefined) return;
  const stops: Element[] = [];
  let before: Element | null = null;

  const say = (element: Element): string => {
    const labels = 'labels' in element ? (element.labels as NodeListOf<HTMLElement> | null) : null;
    const written = labels?.[0]?.innerText ?? (element as HTMLElement).innerText;
    const name = element.getAttribute('aria-label') ?? written;
    return `${element.tagName.toLowerCase()} "${name.split('\n')[0]?.slice(0, 60)}"`;
  };
  const isChoice = (element: Element) => element.matches('input[type=radio]');
  /** A choice's own button is hidden: its row shows the ring. */
  const shownBy = (element: Element) =>
    (isChoice(element) ? element.closest('label') : null) ?? element;
  const stopOf = (element: Element) =>
    (isChoice(element) ? element.closest('[role=radiogroup]') : null) ?? element;
  const numberOf = (stop: Element) => {
    if (!stops.includes(stop)) stops.push(stop);
    return stops.indexOf(stop);
  };
  const hasRing = (element: Element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
  };
  const unseen = (element: Element): string | null => {
    const shown = shownBy(element);
    if (!hasRing(shown)) return 'has no ring';
    const { top, bottom, left, right } = shown.getBoundingClientRect();
    const tall = bottom - top > window.innerHeight;
    if (!tall && (top < -1 || left < -1 || bottom > innerHeight + 1 || right > innerWidth + 1)) {
      return `is outside the window: from ${top} to ${bottom}`;
    }
    const middle = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const seen = middle !== null && (shown.contains(middle) || middle.contains(shown));
    return seen ? null : `is covered by ${middle === null ? 'nothing' : say(middle)}`;
  };
  const usable = (element: Element) =>
    (element as HTMLElement).tabIndex >= 0 &&
    !element.matches(':disabled') &&
    element.getClientRects().length > 0 &&
    // What lies in a closed <details> may have a place on the page, and is not there.
    element.checkVisibility({ checkVisibilityCSS: true }) &&
    element.closest('[inert]') === null;

  window.eyes = {
    focus() {
      const active = document.activeElement ?? document.body;
      const nothing = active === document.body || active === document.documentElement;
      return {
        on: nothing ? 'body' : say(active),
        stop: numberOf(stopOf(active)),
        unseen: nothing ? null : unseen(active),
      };
    },
    expected() {
      const all = 'a[href], button, input, select, textarea, summary, [tabindex]';
      const inside = document.querySelector('[role=dialog]') ?? document;
      const found = [...inside.querySelectorAll(all)].filter(usable).map(stopOf);
      return [...new Set(found)].map((stop) => ({ stop: numberOf(stop), on: say(stop) }));
    },
    beginning() {
      const active = document.activeElement ?? document.body;
      const dialog = document.querySelector('[role=dialog]');
      if (dialog !== null) return dialog.contains(active) ? 'dialog' : say(active);
      return active.matches('h1, main input') ? 'instruction' : say(active);
    },
    remember() {
      before = document.activeElement;
    },
    restore() {
      (before as HTMLElement | null)?.focus();
    },
  };
}

async function focusOf(page: Page): Promise<Focus> {
  await page.evaluate(openEyes);
  const focus = await page.evaluate(() => window.eyes?.focus());
  assert(focus);
  return focus;
}

/** Where the focus is, once the page stands still: on a busy machine it may still be scrolling to it. */
async function settledFocus(page: Page): Promise<Focus> {
  let focus = await focusOf(page);
  for (let tries = 0; focus.unseen !== null && tries < 40; tries += 1) {
    await page.waitForTimeout(25);
    focus = await focusOf(page);
  }
  return focus;
}

/** Fails unless a person sees where the keyboard is. */
export async function seesFocus(page: Page): Promise<void> {
  const { on, unseen } = await settledFocus(page);
  assert.equal(unseen, null, `the focus is on ${on}, which ${unseen}`);
}

/** A new screen begins at its instruction (or the field under it), a dialog inside itself. */
export async function beginsAtInstruction(page: Page, screen: string): Promise<void> {
  await page.evaluate(openEyes);
  let found: string | undefined;
  // React paints first; the focus follows.
  for (let tries = 0; tries < 40; tries += 1) {
    found = await page.evaluate(() => window.eyes?.beginning());
    if (found === 'instruction' || found === 'dialog') return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${screen} begins at ${found}, not at its instruction`);
}

/**
 * Once round the page with the Tab key, and a step back with Shift: everything that can be used is
 * reached, nothing holds the focus, and every stop is seen. Puts the focus back.
 */
export async function walkByTab(page: Page, screen: string): Promise<void> {
  await page.evaluate(openEyes);
  const expected = await page.evaluate(() => {
    window.eyes?.remember();
    return window.eyes?.expected() ?? [];
  });
  assert(expected.length > 0, `${screen}: nothing on it can be used`);
  const missing = new Set(expected.map(({ stop }) => stop));
  const walked: Focus[] = [];
  // Round the corner the focus may rest on the page itself.
  for (let presses = 0; missing.size > 0 && presses < 2 * expected.length + 6; presses += 1) {
    await page.keyboard.press('Tab');
    const focus = await settledFocus(page);
    assert.equal(focus.unseen, null, `${screen}: ${focus.on} ${focus.unseen}`);
    missing.delete(focus.stop);
    walked.push(focus);
  }
  // A stick that was pulled meanwhile took its row away.
  const still = await page.evaluate(() => window.eyes?.expected() ?? []);
  const missed = still.filter(({ stop }) => missing.has(stop)).map(({ on }) => on);
  const path = walked.map(({ on }) => on).join(', ');
  assert.deepEqual(missed, [], `${screen}: Tab goes ${path}`);
  const [last, before] = [walked.at(-1), walked.at(-2)];
  if (last && before && last.stop !== before.stop) {
    await page.keyboard.press('Shift+Tab');
    const back = await focusOf(page);
    assert.equal(back.stop, before.stop, `${screen}: back from ${last.on} is ${back.on}`);
  }
  await page.evaluate(() => window.eyes?.restore());
}
