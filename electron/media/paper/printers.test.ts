/**
 * Against a real CUPS of its own: a private cupsd in a temporary folder, with printers whose wire
 * ends in a file. Nothing of the system's own printing is touched. Needs Debian's cups-daemon and
 * cups-client.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCups, type TestCups } from '../../../test/servers/cups.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { finish, listPrinters, print } from './printers.ts';
import { renderShareSheet } from './sheet.ts';

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'done';
}

describe('with CUPS', () => {
  let cups: TestCups;
  const wire = (name: string) => join(cups.folder, `${name}.wire`);

  beforeAll(async () => {
    cups = await startCups();
    process.env['CUPS_SERVER'] = cups.server;
  });

  afterAll(async () => {
    delete process.env['CUPS_SERVER'];
    await cups?.close();
  });

  test('a computer with CUPS and no printer says so', async () => {
    expect(await codeOf(listPrinters())).toBe('print-no-printer');
    expect(await codeOf(print(new Uint8Array(4), 'office', 'A4'))).toBe('print-unknown');
  });

  test('printers are listed, the default first, with the paper they hold', async () => {
    await cups.add('american', 'Letter');
    await cups.add('office', 'A4');
    await cups.add('small', 'A5');
    await cups.admin('-d', 'office');
    expect(await listPrinters()).toEqual([
      { name: 'office', page: 'A4', isDefault: true },
      { name: 'american', page: 'Letter', isDefault: false },
      { name: 'small', page: undefined, isDefault: false },
    ]);
  });

  test('a sheet arrives at the printer as it was made', async () => {
    const facts = {
      mode: 'rehearsal',
      setLabel: '2026 A',
      setId: '00'.repeat(16),
      generation: 1,
      index: 1,
      sheet: 1,
      threshold: 2,
      count: 3,
      custodian: 'custodian 1',
      date: '2026-11-23',
      ceremonyId: 'c1',
      fingerprint: '00'.repeat(32),
      keyVersion: 'v1',
    } as const;
    const pdf = await renderShareSheet(facts, new Uint8Array(110).fill(7), 'A4');
    const job = await print(pdf, 'office', 'A4');
    expect(await finish(job)).toBe(true);
    expect(readFileSync(wire('office')).equals(pdf)).toBe(true);
    expect(await cups.spooled()).toEqual([]);
  });

  test('a printer that is switched off: the copy that waits for it is deleted', async () => {
    const pdf = new TextEncoder().encode('%PDF-1.7 waiting');
    execFileSync('cupsdisable', ['american']);
    const job = await print(pdf, 'american', 'Letter');
    expect(await cups.spooled()).toHaveLength(1);
    expect(await finish(job, 300)).toBe(false);
    expect(await cups.spooled()).toEqual([]);
    execFileSync('cupsenable', ['american']);
    expect(existsSync(wire('american'))).toBe(false);
  });

  test('a copy that cannot be deleted is said', async () => {
    const job = await print(new TextEncoder().encode('%PDF-1.7'), 'american', 'Letter');
    const bin = join(cups.folder, 'bin');
    mkdirSync(bin);
    // A `cancel` that may not: what a policy of the system's own would do.
    writeFileSync(join(bin, 'cancel'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    expect(await codeOf(finish(job, 10_000, bin))).toBe('print-copy-kept');
    expect(await finish(job)).toBe(true);
  });

  test('a printer that is unknown, or whose name is an option, or that takes no jobs', async () => {
    const pdf = new TextEncoder().encode('%PDF-1.7');
    expect(await codeOf(print(pdf, 'gone', 'A4'))).toBe('print-unknown');
    expect(await codeOf(print(pdf, '-h', 'A4'))).toBe('print-unknown');
    expect(await codeOf(print(pdf, '', 'A4'))).toBe('print-unknown');
    execFileSync('cupsreject', ['small']);
    expect(await codeOf(print(pdf, 'small', 'A4'))).toBe('print-failed');
  });
});

test('a computer without CUPS says so', async () => {
  expect(await codeOf(listPrinters('/nowhere'))).toBe('print-no-system');
});

test('a program of the account’s own that is called lp or lpstat is not asked', async () => {
  const bin = mkdtempSync(join(tmpdir(), 'conclave-bin-'));
  const path = process.env['PATH'];
  for (const tool of ['lp', 'lpstat']) {
    const body = `#!/bin/sh\necho mine\ncat > ${bin}/caught\n`;
    writeFileSync(join(bin, tool), body, { mode: 0o755 });
  }
  process.env['PATH'] = `${bin}:${path}`;
  try {
    const code = await codeOf(print(new Uint8Array(4), 'mine', 'A4'));
    expect(['print-unknown', 'print-no-system']).toContain(code);
    expect(existsSync(join(bin, 'caught'))).toBe(false);
  } finally {
    process.env['PATH'] = path;
    rmSync(bin, { recursive: true, force: true });
  }
});
