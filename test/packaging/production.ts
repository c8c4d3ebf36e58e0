/**
 * Whether the packaged app holds a real ceremony is a matter of the Electron inside it.
 * @module
 */
import assert from 'node:assert/strict';
import { SUPPORTED_ELECTRON_MAJOR } from '../../electron/environment/surroundings.ts';
import type { FusedApp } from './fused-app.ts';

interface Answer {
  readonly ok: boolean;
  readonly note?: { readonly code: string; readonly means: string };
}

/** In any other Electron: said on home, the button is off, and main refuses whoever goes round it. */
export async function productionIsRefused(app: FusedApp): Promise<void> {
  const main = await app.main();
  const version = String(
    await main.evaluate(`navigator.userAgent.match(/Electron\\/(\\d+)/)?.[1]`),
  );
  assert.match(version, /^\d+$/);
  const says = await main.evaluate(`document.body.innerText`);
  if (Number(version) === SUPPORTED_ELECTRON_MAJOR) {
    assert.doesNotMatch(String(says), /Only rehearsals can be held here/);
    return;
  }
  assert.match(String(says), /Only rehearsals can be held here/);
  const buttons = `[...document.querySelectorAll('button')]`;
  for (const label of ['Start the split']) {
    const off = `${buttons}.find((one) => one.getAttribute('aria-label') === '${label}')?.disabled`;
    assert.equal(await main.evaluate(off), true, `“${label}” is off`);
  }
  for (const ceremony of ['split', 'recover']) {
    const answer = (await app.call('ceremony:start', { ceremony, mode: 'production' })) as Answer;
    assert.equal(answer.ok, false);
    assert.equal(answer.note?.code, 'production-refused');
    assert.match(answer.note.means, new RegExp(`Electron ${version}`));
  }
}
