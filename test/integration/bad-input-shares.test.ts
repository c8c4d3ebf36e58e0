/**
 * Bad shares in a recovery, through a real worker thread: each is refused by its own name, what was
 * accepted before stays, and the survey key still comes out with the right ones.
 */
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sealAge } from '../../electron/media/age.ts';
import type { RecoverPackage } from '../../shared/bundle/package.ts';
import { sealRecoverPackage } from '../../shared/bundle/recover-package.ts';
import { sealKekBlob, userRecoveryKey, vaultPaths } from '../../shared/checktick/index.ts';
import { toTypedLines } from '../../shared/encoding/lines.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { makeRecoverPackage, RECOVER_FACTS } from '../support/documents.ts';
import { NO_LOGS } from '../support/no-logs.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import { ScriptedPerson } from '../support/entry-script.ts';
import { Refused, startTestWorker, type TestWorker } from '../support/worker.ts';

const WORDS = Buffer.from('absorb cradle fabric hollow market zebra');
const WRONG = Buffer.from('absorb cradle fabric hollow market abandon');

let root: string;
let worker: TestWorker;
let set: TestShareSet;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'conclave-shares-'));
  worker = await startTestWorker('rehearsal');
  set = await makeShareSet({ mode: 'rehearsal', label: '2026 A' });
});
afterEach(() => {
  worker.stop();
  rmSync(root, { recursive: true, force: true });
});

/** The refusal's code; its three sentences are sentences. */
async function refusal(run: Promise<unknown>): Promise<string> {
  const caught: unknown = await run.then(
    () => new Error('It was taken.'),
    (error: unknown) => error,
  );
  if (!(caught instanceof Refused)) throw caught;
  const { code, happened, means, next } = caught.note;
  for (const sentence of [happened, means, next]) expect(sentence).toMatch(/\S \S.*[.”]$/su);
  return code;
}

function place(name: string) {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return { path, where: { volumeId: `at:${path}`, rehearsalFolder: root } };
}

/** A package of a fresh ticket, opened. */
async function openedPackage(): Promise<RecoverPackage> {
  const operator = new ScriptedPerson('operator');
  const { where } = place('OPERATOR');
  const ticketId = 'c4'.repeat(16);
  const asked = { ...where, ticketId, person: operator.name };
  const { recipient } = await worker.callWith(operator, {}, 'make-ticket', asked);
  const { userId, surveyId } = RECOVER_FACTS;
  const userKey = await userRecoveryKey(set.platformKey, userId);
  const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  const encryptedKek = await sealKekBlob(userKey, path, randomBytes(32));
  const { sealed: _, ...open } = (await makeRecoverPackage(set)).document.body;
  const { vaultComponent } = set;
  const body = await sealRecoverPackage({ ...open, ticketId }, recipient, {
    vaultComponent,
    encryptedKek,
    emails: null,
  });
  const opening = { body, manifest: set.manifest.body, ...where, person: operator.name };
  await worker.callWith(operator, {}, 'open-package', opening);
  return body;
}

const question = (index: number) => ({
  person: `custodian ${index}`,
  manifest: set.manifest.body,
  known: { void: [], superseded: [] },
  envelopes: NO_LOGS,
  index,
  ways: ['camera', 'typed'] as const,
  ceremonyId: 'ce'.repeat(16),
});

/** A stick under the right file name; `spoil` does something to the file. */
async function stick(index: number, from: TestShareSet = set) {
  const { path, where } = place(`STICK-${index}`);
  const file = join(
    path,
    `conclave-share-${index}-of-4-${set.manifest.body.setId.slice(0, 8)}-rehearsal.age`,
  );
  const bytes = await sealAge(from.wires[index - 1] ?? new Uint8Array(), WORDS, { workFactor: 2 });
  writeFileSync(file, bytes);
  const give = (passphrases: Uint8Array[] = [WORDS], onRefused?: () => boolean) => {
    const person = new ScriptedPerson(`custodian ${index}`);
    const hands = { passphrases, ...(onRefused === undefined ? {} : { onRefused }) };
    const input = { how: 'usb', ...where, ...question(index) } as const;
    return { person, taken: worker.callWith(person, hands, 'accept-share', input) };
  };
  return { file, bytes, give };
}

it('empty, cut, changed and gigantic share files, a wrong passphrase, a share of another set', async () => {
  const body = await openedPackage();
  const first = await stick(1);
  await first.give().taken;

  const second = await stick(2);
  writeFileSync(second.file, new Uint8Array());
  expect(await refusal(second.give().taken)).toBe('file-empty');
  writeFileSync(second.file, second.bytes.subarray(0, second.bytes.length - 20));
  expect(await refusal(second.give().taken)).toBe('age-damaged');
  const turned = second.bytes.slice();
  turned[turned.length - 1] = (turned.at(-1) ?? 0) ^ 1;
  writeFileSync(second.file, turned);
  expect(await refusal(second.give().taken)).toBe('age-damaged');
  truncateSync(second.file, 2 ** 30);
  expect(await refusal(second.give().taken)).toBe('file-too-large');

  // Wrong words are asked for again in the same window.
  writeFileSync(second.file, second.bytes);
  const mistyped = second.give([WRONG, WORDS], () => true);
  await mistyped.taken;
  expect(mistyped.person.refusals.map(({ code }) => code)).toEqual(['age-wrong-passphrase']);

  const other = await makeShareSet({ mode: 'rehearsal', label: '2024 A' });
  expect(await refusal((await stick(3, other)).give().taken)).toBe('share-of-another-set');
  const typed = new ScriptedPerson('custodian 3');
  const lines = toTypedLines('share', other.wires[2] ?? new Uint8Array());
  const input = { how: 'typed', volumeId: null, rehearsalFolder: null, ...question(3) } as const;
  expect(
    await refusal(worker.callWith(typed, { way: 'typed', lines }, 'accept-share', input)),
  ).toBe('share-of-another-set');

  await (await stick(3)).give().taken;
  const manifest = set.manifest.body;
  expect(await worker.call('open-kek', { body, manifest })).toEqual({
    indexes: [1, 2, 3],
    email: { standing: 'not-asked' },
    escrow: null,
  });
});
