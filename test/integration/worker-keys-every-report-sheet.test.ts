/**
 * A YubiKey that comes out at each report while the envelope of its share is made anew on a sheet,
 * through a real worker: while the new sheet is printed, and while it is proved. Afterwards the step
 * was repeated; what was printed opens, and the old sheet does as long as the new one was not proved.
 */
import { expect, it } from 'vitest';
import { openWithPassphrase } from '../../electron/media/yubikey/otp.ts';
import { joinTypedLines, readTypedLine } from '../../shared/encoding/lines.ts';
import type { KeyTask } from '../../shared/ipc/entry.ts';
import { decodeKeyEnvelope, keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import { sheetLines } from '../support/entry-script.ts';
import { keySittings, mending } from '../support/key-sittings.ts';
import { atEachReport, looseKey, type LooseKey } from '../support/loose-key.ts';
import { bytesOn, NEW, OLD, otpSheets } from '../support/otp-sheets.ts';
import { answerOf } from '../support/software-key/slot-verifier.ts';

const sittings = keySittings();
const { rack, sit } = sittings;
const { sheetsIn, pdfNamed, write, give, printAnew, prove } = otpSheets(sittings);

/** Where the number is hidden: the answer to the old envelope, which tells the key. The rest is the same. */
const counted = (hides: boolean) => ({
  begins: hides ? ({ task }: KeyTask) => task === 'touch' : null,
  ends: (task: KeyTask) => hides && task.task === 'touch' && task.does === 'renew',
});

/** As somebody types it: quicker than to look at the page. */
async function envelopeOf(pdf: Uint8Array): Promise<Uint8Array> {
  const [first, ...others] = (await sheetLines(pdf)).map((line) => new TextEncoder().encode(line));
  if (first === undefined) throw new Error('There are no lines on this sheet.');
  const one = readTypedLine('key-share', first, { line: 1 });
  const rest = others.map((line, at) => readTypedLine('key-share', line, { ...one, line: at + 2 }));
  return joinTypedLines('key-share', [one, ...rest]);
}

/** The page of a touch stands when the challenge was sent: these take the answer out of the key. */
const FEWEST_OF_AN_ANSWER = 4;

const again = { onRefused: mending(() => undefined) };

/** What a sheet gives with this key and these words. */
async function shareOn(sheet: Uint8Array, { own }: LooseKey, words: Uint8Array): Promise<string> {
  const envelope = decodeKeyEnvelope(sheet);
  if (envelope.method !== 'otp-hmac') throw new Error('This envelope is of FIDO2.');
  const response = answerOf(own.otp, 1, envelope.keys[0].challenge);
  return Buffer.from(await openWithPassphrase(envelope, response, words)).toString('hex');
}

it.each([false, true])('while the new sheet is printed (number hidden: %s)', async (hides) => {
  const key = looseKey(rack, 53_000_001, counted(hides));
  key.own.otp.hidesSerial = hides;
  const sitting = await sit(2, { own: key.own });
  await write(sitting);
  const old = await sheetsIn(OLD);
  await give(sitting, { sheets: old });
  const { words } = sitting.person;
  const share = await shareOn(await bytesOn(old), key, words);
  const challenges = new Set<string>();
  let printed: unknown;
  const reports = await atEachReport(
    rack,
    key,
    async (keys) => {
      printed = await printAnew({ ...sitting, keys }, 2, again);
    },
    {
      async after(n) {
        expect(printed, `report ${n}`).toMatchObject({ record: { description: 'A4 sheet 2' } });
        const sheet = await envelopeOf(await pdfNamed(NEW));
        expect(await shareOn(sheet, key, words), `report ${n}`).toBe(share);
        const [{ challenge } = { challenge: new Uint8Array() }] = decodeKeyEnvelope(sheet).keys;
        challenges.add(Buffer.from(challenge).toString('hex'));
        expect(challenges.size, `report ${n}`).toBe(n + 1);
      },
    },
  );
  expect(reports).toBeGreaterThan(hides ? FEWEST_OF_AN_ANSWER : 10);
  // Nothing was proved: the old sheet counts, and opens.
  expect(await give(sitting, { sheets: old })).toMatchObject({ onSheet: { sheet: 1 } });
});

it.each([false, true])('while the new sheet is proved (number hidden: %s)', async (hides) => {
  const key = looseKey(rack, 53_000_002, counted(hides));
  key.own.otp.hidesSerial = hides;
  const sitting = await sit(2, { own: key.own });
  await write(sitting);
  const old = await sheetsIn(OLD);
  await give(sitting, { sheets: old });
  await printAnew(sitting, 2);
  const pdf = await pdfNamed(NEW);
  const lines = await sheetLines(pdf);
  const after = keyEnvelopeDigest(await envelopeOf(pdf));
  let proved: unknown;
  const reports = await atEachReport(
    rack,
    key,
    async (keys) => {
      proved = await prove({ ...sitting, keys }, 2, { ...again, way: 'typed', lines }, 'typed');
    },
    { after: async (n) => expect(proved, `report ${n}`).toEqual({ after }) },
  );
  expect(reports).toBeGreaterThan(hides ? FEWEST_OF_AN_ANSWER : 10);
  expect(await give(sitting, { sheets: await sheetsIn(NEW) })).toMatchObject({
    onSheet: { sheet: 2 },
  });
});
