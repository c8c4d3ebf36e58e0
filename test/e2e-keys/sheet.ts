/**
 * An OTP key whose envelope lies on a sheet, on a laptop of its own: split 2 of 2, then a recovery in
 * which the share is locked anew onto a new sheet and the old one is destroyed before the witness.
 * @module
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright';
import { filledChallenge } from '../../electron/devices/yubikey-otp/challenge.ts';
import { openAge } from '../../electron/media/age.ts';
import { readPaperFile } from '../../electron/media/paper/read-file.ts';
import { openWithPassphrase } from '../../electron/media/yubikey/otp.ts';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { xorComponents } from '../../shared/checktick/index.ts';
import { hexToBytes, utf8ToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import { decodeKeyEnvelope, keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import { type App, type Folders, startApp } from '../e2e/app.ts';
import { importReceipt, newest } from '../e2e/ending.ts';
import {
  inFront,
  makeIdentity,
  onPaper,
  onStick,
  sitDown,
  takeSheets,
  TRAY,
  typeWords,
  writeAndReadStick,
} from '../e2e/people.ts';
import { bringStick, nextCustodian, signFor } from '../e2e/recover.ts';
import type { Report } from '../e2e/report.ts';
import { chooseDocument, checkLaptop, enrol, keepAndSign } from '../e2e/split.ts';
import { practiceStick } from '../e2e/sticks.ts';
import { emptyTable, holdBeforeCamera } from '../support/camera.ts';
import { carryReceipt, carrySetupPackage, FACTS } from '../support/headless-platform.ts';
import { folders, rack, seen, sync, top } from './cast.ts';
import { carried, fileOf, openRecovery, saveBundle, signatures, type Desk } from './documents.ts';
import { numberOf, putIn, takeOut, type Keys } from './people.ts';

/** The other laptop of this test has files and sticks of its own. */
const laptop: Folders = {
  ...folders,
  data: path.join(top, 'data-sheet'),
  practice: path.join(top, 'practice-sheet'),
};
const stick = (letter: string) => practiceStick(laptop.practice, letter);
const travelling = await stick('A');
const operator = onStick('operator', await stick('B'));
const witness = onStick('witness', await stick('C'));
const onSheet = onPaper('custodian 1', 'camera');
const onBareStick = onStick('custodian 2', await stick('D'));
const keys: Keys = { rack, own: rack.add(44_444_444), fido: null };
const desk: Desk = {
  courier: {
    sync,
    async carry(kind, digest, bytes) {
      const id = digest.slice(0, 8);
      await writeFile(path.join(travelling.path, `conclave-${kind}-${id}.json`), bytes);
      return id;
    },
  },
  operator,
  travelling,
};
/** For whoever looks at what is left of it. */
export const sheetLaptop = {
  data: laptop.data,
  people: [onSheet, onBareStick, operator, witness],
} as const;

/** @param built the app with software keys, as `startApp` takes it */
export async function sheetOfOtpKey(
  report: Report,
  built: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
): Promise<void> {
  const { carry } = desk.courier;
  await carry('descriptor', sync.descriptor.digest, descriptorType.toBytes(sync.descriptor));
  await carrySetupPackage(desk.courier);
  rack.allOut();
  const app = await startApp(laptop, seen, undefined, built);
  try {
    const made = await split(app, report);
    await carryReceipt(desk.courier, made);
    await importReceipt(app, await newest(travelling, 'receipt', '.json'));
    await app.press('Back to home');
    const manifest = parseManifest(
      await carried(travelling, 'manifest', made.body.manifestDigest),
      'rehearsal',
    );
    await recover(app, report, made, manifest);
  } finally {
    await app.close();
  }
}

