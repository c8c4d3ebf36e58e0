/** The built file, run by plain Node on logs of whole ceremonies. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBundle } from '../../test/support/documents.ts';
import { makeReceipt } from '../../test/support/receipts.ts';
import { makeShareSet } from '../../test/support/share-sets.ts';
import type { TestBundle } from '../../test/support/documents.ts';
import type { TestShareSet } from '../../test/support/share-sets.ts';
import { makeRecoverLog, makeSplitLog, type TestLog } from '../../test/support/logs.ts';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { receiptType } from '../../shared/bundle/receipt.ts';
import { rosterType } from '../../shared/identity/roster.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { wordsOf } from '../../shared/transcript/anchor.ts';
import { withholdLeaf } from '../../shared/transcript/entry.ts';
import { encodeLog } from '../../shared/transcript/log.ts';
import { makeAttestedLog } from '../../test/support/attested-log.ts';
import { root } from '../lib/cache.mjs';
import { buildVerifier, type BuiltVerifier } from './build.ts';
import { printable } from './print.ts';
import { builtInRoots } from './roots.ts';
import { runVerify } from './program.ts';

let folder: string;
let verifier: BuiltVerifier;
let set: TestShareSet;
let other: TestShareSet;
let split: TestLog;
let recover: TestLog;
let files: Record<
  'log' | 'recoverLog' | 'manifest' | 'roster' | 'descriptor' | 'otherManifest',
  string
>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'conclave-verify-test-'));
  verifier = await buildVerifier(folder);
  set = await makeShareSet();
  other = await makeShareSet();
  split = await makeSplitLog(set);
  recover = await makeRecoverLog(set);
  files = {
    log: put('ceremony.jsonl', split.bytes),
    recoverLog: put('recover.jsonl', recover.bytes),
    manifest: put('share-set.json', manifestType.toBytes(set.manifest)),
    roster: put('roster.json', rosterType.toBytes(set.roster)),
    descriptor: put('descriptor.json', descriptorType.toBytes(set.sync.descriptor)),
    otherManifest: put('other.json', manifestType.toBytes(other.manifest)),
  };
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

function run(...args: string[]) {
  // An empty folder and environment: the file must need nothing but Node.
  const { status, stdout, stderr } = spawnSync(process.execPath, [verifier.file, ...args], {
    cwd: folder,
    env: {},
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** As `run`, in this process: for what is asked of many files. */
function runHere(...args: string[]) {
  let [stdout, stderr] = ['', ''];
  const status = runVerify(args, {
    out: (text) => (stdout += text),
    err: (text) => (stderr += text),
  });
  return { status, stdout, stderr };
}

