/** `--earlier` of the built file, run by plain Node: logs that an earlier Conclave wrote, and whole ones. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { makeRecoverLog, makeSplitLog } from '../../test/support/logs.ts';
import { makeShareSet } from '../../test/support/share-sets.ts';
import { root } from '../lib/cache.mjs';
import { buildVerifier, type BuiltVerifier } from './build.ts';

let folder: string;
let verifier: BuiltVerifier;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'conclave-verify-earlier-'));
  verifier = await buildVerifier(folder);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [verifier.file, ...args], {
    cwd: folder,
    env: {},
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const golden = path.join(root, 'test/golden/v1/production');
const at = (name: string) => path.join(golden, name);
const otpLog = [at('log-otp-sheet.jsonl'), '--manifest', at('log-otp-sheet-share-set.json')];
const UNTOLD = 'only the logs of earlier ceremonies tell: none was given.';

test('of a golden log from sheets of OTP keys, none given: that is said', () => {
  const { status, stdout, stderr } = run(...otpLog);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain(`Envelopes of YubiKeys that were used\n  - Whether the envelopes`);
  expect(stdout).toContain(UNTOLD);
});

test('where no OTP key was used nothing is said of envelopes', () => {
  const log = [at('log-recover.jsonl'), '--earlier', at('log-split.jsonl')];
  const { status, stdout } = run(...log);
  expect(status).toBe(1);
  expect(stdout).not.toContain('Envelopes of YubiKeys');
});

test.each([
  [
    'a log of another set',
    'log-split.jsonl',
    'does not belong to the manifest',
    'anchor-does-not-fit',
  ],
  [
    'a receipt',
    'receipt.json',
    'This file is a receipt, and a ceremony log is needed',
    'document-other-type',
  ],
  [
    'a log of a rehearsal',
    '../rehearsal/log-otp-sheet.jsonl',
    'This is a rehearsal ceremony log',
    'document-other-mode',
  ],
  ['no file', 'none.jsonl', 'cannot be read: there is no such file', 'file-unreadable'],
])('%s is refused, and the words say which file is meant', (_, name, words, code) => {
  const file = at(name);
  const { status, stdout, stderr } = run(...otpLog, '--earlier', file);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  const [verdict, happened] = stderr.split('\n');
  expect(verdict).toBe('NOT VERIFIED');
  expect(happened).toContain(`Of the earlier log ${file}: `);
  expect(happened).toContain(words);
  const json = run(...otpLog, '--earlier', file, '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    standing: 'refused',
    refusal: { code, culprit: file },
  });
});

test('the one that says that an envelope was replaced: it is named, and the exit code stays', async () => {
  const set = await makeShareSet();
  const split = put('split.jsonl', (await makeSplitLog(set)).bytes);
  const manifest = put('share-set.json', manifestType.toBytes(set.manifest));
  const first = put('first.jsonl', (await makeRecoverLog(set, { sheets: true })).bytes);
  const day = 86_400;
  const later = await makeRecoverLog(set, { sheets: true, begin: day });
  const second = [put('second.jsonl', later.bytes), '--manifest', manifest];
  expect(run(...second).stdout).toContain(UNTOLD);
  const { status, stdout } = run(...second, '--earlier', split, '--earlier', first);
  expect(status).toBe(0);
  expect(stdout).toContain('although it was replaced on 3 May 2026');
  expect(stdout).toContain('No entry says that the custodian knew that');
  expect(stdout).not.toContain(UNTOLD);
  // The other way round the later one is none of before.
  const turned = run(first, '--manifest', manifest, '--earlier', 'second.jsonl');
  expect(turned.stdout).toContain('does not begin before this one, and was not looked at.');
});
