/**
 * From home to the check of the laptop; and that only the test's own build asks the test's keys.
 * @module
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { root } from '../../scripts/lib/cache.mjs';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { type App, startApp } from '../e2e/app.ts';
import { chooseDocument, checkLaptop } from '../e2e/split.ts';
import { everyRefusal } from './policy.ts';
import { custodians, folders, KEPT, keySocket, otp, rack, seen, sync, top } from './cast.ts';

/** Up to the plan, with one medium for each. */
async function fillInPlan(window: App): Promise<void> {
  await window.press('Rehearse the split');
  await chooseDocument(window, 'descriptor', 'Use this descriptor');
  await window.at('descriptor-words');
  await window.type(eightWords(hexToBytes(sync.descriptor.digest)), 'Eight words');
  await window.press('Compare the words');
  await chooseDocument(window, 'package', 'Use this package');
  await window.at('plan');
  for (const [at, one] of custodians.entries()) {
    await window.type(one.name, `Custodian ${at + 1}`);
    await window.select(`Custodian ${at + 1}: kept`, KEPT[at] ?? '');
  }
  await window.type('operator', 'Operator');
  await window.type('witness', 'Witness');
  await window.select('Witness: kept', 'on a YubiKey');
}

/** What the check of the laptop says of keys. */
async function keysFound(window: App): Promise<string | undefined> {
  const { findings } = await window.at('environment');
  return findings.find(({ id }) => id === 'keys')?.headline;
}

/** The laptop sees the key that is in; plans that break their rule are refused first. */
export async function openSplit(window: App): Promise<void> {
  await fillInPlan(window);
  await everyRefusal(window);
  rack.only(otp.own);
  await window.press('Agree on this plan');
  assert.equal(await keysFound(window), 'A YubiKey answers');
  rack.allOut();
  await checkLaptop(window);
}

/** The app as it is built, told of the socket in the same way, with a software key in it. */
export async function asksNoSoftwareKey(env: Readonly<Record<string, string>>): Promise<void> {
  const data = path.join(top, 'ordinary');
  rack.only(otp.own);
  const window = await startApp({ ...folders, data }, seen, undefined, { folder: root, env });
  try {
    await fillInPlan(window);
    await window.press('Agree on this plan');
    const found = await keysFound(window);
    assert(found !== undefined && found !== 'A YubiKey answers', found);
    assert.equal(keySocket.asked(), 0);
  } finally {
    await window.kill();
    rack.allOut();
  }
}