async function openSplit(app: App): Promise<void> {
  await app.press('Rehearse the split');
  await chooseDocument(app, 'descriptor', 'Use this descriptor');
  await app.at('descriptor-words');
  await app.type(eightWords(hexToBytes(sync.descriptor.digest)), 'Eight words');
  await app.press('Compare the words');
  await chooseDocument(app, 'package', 'Use this package');
  await app.at('plan');
  for (const last of [4, 3]) await app.press(`Remove custodian ${last}`);
  await app.type(onSheet.name, 'Custodian 1');
  await app.select('Custodian 1: kept', 'YubiKey (OTP)');
  await app.type(onBareStick.name, 'Custodian 2');
  await app.select('Custodian 2: kept', 'on a stick');
  await app.type(operator.name, 'Operator');
  await app.type(witness.name, 'Witness');
  await app.press('Agree on this plan');
  await checkLaptop(app);
}

async function split(app: App, report: Report): Promise<BundleDocument> {
  await report.show('a second laptop: 2 of 2, one with an OTP key and a sheet', async () => {
    await openSplit(app);
    for (const one of [operator, witness]) await enrol(app, one);
    await app.at('make-key');
    await app.press('Make and split the platform key');
  });
  await report.show(
    'the envelope is printed, and read back with the key and the words',
    async () => {
      await sitDown(app, onSheet);
      await makeIdentity(app, onSheet);
      await app.at('write');
      await app.choose('On a sheet of paper');
      await app.choose(TRAY);
      await app.press('Lock it with my YubiKey, onto A4 paper');
      await putIn(app, keys, /^Put your YubiKey in$/, keys.own);
      await app.at('read-back');
      await takeSheets(app, onSheet, 'envelope');
      await show(app, onSheet.sheets.share, onSheet.sheets.identity);
      await app.choose('Show it to the camera');
      await app.press('Read it back with my YubiKey');
      await takeOut(app, keys);
      await putIn(app, keys, new RegExp(`^Put in the YubiKey ${numberOf(keys.own)}$`), keys.own);
      await typeWords(app, onSheet.words);
      await keepAndSign(app, onSheet);
    },
  );
  return report.show('the other share on a stick; the bundle', async () => {
    await sitDown(app, onBareStick);
    await makeIdentity(app, onBareStick);
    await writeAndReadStick(app, onBareStick);
    await keepAndSign(app, onBareStick);
    await app.at('prove');
    await app.press('Restore the key from 2 shares');
    await app.at('set-ready');
    await app.press('The witness has them, go on');
    await signatures(app, [witness, operator]);
    return saveBundle(app, travelling);
  });
}

async function recover(
  app: App,
  report: Report,
  made: BundleDocument,
  manifest: ManifestDocument,
): Promise<void> {
  const before = await envelopeOnPaper();
  const halves = await platformKeyOf(made, manifest);
  const kek = await openRecovery(app, desk, { made, manifest, ...halves });
  await report.show('given from its sheet with key and words', () => give(app));
  await report.show('locked anew: a print that is not read back, then another one', () =>
    printTwice(app),
  );
  await report.show('the old sheet is no new one; the new one is proved with one touch', () =>
    readNew(app),
  );
  await report.show(
    'the old sheet and the spoilt one are destroyed before the witness',
    async () => {
      const { good, isNew, sheets, witnesses } = await app.at('renew-destroy');
      assert.deepEqual([good, isNew, sheets], [3, true, [1, 2]]);
      assert(witnesses.includes(witness.name) && !witnesses.includes(onSheet.name));
      await app.choose(witness.name);
      await app.press(`${onSheet.name} destroyed sheets 1 and 2, and ${witness.name} saw it`);
      await signFor(app, onSheet);
    },
  );
  await report.show('the survey’s key comes out; the new envelope is another one', async () => {
    await nextCustodian(app, onBareStick);
    const { index } = await app.at('share-in');
    assert(onBareStick.stick);
    await bringStick(app, onBareStick.stick, index);
    await typeWords(app, onBareStick.words);
    await signFor(app, onBareStick);
    await app.at('recover');
    await app.press(`Open the key of survey ${FACTS.surveyId}`);
    await signatures(app, [witness, operator]);
    const { body } = await saveBundle(app, travelling);
    assert.deepEqual(await openBundle(body, sync.recipient.privateKey), kek);
    assert.notEqual(keyEnvelopeDigest(await envelopeOnPaper()), keyEnvelopeDigest(before));
  });
}

