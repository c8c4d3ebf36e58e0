/**
 * A look at each screen the first time that it is seen: a picture, axe, and once round it with the
 * Tab key.
 * @module
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Page } from 'playwright';
import type { ScreenName } from '../../shared/ceremony/view.ts';
import { walkByTab } from './keyboard.ts';

export interface Violation {
  readonly screen: string;
  readonly rule: string;
  readonly where: string;
}

export interface Looks {
  readonly screens: Set<string>;
  readonly violations: Violation[];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function lookAt(
  page: Page,
  screen: string,
  { screens, violations }: Looks,
  pictures: string,
): Promise<void> {
  const name = screen
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '');
  if (screens.has(name)) return;
  screens.add(name);
  await page.screenshot({ path: path.join(pictures, `${name}.png`) });
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations: all } = await axe.run();
    return all.map(({ id, nodes }) => ({
      rule: id,
      where: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n'),
    }));
  });
  violations.push(...found.map((violation) => ({ screen: name, ...violation })));
  try {
    await walkByTab(page, name);
  } catch (error) {
    const where = error instanceof Error ? error.message : String(error);
    violations.push({ screen: name, rule: 'keyboard', where });
  }
}

/** What is reached with a YubiKey only, by test/e2e-keys. */
export const WITH_KEYS = [
  'renew-stick',
  'renew-print',
  'renew-read',
  'renew-destroy',
] as const satisfies ScreenName[];

/** What an adoption alone reaches, by test/e2e-adopt. */
export const ADOPTING = [
  'legacy-split',
  'legacy-shares',
  'legacy-proof',
  'legacy-decision',
  'legacy-restored',
  'new-legacy',
  'new-legacy-write',
  'new-legacy-prove',
] as const satisfies ScreenName[];

/** What happens to a set that is in use, by test/e2e-change. */
export const CHANGING = [
  'drill-facts',
  'drill-round',
  'test-escrow',
  'drill-checked',
  'set-facts',
  'split-again',
  'organisation-facts',
  'new-passphrase',
  'surveys-wrapped',
  'rotate-facts',
  'renew-key',
  'compared',
] as const satisfies ScreenName[];

/**
 * Another platform key, which version is in use, survey keys and an organisation that move, a survey of that
 * organisation, and shares one by one, by test/e2e-version.
 */
export const VERSIONS = [
  'version-facts',
  'next-key',
  'version-change',
  'move-files',
  'move-facts',
  'move-keys',
  'keys-moved',
  'owner',
  'refresh-facts',
  'refresh-round',
  'refresh-share',
  'refresh-ready',
] as const satisfies ScreenName[];

/** A stick that is a folder cannot be taken out: two screens that wait for it are passed at once. */
type WithoutWindow = 'renew-replug' | 'new-legacy-replug';

/** Every other screen of every ceremony: a new one does not compile until it is reached. */
const OF_CEREMONIES = {
  descriptor: true,
  'descriptor-words': true,
  package: true,
  plan: true,
  environment: true,
  clock: true,
  handover: true,
  who: true,
  identity: true,
  words: true,
  write: true,
  replug: true,
  'read-back': true,
  copy: true,
  attest: true,
  'make-key': true,
  prove: true,
  'set-ready': true,
  'ticket-key': true,
  facts: true,
  'share-in': true,
  recover: true,
  'escrowed-email': true,
  'roster-plan': true,
  'roster-facts': true,
  'roster-ready': true,
  'save-bundle': true,
  waiting: true,
  closed: true,
  void: true,
  destruction: true,
  destroyers: true,
  destroy: true,
  destroyed: true,
} satisfies Record<
  Exclude<
    ScreenName,
    (typeof WITH_KEYS | typeof ADOPTING | typeof CHANGING | typeof VERSIONS)[number] | WithoutWindow
  >,
  true
>;

/** Pages around them, the entry windows, dialogs, and the ways in which a screen says no. */
const OTHERS = [
  'home-empty',
  'home-interrupted',
  'home-waiting',
  'home-continued',
  'home-destroyed',
  'continue',
  'continue-descriptor',
  'continue-share-set',
  'ticket',
  'ticket-made',
  'export-log',
  'exception-sheet',
  'end-ceremony',
  'paused',
  'witness-page',
  'entry-write-these-six-wo',
  'entry-make-up-a-passphra',
  'entry-other-copy',
  'entry-damaged-file',
  'entry-type-your-six-word',
  'entry-wrong-words',
  'entry-show-share-1-of-4',
  'entry-open-an-image-or-a',
  'entry-type-line-1-of-sha',
  'refused-words-differ',
  'refused-usb-full',
  'refused-usb-read-only',
  'refused-usb-second-share',
  'refused-file-gone',
  'refused-share-wrong-custodian',
  'refused-share-void',
] as const;

/** What this way through the ceremonies reaches: all without a key. */
export const WITHOUT_KEYS: readonly string[] = [...Object.keys(OF_CEREMONIES), ...OTHERS];

/** No screen counts that was never reached. */
export function wereSeen({ screens }: Looks, wanted: readonly string[]): void {
  assert.deepEqual(
    wanted.filter((name) => !screens.has(name)),
    [],
    'these screens were never reached',
  );
}

/** Axe and the Tab key found nothing on any screen: else each is said, with its screen and place. */
export function foundNothing({ violations }: Looks): void {
  if (violations.length === 0) return;
  throw new Error(
    violations.map(({ screen, rule, where }) => `${screen}: ${rule}: ${where}`).join('\n'),
  );
}