describe('the built file', () => {
  test('has its hash beside it, and a second build has the same', async () => {
    const bytes = readFileSync(verifier.file);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(verifier.sha256);
    expect(readFileSync(`${verifier.file}.sha256`, 'utf8')).toBe(
      `${verifier.sha256}  conclave-verify.mjs\n`,
    );
    const check = spawnSync('sha256sum', ['--check', `${verifier.file}.sha256`], { cwd: folder });
    expect(check.status).toBe(0);
    const again = await buildVerifier(path.join(folder, 'again'));
    expect(again.sha256).toBe(verifier.sha256);
    expect(bytes.toString()).not.toContain(process.cwd());
  });

  test('judges what keys attested, with Yubico’s root built in', async () => {
    const { bytes: attested } = await makeAttestedLog('production');
    const { status, stdout } = run(put('attested.jsonl', attested));
    expect(status).toBe(1);
    expect(stdout).toContain('share 4 of custodian 4: unknown root, hardware not proved');
    const [pem] = builtInRoots().map(String);
    const [, line = ''] = pem?.split('\n') ?? [];
    expect(readFileSync(verifier.file, 'utf8')).toContain(line);
  });

  test('imports Node’s own modules only', () => {
    const imports = [
      ...readFileSync(verifier.file, 'utf8').matchAll(/^import .*? from ["'](.*?)["'];?$/gm),
    ].map(([, from]) => from);
    expect(imports.length).toBeGreaterThan(0);
    for (const from of imports) expect(from).toMatch(/^node:/);
  });
});

describe('a ceremony log', () => {
  test('untouched, with its manifest or its words: authenticated, 0', () => {
    for (const anchor of [
      ['--manifest', files.manifest],
      ['--words', wordsOf(set.manifest.digest)],
      ['--words', wordsOf(set.sync.descriptor.digest)],
      ['--descriptor', files.descriptor],
      ['--manifest', files.manifest, '--words', wordsOf(set.manifest.digest).toUpperCase()],
    ]) {
      for (const log of [files.log, files.recoverLog]) {
        const { status, stdout, stderr } = run(log, ...anchor);
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
        expect(stdout).toContain('Ceremony log: AUTHENTICATED');
        expect(stdout).toContain('operator (operator)');
        expect(stdout).toContain('share key 1 of 4, set 2026 A');
        expect(stdout).not.toContain('REHEARSAL');
      }
    }
    expect(run(files.log, '--manifest', files.manifest).stdout).toContain(
      '3 May 2026, 09:30:00 UTC: The ceremony "split" was opened in Conclave 0.1.0.',
    );
  });

  test('without an anchor: self-consistent, not authenticated, 1', () => {
    const { status, stdout } = run(files.log);
    expect(status).toBe(1);
    expect(stdout).toContain('SELF-CONSISTENT, NOT AUTHENTICATED');
    expect(stdout).toContain('nobody vouches for these names');
  });

  test('with a wrong anchor: 2', () => {
    for (const anchor of [
      ['--manifest', files.otherManifest],
      ['--words', wordsOf(other.manifest.digest)],
      ['--manifest', files.log],
      ['--manifest', path.join(folder, 'none.json')],
      ['--words', 'seven words are not enough'],
    ]) {
      const { status, stdout, stderr } = run(files.log, ...anchor);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain('NOT VERIFIED');
    }
  });

  test('with one letter changed in any one line: 2', () => {
    const lines = new TextDecoder().decode(split.bytes).split('\n').slice(0, -1);
    expect(lines.length).toBeGreaterThan(30);
    for (let at = 0; at < lines.length; at++) {
      const line = lines[at] ?? '';
      const place = Math.floor(line.length / 2);
      const letter = line[place] === 'a' ? 'b' : 'a';
      const changed = lines.map((one, index) =>
        index === at ? line.slice(0, place) + letter + line.slice(place + 1) : one,
      );
      const file = put('changed.jsonl', new TextEncoder().encode(`${changed.join('\n')}\n`));
      const args = [file, '--manifest', files.manifest];
      expect({ at, ...runHere(...args) }).toMatchObject({ at, status: 2, stdout: '' });
      // The built file is the same program: a process for every eighth line shows it.
      if (at % 8 === 0) expect({ at, ...run(...args) }).toEqual({ at, ...runHere(...args) });
    }
  }, 120_000);

  test('cut in a line: 2; cut between lines: what is missing is said', () => {
    const middle = put('cut.jsonl', split.bytes.slice(0, split.bytes.length - 10));
    expect(run(middle, '--manifest', files.manifest).status).toBe(2);
    const shorter = encodeLog({ ...split.log, items: split.log.items.slice(0, -3) });
    const { status, stdout } = run(put('short.jsonl', shorter), '--manifest', files.manifest);
    expect(status).toBe(0);
    expect(stdout).toContain('The ceremony was not closed, or the end of the log is missing.');
    const early = encodeLog({ ...split.log, items: split.log.items.slice(0, 12) });
    expect(run(put('early.jsonl', early), '--manifest', files.manifest).status).toBe(1);
  });

  test('with leaves withheld: authenticated, and they are listed', () => {
    const items = split.log.items.map((item) =>
      'entry' in item ? { entry: withholdLeaf(item.entry, 'name') } : item,
    );
    const file = put('withheld.jsonl', encodeLog({ ...split.log, items }));
    const { status, stdout } = run(file, '--manifest', files.manifest);
    expect(status).toBe(0);
    expect(stdout).toContain('Withheld on purpose');
    expect(stdout).toContain('(withheld) sat down as custodian.');
  });

  test('--json says the same to a script', () => {
    const good = run(files.log, '--manifest', files.manifest, '--json');
    expect(JSON.parse(good.stdout)).toMatchObject({
      file: 'ceremony-log',
      standing: 'authenticated',
      mode: 'production',
      notSealed: [],
    });
    const bad = run(files.log, '--manifest', files.otherManifest, '--json');
    expect(bad.status).toBe(2);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      standing: 'refused',
      refusal: { code: 'anchor-does-not-fit' },
    });
  });

  test('of a rehearsal: says so, and is refused where production is asked for', async () => {
    const practice = await makeShareSet({ mode: 'rehearsal' });
    const file = put('practice.jsonl', (await makeSplitLog(practice)).bytes);
    const manifest = put('practice.json', manifestType.toBytes(practice.manifest));
    const { status, stdout } = run(file, '--manifest', manifest, '--mode', 'rehearsal');
    expect(status).toBe(0);
    expect(stdout).toContain('REHEARSAL: this was made to practise.');
    expect(run(file, '--manifest', manifest, '--mode', 'production').status).toBe(2);
    expect(run(file, '--manifest', files.manifest).status).toBe(2);
  });
});

