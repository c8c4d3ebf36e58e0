/**
 * In which order what is written reaches the disk. A test that only reads files back cannot see it:
 * the system answers from its memory. So the file system is the real one, and each call to it is
 * noted when it has come back.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type * as Files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStore } from '../main/host/store.ts';
import { removeDurably, writeDurably } from './durable.ts';

/** Such as `sync FILE`; the random part of a temporary name is left out. */
const done: string[] = [];
const nameOf = (path: string): string => basename(path).replace(/\.[0-9a-f]{8}\.part$/, '.part');

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof Files>();
  const open = async (path: string, ...rest: [flags?: string | number, mode?: number]) => {
    const handle = await real.open(path, ...rest);
    const noted =
      <Arguments extends unknown[], Result>(
        what: string,
        work: (...args: Arguments) => Promise<Result>,
      ) =>
      async (...args: Arguments): Promise<Result> => {
        const result = await work(...args);
        done.push(`${what} ${nameOf(path)}`);
        return result;
      };
    handle.writeFile = noted('write', handle.writeFile.bind(handle));
    handle.appendFile = noted('append', handle.appendFile.bind(handle));
    handle.truncate = noted('truncate', handle.truncate.bind(handle));
    handle.sync = noted('sync', handle.sync.bind(handle));
    return handle;
  };
  return {
    ...real,
    open,
    rename: async (from: string, to: string) => {
      await real.rename(from, to);
      done.push(`rename ${nameOf(from)} ${nameOf(to)}`);
    },
    unlink: async (path: string) => {
      await real.unlink(path);
      done.push(`unlink ${nameOf(path)}`);
    },
  };
});

let top = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'conclave-order-'));
  done.length = 0;
});
afterEach(() => {
  rmSync(top, { recursive: true, force: true });
});

describe('what is on the disk before the answer', () => {
  it('a file: its bytes before it has its name, its name before anybody is told', async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    await writeDurably(join(top, 'share'), bytes);
    done.push('answered');
    expect(done).toEqual([
      'write .share.part',
      'sync .share.part',
      'rename .share.part share',
      `sync ${basename(top)}`,
      'answered',
    ]);
    expect(new Uint8Array(readFileSync(join(top, 'share')))).toEqual(bytes);
  });

  it('a file that is removed: its folder', async () => {
    writeFileSync(join(top, 'share'), 'x');
    await removeDurably(join(top, 'share'));
    done.push('answered');
    expect(done).toEqual(['unlink share', `sync ${basename(top)}`, 'answered']);
  });

  it('a ceremony log: its first line as a file, every later one before the next thing happens', async () => {
    const ceremonyId = '0123456789abcdef0123456789abcdef';
    const header = {
      conclave: 'ceremony-log',
      version: 1,
      mode: 'rehearsal',
      kind: 'split',
      ceremonyId,
    } as const;
    const store = openStore(top);
    const log = await store.createLog(header);
    expect(done).toEqual([
      'sync rehearsal',
      `sync ${basename(top)}`,
      `write .${ceremonyId}.jsonl.part`,
      `sync .${ceremonyId}.jsonl.part`,
      `rename .${ceremonyId}.jsonl.part ${ceremonyId}.jsonl`,
      'sync ceremonies',
    ]);
    done.length = 0;
    for (const one of ['first', 'second']) {
      await log.append(header);
      done.push(`${one} answered`);
    }
    await log.close();
    const line = [`append ${ceremonyId}.jsonl`, `sync ${ceremonyId}.jsonl`];
    expect(done).toEqual([...line, 'first answered', ...line, 'second answered']);
  });
});