async function give(app: App): Promise<void> {
  await nextCustodian(app, onSheet);
  const { index, keyOn } = await app.at('share-in');
  assert.deepEqual([index, keyOn], [1, ['sheet']]);
  await show(app, onSheet.sheets.share);
  await app.choose('With my YubiKey and its sheet: show it to the camera');
  rack.allOut();
  await app.press('Give share 1');
  await putIn(app, keys, new RegExp(`^Put in the YubiKey ${numberOf(keys.own)}`), keys.own);
  await typeWords(app, onSheet.words);
}

async function printTwice(app: App): Promise<void> {
  const first = await app.at('renew-print');
  assert.deepEqual([first.good, first.next, first.notReadBack], [1, 2, []]);
  await app.choose(TRAY);
  await app.press('Print sheet 2');
  const { good, sheet } = await app.at('renew-read');
  assert.deepEqual([good, sheet], [1, 2]);
  await takeSheets(app, { ...onSheet }, 'envelope');
  await app.press('It cannot be read: print another one');
  const second = await app.at('renew-print');
  assert.deepEqual([second.good, second.next, second.notReadBack], [1, 3, [2]]);
  await app.choose(TRAY);
  await app.press('Print sheet 3');
  await app.at('renew-read');
  await takeSheets(app, onSheet, 'envelope');
}

/** The window is closed over an empty table; then the old sheet is shown, and then the new one. */
async function readNew(app: App): Promise<void> {
  await app.at('renew-read');
  await emptyTable(app.folders.film);
  await app.choose('Show it to the camera');
  const first = await inScan(app);
  await first.getByText('No code in view').waitFor({ timeout: 30_000 });
  await app.hands.press(first, 'Cancel');
  const { good, refusal } = await app.at('renew-read');
  assert.deepEqual([good, refusal], [1, null]);
  await show(app, onSheet.sheetAtHome);
  const second = await inScan(app);
  await second.getByRole('alert').getByText('sheet-other-copy').waitFor({ timeout: 30_000 });
  await app.look('entry old envelope', second);
  await show(app, onSheet.sheets.share);
  await app.hands.press(second, 'Show another sheet');
}

async function inScan(app: App): Promise<Page> {
  await app.press('Read sheet 3 back');
  return inFront(app, /^Show the new envelope of share 1 of 2/);
}

async function show({ folders: { film } }: App, ...sheets: readonly (string | null)[]) {
  assert(sheets.every((pdf) => pdf !== null));
  await holdBeforeCamera(film, sheets);
}

async function envelopeOnPaper(): Promise<Uint8Array> {
  assert(onSheet.sheets.share !== null);
  const pdf = new Uint8Array(await readFile(onSheet.sheets.share));
  return (await readPaperFile(pdf)).bytes;
}

/** Outside of the app: the sheet with what the slot of the key holds, and the stick. */
async function platformKeyOf(made: BundleDocument, { body }: ManifestDocument) {
  const envelope = decodeKeyEnvelope(await envelopeOnPaper());
  const slot = keys.own.otp.memory.hmac(1);
  assert(envelope.method === 'otp-hmac' && slot !== null);
  const answer = slot.respond(filledChallenge(envelope.keys[0].challenge));
  const file = await fileOf(onBareStick, /^conclave-share-.*\.age$/);
  const shares = [
    await openWithPassphrase(envelope, answer, utf8ToBytes(onSheet.words)),
    await openAge(file, utf8ToBytes(onBareStick.words)),
  ].map(decodeShare);
  const component = await combineShares(shares, {
    what: 'custodian-component',
    componentId: body.componentId,
    checkValue: body.checks.custodianComponent,
  });
  const vaultComponent = await openBundle(made.body, sync.recipient.privateKey);
  return { platformKey: xorComponents(component, vaultComponent), vaultComponent };
}