describe('a bundle and a receipt', () => {
  let setup: TestBundle;
  let bundle: TestBundle;
  beforeAll(async () => {
    setup = await makeBundle(set);
    bundle = await makeBundle(set, { kind: 'recover' });
    put('setup.json', bundleType.toBytes(setup.document));
    put('bundle.json', bundleType.toBytes(bundle.document));
    put('receipt.json', receiptType.toBytes(await makeReceipt(set, bundle)));
  });

  test.each([
    [0, 'setup.json', ['--manifest', 'share-set.json']],
    [1, 'setup.json', []],
    [2, 'setup.json', ['--manifest', 'other.json']],
    [0, 'bundle.json', ['--manifest', 'share-set.json', '--roster', 'roster.json']],
    [0, 'bundle.json', ['--manifest', 'share-set.json']],
    [1, 'bundle.json', []],
    [2, 'bundle.json', ['--manifest', 'other.json']],
    [2, 'bundle.json', ['--roster', 'share-set.json']],
    [0, 'receipt.json', ['--manifest', 'share-set.json']],
    [0, 'receipt.json', ['--descriptor', 'descriptor.json']],
    [1, 'receipt.json', []],
    [2, 'receipt.json', ['--manifest', 'other.json']],
    [2, 'share-set.json', []],
  ] as const)('exit code %i: %s %j', (code, file, anchor) => {
    const { status, stdout, stderr } = run(file, ...anchor);
    expect({ status, stderr: code === 2 ? '' : stderr }).toEqual({ status: code, stderr: '' });
    expect(stdout === '').toBe(code === 2);
  });

  test('by words: the manifest’s for bundles, the descriptor’s for a receipt with its file', () => {
    const manifest = wordsOf(set.manifest.digest);
    const descriptor = wordsOf(set.sync.descriptor.digest);
    expect(run('setup.json', '--words', manifest).status).toBe(0);
    expect(run('setup.json', '--words', descriptor).status).toBe(2);
    expect(run('bundle.json', '--words', manifest).status).toBe(1);
    expect(run('bundle.json', '--words', descriptor).status).toBe(2);
    const named = ['--descriptor', 'descriptor.json'];
    expect(run('receipt.json', ...named, '--words', descriptor).status).toBe(0);
    expect(run('receipt.json', ...named, '--words', manifest).status).toBe(2);
    const alone = run('receipt.json', '--words', descriptor);
    expect(alone.status).toBe(1);
    expect(alone.stdout).toContain('give sync’s descriptor too');
  });

  test('a bundle whose parts are of two ceremonies is refused', async () => {
    const mixed = await makeBundle({ ...set, manifest: other.manifest, roster: other.roster });
    expect(run(put('mixed.json', bundleType.toBytes(mixed.document))).status).toBe(2);
  });
});

