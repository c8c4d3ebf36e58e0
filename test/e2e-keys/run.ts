/**
 * A 3-of-4 set in the real window: paper, a stick, the OTP interface of a YubiKey, a FIDO2 key with
 * its backup; the witness's identity is made by a key as well. Then a survey key is recovered with the FIDO2 key, the stick and the OTP key, after one
 * key seemed dead and the PIN of another was blocked. On a second laptop the envelope of an OTP key
 * lies on a sheet ([sheet.ts](sheet.ts)). The keys are software that answers report by report, in
 * another process than the app's.
 *
 * After the build, in a display: `node --import tsx test/e2e-keys/run.ts`.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { filledChallenge } from '../../electron/devices/yubikey-otp/challenge.ts';
import { openAge } from '../../electron/media/age.ts';
import { readPaperFile } from '../../electron/media/paper/read-file.ts';
import { openWithPassphrase } from '../../electron/media/yubikey/otp.ts';
import { root } from '../../scripts/lib/cache.mjs';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { xorComponents } from '../../shared/checktick/index.ts';
import { utf8ToBytes } from '../../shared/encoding/bytes.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import { decodeKeyEnvelope } from '../../shared/sharing/key-envelope.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import { type App, openApps, startApp } from '../e2e/app.ts';
import { importReceipt } from '../e2e/ending.ts';
import { WITH_KEYS, foundNothing, wereSeen } from '../e2e/looks.ts';
import {
  makeIdentity,
  print,
  readSheets,
  sitDown,
  typeWords,
  writeAndReadStick,
  type Person,
} from '../e2e/people.ts';
import { bringStick, nextCustodian, signFor } from '../e2e/recover.ts';
import { startReport } from '../e2e/report.ts';
import { enrol, keepAndSign } from '../e2e/split.ts';
import { emptyTable } from '../support/camera.ts';
import { carryReceipt, carrySetupPackage, FACTS } from '../support/headless-platform.ts';
import { asksNoSoftwareKey, openSplit } from './begin.ts';
import { buildTestApp } from './build.ts';
import {
  courier,
  custodians,
  fido,
  folders,
  keySocket,
  onBareStick,
  onSheet,
  ofWitness,
  operator,
  otp,
  PIN,
  rack,
  seen,
  sync,
  top,
  travelling,
  withFido,
  withOtp,
  witness,
} from './cast.ts';
import { carried, fileOf, openRecovery, saveBundle, signatures } from './documents.ts';
import { enrolOnKey, signOnKey, witnessSignedByKey } from './identity.ts';
import { blockPin, keyIsDead } from './lost.ts';
import { give, lock, readBack } from './people.ts';
import { ledgerShowsRule } from './policy.ts';
import { obstruct, tryOnceMore } from './renewal.ts';
import { sheetLaptop, sheetOfOtpKey } from './sheet.ts';
import { logs, secretsStayAway, transcripts } from './traces.ts';

let app: App | null = null;
const report = startReport({
  async onFailure(what) {
    const name = `failed ${what.slice(0, 30)}`.replaceAll(/[^a-z0-9]+/gi, '-');
    const pages = [...openApps].flatMap(({ electron }) => electron.windows());
    for (const [at, page] of pages.entries()) {
      await page.screenshot({ path: path.join(root, 'test-results', `${name}-${at}.png`) });
    }
  },
});

const envelopeOf = (one: Person) => fileOf(one, /^conclave-yubikey-share-.*\.cbor$/);

/** Outside of the app: paper, the stick, and what the slot of the OTP key holds. */
async function platformKeyOf(made: BundleDocument, { body }: ManifestDocument) {
  assert(onSheet.sheets.share !== null);
  const envelope = decodeKeyEnvelope(await envelopeOf(withOtp));
  const slot = otp.own.otp.memory.hmac(1);
  assert(envelope.method === 'otp-hmac' && slot !== null);
  const answer = slot.respond(filledChallenge(envelope.keys[0].challenge));
  const shares = [
    (await readPaperFile(new Uint8Array(await readFile(onSheet.sheets.share)))).bytes,
    await openAge(
      await fileOf(onBareStick, /^conclave-share-.*\.age$/),
      utf8ToBytes(onBareStick.words),
    ),
    await openWithPassphrase(envelope, answer, utf8ToBytes(withOtp.words)),
  ].map(decodeShare);
  const component = await combineShares(shares, {
    what: 'custodian-component',
    componentId: body.componentId,
    checkValue: body.checks.custodianComponent,
  });
  const vaultComponent = await openBundle(made.body, sync.recipient.privateKey);
  return { platformKey: xorComponents(component, vaultComponent), vaultComponent };
}

/** The witness by PIN and touch, the operator with a stick. */
async function bothSign(window: App): Promise<void> {
  await signOnKey(window, witness, ofWitness, PIN);
  await signatures(window, [operator]);
}

