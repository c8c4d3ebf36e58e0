import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeRecoverLog, makeSplitLog, type TestLog } from '../../test/support/logs.ts';
import { makeManifest, makeShareSet } from '../../test/support/share-sets.ts';
import { runVerify } from './program.ts';

let folder: string;
let first: TestLog;
let second: TestLog;
let recovery: TestLog;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'conclave-ledger-'));
  const set = await makeShareSet();
  first = await makeSplitLog(set);
  recovery = await makeRecoverLog(set, { begin: 3600 });
  const next = await makeShareSet({ cast: set.cast, sync: set.sync });
  const previous = set.manifest.digest;
  const manifest = await makeManifest(next, { label: '2028 A' }, { previous });
  second = await makeSplitLog({ ...next, manifest }, { begin: 86_400 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, ...logs: readonly Uint8Array[]): string {
  const into = path.join(folder, name);
  mkdirSync(into);
  for (const [at, bytes] of logs.entries()) writeFileSync(path.join(into, `${at}.jsonl`), bytes);
  return into;
}

function run(...args: string[]) {
  let out = '';
  let err = '';
  const code = runVerify(args, { out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out, err };
}

describe('the ledger of a folder', () => {
  test('is told in words: sets, shares, what is not destroyed, ceremonies', () => {
    const { code, out, err } = run(
      '--ledger',
      put('words', first.bytes, recovery.bytes, second.bytes),
    );
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(
      /Set 2026 A, generation 1, of key version v1: any 3 of 4 shares\. REPLACED\n {2}replaced by 2028 A on \d+ \w+ 2026; backups from that day or before hold the old other half\n/,
    );
    // Whether what was not destroyed still reaches the threshold, and who has it.
    expect(out).toMatch(
      / {2}4 shares are not destroyed: any 3 still open the key with a backup of Vault or of the database from \d+ \w+ 2026 or before/,
    );
    expect(out).toMatch(
      /What leads to a key, and who has it\n {2}2026 A, shares, key version v1: any 3 of 1 custodian 1, 2 custodian 2, .*; besides a backup from \d+ \w+ 2026 or before\n {2}2028 A, .*; besides what Vault and the database hold today\n/,
    );
    expect(out).toContain('Set 2028 A, generation 1, of key version v1: any 3 of 4 shares. IN USE');
    expect(out).toMatch(
      / {2}share 1 of 4, custodian 1, on A4 sheet: last read on \d+ May 2026, on/,
    );
    expect(out).toContain('    share 2, custodian 2: stick 2, 16 GB');
    expect(out).toMatch(/: Recovery of survey 31 for user 7; committed\n/);
  });

  test('is the same in canonical JSON, with a copy and a shorter copy of a log counted once', () => {
    const told = (name: string, ...logs: readonly Uint8Array[]) => {
      const { code, out } = run('--ledger', put(name, ...logs), '--json');
      expect(code).toBe(1);
      const { foldedAt, ...rest } = JSON.parse(out) as Record<string, unknown>;
      expect(foldedAt).toMatch(/Z$/);
      return rest;
    };
    const all = [first.bytes, recovery.bytes, second.bytes];
    const wanted = told('json', ...all);
    expect(wanted).toMatchObject({
      conclave: 'ledger',
      version: 1,
      sets: [
        {
          label: '2026 A',
          status: 'superseded',
          replacedAt: second.receipt?.body.at,
          componentId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
          policy: null,
        },
        { label: '2028 A', status: 'live' },
      ],
      opens: [{ besides: 'backup' }, { besides: 'vault' }],
    });
    const lines = new TextDecoder().decode(recovery.bytes).split('\n');
    const shorter = new TextEncoder().encode(`${lines.slice(0, 8).join('\n')}\n`);
    expect(told('copies', ...all, shorter, first.bytes)).toEqual(wanted);
  });

  test('says whether those who unseal Vault reach the threshold of a set as well', () => {
    const logs = put('duties', first.bytes, second.bytes);
    const said = (names: string, needed: string, ...more: string[]) =>
      run('--ledger', logs, '--unseal-keys', names, '--unseal-needed', needed, ...more);
    const both = said('custodian 1, custodian 2,custodian 3, admin', '3');
    expect([both.code, both.err]).toEqual([1, '']);
    expect(both.out).toMatch(/Vault is unsealed by any 3 of custodian 1, .*, admin\n/);
    expect(both.out.match(/NOT SEPARATE/g)).toHaveLength(2);
    expect(both.out).toContain('if spelled as in the roster: admin');
    expect(said('custodian 1, custodian 2, admin', '2').out).not.toContain('NOT SEPARATE');
    const json: unknown = JSON.parse(said('custodian 1', '1', '--json').out);
    expect(json).toMatchObject({
      unsealKeys: { holders: ['custodian 1'], needed: 1, samePeople: [{ reachBoth: false }, {}] },
    });
    expect(said('custodian 1', 'none').code).toBe(2);
  });

  test('one changed byte: refused, and the file is named; 2', () => {
    const changed = Uint8Array.from(recovery.bytes);
    const at = changed.length - 700;
    changed[at] = (changed[at] ?? 0) ^ 1;
    const { code, err } = run('--ledger', put('changed', first.bytes, changed));
    expect(code).toBe(2);
    expect(err).toContain(`Of the log ${path.join(folder, 'changed', '1.jsonl')}`);
  });

  test('both modes in one folder, the other mode than wanted, no log, no folder: refused; 2', async () => {
    const practice = await makeSplitLog(await makeShareSet({ mode: 'rehearsal' }));
    const both = run('--ledger', put('both', first.bytes, practice.bytes));
    expect([both.code, both.err]).toEqual([2, expect.stringContaining('document-other-mode')]);
    const other = run('--ledger', put('other', practice.bytes), '--mode', 'production');
    expect(other.code).toBe(2);
    const empty = run('--ledger', put('empty'));
    expect([empty.code, empty.err]).toEqual([2, expect.stringContaining('no ceremony log in it')]);
    expect(run('--ledger', path.join(folder, 'nowhere')).code).toBe(2);
    const file = path.join(folder, 'both', '0.jsonl');
    expect(run('--ledger', file).err).toContain('it is not a folder');
  });
});
