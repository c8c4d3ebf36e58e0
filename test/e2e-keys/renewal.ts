/**
 * A stick on which the envelope of an OTP key cannot be made anew at first, at the real window.
 * @module
 */
import assert from 'node:assert/strict';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { App } from '../e2e/app.ts';
import type { Person } from '../e2e/people.ts';

/** A folder where a half-written file would be removed. @returns its path */
export async function obstruct({ stick }: Person): Promise<string> {
  assert(stick);
  const name = (await readdir(stick.path)).find((file) => file.startsWith('conclave-yubikey-'));
  const obstacle = path.join(stick.path, `.${name}.00000000.part`);
  await mkdir(obstacle);
  return obstacle;
}

/** The share counts, the page says what is on the stick; without the obstacle the second try works. */
export async function tryOnceMore(app: App, obstacle: string): Promise<void> {
  const { holds, happened } = await app.at('renew-stick');
  assert.equal(holds, 'old');
  await app.window.getByText('The stick still holds the envelope of before').waitFor();
  assert.match(happened, /is not an ordinary file\.$/);
  await rmdir(obstacle);
  await app.press('Try once more');
}