async function split(window: App): Promise<BundleDocument> {
  await report.show(
    'plans that break their rule for the media are refused, then one is agreed',
    () => openSplit(window),
  );
  await report.show(
    'an identity on a stick for the operator, on a YubiKey for the witness',
    async () => {
      await enrol(window, operator);
      await enrolOnKey(window, witness, ofWitness, PIN);
      await window.at('make-key');
      await window.press('Make and split the platform key');
    },
  );
  await report.show('custodian 1 on paper, custodian 2 on a stick', async () => {
    await sitDown(window, onSheet);
    await makeIdentity(window, onSheet);
    await print(window, onSheet);
    await readSheets(window, onSheet);
    await keepAndSign(window, onSheet);
    await sitDown(window, onBareStick);
    await makeIdentity(window, onBareStick);
    await writeAndReadStick(window, onBareStick);
    await keepAndSign(window, onBareStick);
  });
  for (const [what, one, keys] of [
    ['custodian 3: an empty slot is programmed, and the key read back', withOtp, otp],
    ['custodian 4: two FIDO2 keys with their PINs, each read back', withFido, fido],
  ] as const) {
    await report.show(what, async () => {
      await sitDown(window, one);
      await makeIdentity(window, one);
      await lock(window, one, keys);
      await readBack(window, one, keys);
      await keepAndSign(window, one);
    });
  }
  return report.show('three of four media restore the key; signatures; the bundle', async () => {
    await window.at('prove');
    await window.press('Restore the key from 3 shares');
    await window.at('set-ready');
    await window.press('The witness has them, go on');
    await bothSign(window);
    return saveBundle(window, travelling);
  });
}

async function recover(window: App, made: BundleDocument, manifest: ManifestDocument) {
  const halves = await platformKeyOf(made, manifest);
  const before = await Promise.all([envelopeOf(withOtp), envelopeOf(withFido)]);
  const desk = { courier, operator, travelling };
  const kek = await openRecovery(window, desk, { made, manifest, ...halves });
  await report.show('a dead key: what is lost, what to do; its custodian gets up', async () => {
    await nextCustodian(window, withOtp);
    await keyIsDead(window);
  });
  await report.show(
    'a blocked PIN has its page; the backup key opens; a wrong key is named',
    async () => {
      await nextCustodian(window, withFido);
      await blockPin(window, withFido, fido);
      await give(window, withFido, fido, { key: otp.own, of: 'custodian 3' });
      await signFor(window, withFido);
    },
  );
  await report.show('the stick opens', async () => {
    await nextCustodian(window, onBareStick);
    const { index } = await window.at('share-in');
    assert(onBareStick.stick);
    await bringStick(window, onBareStick.stick, index);
    await typeWords(window, onBareStick.words);
    await signFor(window, onBareStick);
  });
  await report.show(
    'the OTP key, mended, opens; a wrong key is named; the share is locked anew at the second try',
    async () => {
      await nextCustodian(window, withOtp);
      const obstacle = await obstruct(withOtp);
      await give(window, withOtp, otp, { key: fido.own, of: 'custodian 4' });
      await tryOnceMore(window, obstacle);
      await signFor(window, withOtp);
    },
  );
  await report.show('the survey’s key comes out, and only the OTP envelope is new', async () => {
    await window.at('recover');
    await window.press(`Open the key of survey ${FACTS.surveyId}`);
    await bothSign(window);
    const { body } = await saveBundle(window, travelling);
    assert.deepEqual(await openBundle(body, sync.recipient.privateKey), kek);
    const after = await Promise.all([envelopeOf(withOtp), envelopeOf(withFido)]);
    assert.notDeepEqual(after[0], before[0]);
    assert.deepEqual(after[1], before[1]);
  });
}

try {
  await emptyTable(folders.film);
  await courier.carry(
    'descriptor',
    sync.descriptor.digest,
    descriptorType.toBytes(sync.descriptor),
  );
  await carrySetupPackage(courier);
  const { folder, out } = await buildTestApp();
  const env = { CONCLAVE_TEST_OUT: out, CONCLAVE_TEST_KEYS: keySocket.path };
  await report.check('the app as it is built reaches no software key, whatever it is told', () =>
    asksNoSoftwareKey(env),
  );
  app = await startApp(folders, seen, undefined, { folder, env });
  const made = await split(app);
  const manifest = parseManifest(
    await carried(travelling, 'manifest', made.body.manifestDigest),
    'rehearsal',
  );
  assert.deepEqual(
    manifest.body.shares.map(({ media }) => media.map(({ kind }) => kind).join()),
    ['paper', 'usb', 'yubikey-otp', 'yubikey-fido2'],
  );
  await carryReceipt(courier, made);
  const [receipt = ''] = (await readdir(travelling.path)).filter((name) =>
    name.includes('receipt'),
  );
  const window = app;
  await report.show('the receipt closes it; home shows the rule for the media', async () => {
    await importReceipt(window, receipt);
    await window.press('Back to home');
    await ledgerShowsRule(window, manifest);
  });
  await recover(app, made, manifest);
  await report.check(
    'the witness signed with a key; every attestation is its maker’s',
    async () => {
      witnessSignedByKey(await logs(folders.data), manifest, witness);
    },
  );
  await report.check(
    'the transcript says why a custodian got up, and what the stick held',
    async () => {
      const told = await transcripts(folders.data);
      assert.match(told, /custodian 3 .*The YubiKey does not answer any more\./);
      assert.match(told, /was given and not locked anew: its stick, looked at afterwards, holds/);
    },
  );
  await window.collect();
  await window.close();
  app = null;
  await sheetOfOtpKey(report, { folder, env });
  await report.check('no PIN and no words outside of the worker', () =>
    secretsStayAway([folders.data, sheetLaptop.data], {
      secrets: [PIN, ...[...custodians, ...sheetLaptop.people].map(({ words }) => words)],
      name: onBareStick.name,
    }),
  );
  await report.check('every screen that needs a YubiKey was reached', async () => {
    wereSeen(seen, WITH_KEYS);
    await Promise.resolve();
  });
} catch (error) {
  console.log(error);
} finally {
  await app?.close().catch(() => undefined);
  keySocket.close();
  rack.close();
  await rm(top, { recursive: true, force: true });
}
await report.check('axe and the Tab key find nothing on any of its screens', async () => {
  foundNothing(seen);
  await Promise.resolve();
});
console.log(report.closing());
process.exit(report.failed === 0 ? 0 : 1);
