/**
 * The witness, whose personal identity a FIDO2 key makes: at the real windows, with PIN and touch,
 * for making it, opening it, and for each signature.
 * @module
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { judgeBy } from '../../scripts/verify/judge.ts';
import type { ManifestDocument } from '../../shared/sharing/manifest.ts';
import { parseLog } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import type { App } from '../e2e/app.ts';
import { inFront, sign, sitDown, type Person } from '../e2e/people.ts';
import { SOFTWARE_ROOT } from '../support/software-key/fido-applet.ts';
import { numberOf, putIn, takeOut, typePin, type Keys } from './people.ts';

/** Milliseconds of a finger that lets one read what it is asked for. */
const SLOW = 1500;

/** Put in when it is asked for by its number, and its PIN typed. */
async function answer(app: App, keys: Keys, pin: string): Promise<void> {
  await putIn(app, keys, new RegExp(`^Put in the YubiKey ${numberOf(keys.own)}`), keys.own);
  await typePin(app, keys.own, pin);
}

/** Made inside the key, and once more after it lost its power. */
export async function enrolOnKey(app: App, one: Person, keys: Keys, pin: string): Promise<void> {
  await sitDown(app, one);
  await app.at('identity');
  await app.choose('Make one on my YubiKey');
  keys.rack.allOut();
  await app.press('Make my identity');
  await putIn(app, keys, /^Put your YubiKey in$/, keys.own);
  await typePin(app, keys.own, pin);
  await takeOut(app, keys);
  await answer(app, keys, pin);
  const { onKey, written } = await app.at('copy');
  assert.deepEqual({ onKey, written }, { onKey: true, written: [] });
  await app.press('Go on');
}

/** The identity is opened with the key; the transcript is signed by PIN and touch. */
export async function signOnKey(app: App, one: Person, keys: Keys, pin: string): Promise<void> {
  const { finger } = keys.own.key;
  await sitDown(app, one);
  await app.at('identity');
  await app.choose('Use mine, on my YubiKey');
  keys.rack.allOut();
  await app.press('Open my identity');
  await answer(app, keys, pin);
  await app.at('attest');
  keys.rack.allOut();
  await sign(app, one);
  finger.hesitates(SLOW);
  await answer(app, keys, pin);
  const page = await inFront(app, /^Touch the YubiKey: you sign$/);
  if (!page.isClosed()) await page.waitForEvent('close');
  finger.hesitates(0);
}

/** The witness signed the log, and whoever made the key vouches for all that keys attested in it. */
export function witnessSignedByKey(
  logs: readonly Uint8Array[],
  manifest: ManifestDocument,
  one: Person,
): void {
  const log = logs.map(parseLog).find(({ header }) => header.kind === 'split');
  assert(log !== undefined);
  const judge = judgeBy([new X509Certificate(Buffer.from(SOFTWARE_ROOT))]);
  const { standing, signers, attestations, facts } = verifyLog(log, { manifest }, judge);
  assert.equal(standing, 'authenticated');
  assert(signers.some(({ who, vouched }) => vouched && who.startsWith(`${one.name} (`)));
  assert.match(facts.join('\n'), new RegExp(`of ${one.name} \\(witness\\) is made by a YubiKey`));
  assert(attestations !== null);
  assert.deepEqual(
    attestations.map(({ who, verdict }) => [who.replace(/^YubiKey \d+, /, ''), verdict]),
    [
      [`identity of ${one.name} (witness)`, 'hardware'],
      ['share 4 of custodian 4', 'hardware'],
      ['share 4 of custodian 4', 'hardware'],
    ],
  );
}
