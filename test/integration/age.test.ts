/**
 * Share files and the real age command open each other's files. The command reads passphrases from
 * a terminal only, so Python's pty gives it one.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openAge, sealAge } from '../../electron/media/age.ts';

const run = promisify(execFile);
const words = 'absorb cradle fabric hollow market zebra';
const utf8 = (text: string) => new TextEncoder().encode(text);
const share = Uint8Array.from({ length: 110 }, (_, at) => at);

/** Types the passphrase at every question; exits as the command does. */
const TYPIST = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp('age', ['age'] + sys.argv[2:])
shown = b''
while True:
    try:
        more = os.read(terminal, 1024)
    except OSError:
        break
    if not more:
        break
    shown += more
    if b'passphrase' in shown and shown.rstrip().endswith(b':'):
        os.write(terminal, sys.argv[1].encode() + b'\\n')
        shown = b''
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
const age = (typed: string, ...args: string[]) =>
  run('python3', ['-c', TYPIST, typed, ...args], { timeout: 60_000 });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-age-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

it('lets the age command open what Conclave sealed, with the right words only', async () => {
  writeFileSync(at('share.age'), await sealAge(share, utf8(words)));
  await age(words, '--decrypt', '--output', at('share'), at('share.age'));
  expect(new Uint8Array(readFileSync(at('share')))).toEqual(share);
  await expect(
    age('other words', '--decrypt', '--output', at('no'), at('share.age')),
  ).rejects.toThrow('Command failed');
});

it('opens what the age command sealed', async () => {
  writeFileSync(at('share'), share);
  await age(words, '--passphrase', '--output', at('share.age'), at('share'));
  expect(await openAge(new Uint8Array(readFileSync(at('share.age'))), utf8(words))).toEqual(share);
});
