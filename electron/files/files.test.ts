import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../../shared/refusal.ts';
import { removeDurably, removeLeftovers, writeDurably } from './durable.ts';
import { fileRefusal } from './errno.ts';
import { readLimited } from './read.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-files-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string) => join(folder, name);
const bytes = Uint8Array.of(1, 2, 3);

async function codeOf(run: Promise<unknown>): Promise<string> {
  const caught: unknown = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(caught instanceof Refusal)) throw new Error(`no refusal but ${String(caught)}`);
  return caught.code;
}

describe('writeDurably', () => {
  it('writes what readLimited reads, and leaves nothing else behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 9000 }), async (content) => {
        await writeDurably(at('a'), content, { existing: 'replace' });
        expect(await readLimited(at('a'), 9000)).toEqual(content);
        expect(readdirSync(folder)).toEqual(['a']);
      }),
      { numRuns: 30 },
    );
    expect(statSync(at('a')).mode & 0o777).toBe(0o600);
  });

  it('never writes over a file unless told to', async () => {
    writeFileSync(at('a'), 'old');
    expect(await codeOf(writeDurably(at('a'), bytes))).toBe('file-exists');
    expect(readFileSync(at('a'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('replaces neither a shortcut nor a folder', async () => {
    writeFileSync(at('target'), 'old');
    symlinkSync(at('target'), at('link'));
    mkdirSync(at('folder'));
    for (const name of ['link', 'folder']) {
      expect(await codeOf(writeDurably(at(name), bytes, { existing: 'replace' }))).toBe(
        'file-not-a-file',
      );
    }
    expect(readFileSync(at('target'), 'utf8')).toBe('old');
    expect(readdirSync(folder).sort()).toEqual(['folder', 'link', 'target']);
  });

  it('refuses a folder that is gone, an empty content, and another file system', async () => {
    expect(await codeOf(writeDurably(at('none/a'), bytes))).toBe('file-gone');
    expect(await codeOf(writeDurably(at('a'), new Uint8Array()))).toBe('file-empty');
    const device = statSync(folder).dev;
    expect(await codeOf(writeDurably(at('a'), bytes, { device: device + 1 }))).toBe('file-gone');
    expect(readdirSync(folder)).toEqual([]);
    await writeDurably(at('a'), bytes, { device });
  });

  it('removes only what it left behind itself', async () => {
    for (const name of ['.a.0123abcd.part', '.a.zzzzzzzz.part', '.ab.0123abcd.part', 'a']) {
      writeFileSync(at(name), 'x');
    }
    expect(await removeLeftovers(at('a'))).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(['.a.zzzzzzzz.part', '.ab.0123abcd.part', 'a']);
  });
});

describe('removeDurably', () => {
  it('removes a file, and refuses everything else', async () => {
    writeFileSync(at('a'), 'x');
    symlinkSync(at('a'), at('link'));
    expect(await codeOf(removeDurably(at('link')))).toBe('file-not-a-file');
    await removeDurably(at('a'));
    expect(await codeOf(removeDurably(at('a')))).toBe('file-gone');
    expect(readdirSync(folder)).toEqual(['link']);
  });
});

describe('readLimited', () => {
  it('reads up to the limit and not a byte more', async () => {
    writeFileSync(at('a'), bytes);
    expect(await readLimited(at('a'), 3)).toEqual(bytes);
    expect((await readLimited(at('a'), 3)).constructor).toBe(Uint8Array);
    expect(await codeOf(readLimited(at('a'), 2))).toBe('file-too-large');
  });

  it('refuses a gigabyte by its size alone', async () => {
    writeFileSync(at('huge'), '');
    truncateSync(at('huge'), 1024 ** 3);
    const before = process.memoryUsage().rss;
    expect(await codeOf(readLimited(at('huge'), 65_536))).toBe('file-too-large');
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 ** 2);
  });

  it('refuses what is empty, absent, a folder, a shortcut, a pipe or a device', async () => {
    writeFileSync(at('empty'), '');
    symlinkSync('/etc/hostname', at('link'));
    execFileSync('mkfifo', [at('pipe')]);
    expect(await codeOf(readLimited(at('empty'), 9))).toBe('file-empty');
    expect(await codeOf(readLimited(at('absent'), 9))).toBe('file-gone');
    for (const path of [folder, at('link'), at('pipe'), '/dev/zero']) {
      expect(await codeOf(readLimited(path, 9))).toBe('file-not-a-file');
    }
  });
});

const codeForErrno = (errno: string) =>
  fileRefusal(Object.assign(new Error('x'), { code: errno }), '/stick/a').code;

describe('fileRefusal', () => {
  it('knows the errors of full, protected and lost media, and names any other', () => {
    expect(['ENOSPC', 'EROFS', 'EIO', 'ENOTCONN', 'ENODEV', 'EMFILE'].map(codeForErrno)).toEqual([
      'file-disk-full',
      'file-read-only',
      'file-gone',
      'file-gone',
      'file-gone',
      'file-failed',
    ]);
    expect(fileRefusal('odd', '/stick/a').note()).toMatchObject({
      code: 'file-failed',
      culprit: 'a',
    });
  });
});