describe('a verifier that breaks gives no verdict: 3', () => {
  const NOTHING = 'THE VERIFIER FAILED. Nothing is known about the file, neither good nor bad.';

  test('when what it found cannot be written', () => {
    for (const args of [[files.log], [files.log, '--manifest', files.manifest]]) {
      const full = openSync('/dev/full', 'w');
      const { status, stderr } = spawnSync(process.execPath, [verifier.file, ...args], {
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      closeSync(full);
      expect(status).toBe(3);
      expect(stderr).toContain(NOTHING);
      expect(stderr).toContain('ENOSPC');
    }
  });

  test('at a fault that nobody thought of', () => {
    let said = '';
    const code = runVerify([files.log], {
      out: () => {
        throw new TypeError('broken \u001b[2J');
      },
      err: (text) => (said += text),
    });
    expect(code).toBe(3);
    expect(said).toContain(`${NOTHING}\nTypeError: broken \ufffd[2J\n`);
  });

  test('when npm cannot even set it up', () => {
    const checkout = path.join(folder, 'checkout');
    cpSync(path.join(root, 'scripts'), path.join(checkout, 'scripts'), { recursive: true });
    const lock = { packages: { 'node_modules/commander': { version: '14.0.3' } } };
    writeFileSync(path.join(checkout, 'package-lock.json'), JSON.stringify(lock));
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    const npm = 'echo "npm error network"; exit 1';
    writeFileSync(path.join(bin, 'npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(checkout, 'scripts/verify.mjs'), files.log, '--json'],
      { encoding: 'utf8', env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` } },
    );
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toContain('npm error network');
  });
});

describe('npm run verify', () => {
  test('gives the verdicts of the built file, of files named from where it was called', () => {
    const at = (...args: string[]) =>
      spawnSync(process.execPath, [path.join(root, 'scripts/verify.mjs'), ...args], {
        encoding: 'utf8',
        cwd: root,
        env: { ...process.env, INIT_CWD: folder },
      });
    const verdicts = [
      [0, ['ceremony.jsonl', '--manifest', 'share-set.json', '--json']],
      [1, ['ceremony.jsonl', '--json']],
      [2, ['ceremony.jsonl', '--manifest', 'other.json', '--json']],
    ] as const;
    for (const [code, args] of verdicts) {
      const { status, stdout, stderr } = at(...args);
      expect({ status, stderr, stdout }).toEqual({
        status: code,
        stderr: '',
        stdout: run(...args).stdout,
      });
    }
  });
});

describe('files that are none', () => {
  test('empty, damaged, a folder, nothing, 1 GB: 2, in words', () => {
    put('empty.json', new Uint8Array());
    put('noise.json', new TextEncoder().encode('\u0000hello'));
    put('large.json', new Uint8Array());
    truncateSync(path.join(folder, 'large.json'), 1_000_000_000);
    for (const [file, words] of [
      ['empty.json', 'The file is empty.'],
      ['noise.json', 'not an undamaged'],
      ['large.json', 'larger than'],
      ['none.json', 'there is no such file'],
      ['.', 'not an ordinary file'],
    ] as const) {
      const { status, stderr } = run(file);
      expect(status).toBe(2);
      expect(stderr).toContain(words);
      expect(stderr).toContain('NOT VERIFIED');
      expect(stderr).not.toContain('    at ');
    }
  });

  test('used wrongly: 2, and it says how it is used; --help: 0', () => {
    for (const args of [[], ['--nonsense'], [files.log, 'more'], [files.log, '--mode', 'test']]) {
      const { status, stderr } = run(...args);
      expect(status).toBe(2);
      expect(stderr).toContain('Nothing was verified.');
    }
    const help = run('--help');
    expect(help.status).toBe(0);
    expect(help.stdout).toContain('Exit codes: 0 authenticated');
  });

  test('what a file says cannot steer the terminal', () => {
    expect(printable('a\u001b[2Jb\u202ec\nd')).toBe('a\ufffd[2Jb\ufffdc\ufffdd');
  });
});
