/**
 * A 3-of-4 set in the real window: paper, a stick, the OTP interface of a YubiKey, a FIDO2 key with
 * its backup. Then a survey key is recovered with the FIDO2 key, the stick and the OTP key, after one
 * key seemed dead and the PIN of another was blocked. The keys are software that answers report by
 * report, in another process than the app's.
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
import { bundleType, openBundle, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { parseTicket } from '../../shared/bundle/ticket.ts';
import {
  sealKekBlob,
  userRecoveryKey,
  vaultPaths,
  xorComponents,
} from '../../shared/checktick/index.ts';
import { utf8ToBytes } from '../../shared/encoding/bytes.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import { decodeKeyEnvelope } from '../../shared/sharing/key-envelope.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import { parseLog } from '../../shared/transcript/log.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { type App, startApp } from '../e2e/app.ts';
import { importReceipt } from '../e2e/ending.ts';
import {
  makeIdentity,
  openIdentity,
  print,
  readSheets,
  sign,
  sitDown,
  typeWords,
  writeAndReadStick,
  type Person,
} from '../e2e/people.ts';
import { bringStick, makeTicket, nextCustodian, signFor } from '../e2e/recover.ts';
import { startReport } from '../e2e/report.ts';
import { chooseDocument, checkLaptop, enrol, keepAndSign } from '../e2e/split.ts';
import { emptyTable } from '../support/camera.ts';
import {
  carryReceipt,
  carryRecoverPackage,
  carrySetupPackage,
  FACTS,
} from '../support/headless-platform.ts';
import { textHolds } from '../support/leaks.ts';
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
import { blockPin, keyIsDead } from './lost.ts';
import { give, lock, readBack } from './people.ts';

let app: App | null = null;
const report = startReport({
  async onFailure(what) {
    const name = `failed ${what.slice(0, 30)}`.replaceAll(/[^a-z0-9]+/gi, '-');
    for (const [at, page] of (app?.electron.windows() ?? []).entries()) {
      await page.screenshot({ path: path.join(root, 'test-results', `${name}-${at}.png`) });
    }
  },
});

const folderFile = async (one: Person, ending: RegExp): Promise<Uint8Array> => {
  assert(one.stick);
  const name = (await readdir(one.stick.path)).find((file) => ending.test(file)) ?? '';
  return new Uint8Array(await readFile(path.join(one.stick.path, name)));
};
const envelopeOf = (one: Person) => folderFile(one, /^conclave-yubikey-share-.*\.cbor$/);
const carried = async (kind: string, digest: string): Promise<Uint8Array> =>
  new Uint8Array(
    await readFile(path.join(travelling.path, `conclave-${kind}-${digest.slice(0, 8)}.json`)),
  );

async function saveBundle(window: App): Promise<BundleDocument> {
  await window.at('save-bundle');
  await window.choose(travelling.label);
  await window.press('Write the bundle to this stick');
  const { bundleDigest } = await window.at('waiting');
  return bundleType.parse(await carried('bundle', bundleDigest), 'rehearsal');
}

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
      await folderFile(onBareStick, /^conclave-share-.*\.age$/),
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

async function signatures(window: App): Promise<void> {
  for (const one of [witness, operator]) {
    await sitDown(window, one);
    await openIdentity(window, one);
    await sign(window, one);
  }
}

async function split(window: App): Promise<BundleDocument> {
  await report.show('a plan that breaks its rule for the media is refused, then agreed', () =>
    openSplit(window),
  );
  await report.show('operator and witness make their identities', async () => {
    for (const one of [operator, witness]) await enrol(window, one);
    await window.at('make-key');
    await window.press('Make and split the platform key');
  });
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
    await signatures(window);
    return saveBundle(window);
  });
}

async function recover(window: App, made: BundleDocument, manifest: ManifestDocument) {
  assert(made.body.kind === 'setup');
  const { roster } = made.body;
  const { platformKey, vaultComponent } = await platformKeyOf(made, manifest);
  const kek = randomBytes(32);
  const { six } = await makeTicket(window, operator, travelling);
  const tickets = (await readdir(travelling.path)).filter((name) =>
    /^conclave-ticket-.*json$/.test(name),
  );
  const [name = ''] = tickets;
  const ticket = parseTicket(
    new Uint8Array(await readFile(path.join(travelling.path, name))),
    'rehearsal',
  );
  const place = vaultPaths.userSurveyRecoveryKek(FACTS.userId, FACTS.surveyId);
  const { digest } = await carryRecoverPackage(courier, ticket, {
    manifest,
    roster,
    vaultComponent,
    encryptedKek: await sealKekBlob(await userRecoveryKey(platformKey, FACTS.userId), place, kek),
  });
  const before = await Promise.all([envelopeOf(withOtp), envelopeOf(withFido)]);
  await window.press('Rehearse the recovery');
  await chooseDocument(window, 'descriptor', 'Use this descriptor');
  const file = `conclave-package-${digest.slice(0, 8)}`;
  await chooseDocument(window, 'package', 'Use this package', file);
  await checkLaptop(window);
  await window.at('ticket-key');
  await window.choose(travelling.label);
  await window.press('Open the package');
  await typeWords(window, six);
  await window.at('facts');
  await window.press('Everyone agrees to open this survey');
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
    'the OTP key, mended, opens and locks the share anew; a wrong key is named',
    async () => {
      await nextCustodian(window, withOtp);
      await give(window, withOtp, otp, { key: fido.own, of: 'custodian 4' });
      await signFor(window, withOtp);
    },
  );
  await report.show('the survey’s key comes out, and only the OTP envelope is new', async () => {
    await window.at('recover');
    await window.press(`Open the key of survey ${FACTS.surveyId}`);
    await signatures(window);
    const { body } = await saveBundle(window);
    assert.deepEqual(await openBundle(body, sync.recipient.privateKey), kek);
    const after = await Promise.all([envelopeOf(withOtp), envelopeOf(withFido)]);
    assert.notDeepEqual(after[0], before[0]);
    assert.deepEqual(after[1], before[1]);
  });
}

/** The logs as the auditor reads them. */
async function transcripts(): Promise<string> {
  const logs = path.join(folders.data, 'rehearsal', 'ceremonies');
  const files = (await readdir(logs)).map((name) => readFile(path.join(logs, name)));
  return (await Promise.all(files))
    .flatMap((bytes) => narrateLog(parseLog(new Uint8Array(bytes))))
    .join('\n');
}

/** Nothing of it on the laptop's disk, in what main said to the window, in what processes wrote. */
async function secretsStayAway(window: App): Promise<void> {
  await window.collect();
  const logs = path.join(folders.data, 'rehearsal', 'ceremonies');
  const kept = await Promise.all(
    (await readdir(logs)).map((name) => readFile(path.join(logs, name), 'latin1')),
  );
  const places = [...kept, await transcripts(), ...seen.said, ...seen.output];
  assert(places.some((text) => text.includes(onBareStick.name)));
  for (const secret of [PIN, ...custodians.map(({ words }) => words)]) {
    const bytes = new TextEncoder().encode(secret);
    // What main says is JSON, which spells bytes as numbers.
    assert(textHolds(JSON.stringify({ secret: bytes }), bytes));
    assert(!places.some((text) => textHolds(text, bytes)));
  }
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
  const manifest = parseManifest(await carried('manifest', made.body.manifestDigest), 'rehearsal');
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
    await window.window.getByText('No two custodians on the same kind.').waitFor();
  });
  await recover(app, made, manifest);
  await report.check('the transcript says why a custodian got up', async () => {
    assert.match(await transcripts(), /custodian 3 .*The YubiKey does not answer any more\./);
  });
  await report.check('no PIN and no words outside of the worker', () => secretsStayAway(window));
} catch (error) {
  console.log(error);
} finally {
  await app?.close().catch(() => undefined);
  keySocket.close();
  rack.close();
  await rm(top, { recursive: true, force: true });
}
await report.check('axe and the Tab key find nothing on any of its screens', async () => {
  assert.deepEqual(seen.violations, []);
  await Promise.resolve();
});
console.log(report.closing());
process.exit(report.failed === 0 ? 0 : 1);
