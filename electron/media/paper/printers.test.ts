/**
 * Against a real CUPS of its own: a private cupsd in a temporary folder, with printers whose wire
 * ends in a file. Nothing of the system's own printing is touched. Needs Debian's cups-daemon and
 * cups-client.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../../../shared/refusal.ts';
import { finish, listPrinters, print } from './printers.ts';
import { renderShareSheet } from './sheet.ts';

const CUPSD = '/usr/sbin/cupsd';

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'done';
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A printer description that takes PDF as it is; `filter` passes it on to the wire. */
const ppd = (size: string, filter: string) => `*PPD-Adobe: "4.3"
*FormatVersion: "4.3"
*FileVersion: "1.0"
*LanguageVersion: English
*LanguageEncoding: ISOLatin1
*PCFileName: "TEST.PPD"
*Manufacturer: "Test"
*Product: "(Test)"
*ModelName: "Test"
*ShortNickName: "Test"
*NickName: "Test"
*PSVersion: "(3010.000) 0"
*LanguageLevel: "3"
*ColorDevice: False
*DefaultColorSpace: Gray
*cupsFilter: "application/pdf 0 ${filter}"
*OpenUI *PageSize/Media Size: PickOne
*DefaultPageSize: ${size}
*PageSize A4/A4: "<</PageSize[595 842]>>setpagedevice"
*PageSize Letter/US Letter: "<</PageSize[612 792]>>setpagedevice"
*PageSize A5/A5: "<</PageSize[420 595]>>setpagedevice"
*CloseUI: *PageSize
*OpenUI *PageRegion/Media Size: PickOne
*DefaultPageRegion: ${size}
*PageRegion A4/A4: "<</PageSize[595 842]>>setpagedevice"
*PageRegion Letter/US Letter: "<</PageSize[612 792]>>setpagedevice"
*PageRegion A5/A5: "<</PageSize[420 595]>>setpagedevice"
*CloseUI: *PageRegion
*DefaultImageableArea: ${size}
*ImageableArea A4: "18 18 577 824"
*ImageableArea Letter: "18 18 594 774"
*ImageableArea A5: "18 18 402 577"
*DefaultPaperDimension: ${size}
*PaperDimension A4: "595 842"
*PaperDimension Letter: "612 792"
*PaperDimension A5: "420 595"
`;

describe('with CUPS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cups-'));
  let daemon: ChildProcess;
  const admin = (...args: string[]) => execFileSync('lpadmin', args, { stdio: 'pipe' });

  beforeAll(async () => {
    const port = await freePort();
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'wire'), '#!/bin/sh\nexec cat "${6:--}"\n', { mode: 0o755 });
    for (const name of ['root/ppd', 'spool/tmp', 'run', 'cache']) {
      mkdirSync(join(folder, name), { recursive: true });
    }
    writeFileSync(
      join(folder, 'files.conf'),
      `ServerRoot ${folder}/root\nRequestRoot ${folder}/spool\nTempDir ${folder}/spool/tmp\n` +
        `StateDir ${folder}/run\nCacheDir ${folder}/cache\nAccessLog ${folder}/access\n` +
        `ErrorLog ${folder}/errors\nPageLog ${folder}/pages\nSystemGroup root\nFileDevice Yes\n`,
    );
    writeFileSync(
      join(folder, 'cupsd.conf'),
      `Listen 127.0.0.1:${port}\nBrowsing Off\nWebInterface No\nDefaultAuthType None\n` +
        '<Location />\nOrder allow,deny\nAllow all\n</Location>\n' +
        '<Policy default>\n<Limit All>\nOrder allow,deny\nAllow all\n</Limit>\n</Policy>\n',
    );
    const files = ['-c', join(folder, 'cupsd.conf'), '-s', join(folder, 'files.conf'), '-f'];
    daemon = spawn(CUPSD, files, { stdio: 'ignore' });
    process.env['CUPS_SERVER'] = `127.0.0.1:${port}`;
    for (let i = 0; i < 100 && spawnSync('lpstat', ['-r']).status !== 0; i += 1) await pause(100);
  });

  afterAll(async () => {
    const gone = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill();
    await gone;
    delete process.env['CUPS_SERVER'];
    rmSync(folder, { recursive: true, force: true });
  });

  /** The documents that CUPS keeps. */
  function spooled(): string[] {
    return readdirSync(join(folder, 'spool')).filter((name) => name.startsWith('d'));
  }

  function add(name: string, size: string): void {
    writeFileSync(join(folder, `${name}.ppd`), ppd(size, join(folder, 'wire')));
    admin(
      '-p',
      name,
      '-E',
      '-v',
      `file://${folder}/${name}.wire`,
      '-P',
      join(folder, `${name}.ppd`),
    );
  }

  test('a computer with CUPS and no printer says so', async () => {
    expect(await codeOf(listPrinters())).toBe('print-no-printer');
    expect(await codeOf(print(new Uint8Array(4), 'office', 'A4'))).toBe('print-unknown');
  });

  test('printers are listed, the default first, with the paper they hold', async () => {
    add('american', 'Letter');
    add('office', 'A4');
    add('small', 'A5');
    admin('-d', 'office');
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
    expect(readFileSync(join(folder, 'office.wire')).equals(pdf)).toBe(true);
    expect(spooled()).toEqual([]);
  });

  test('a printer that is switched off: the copy that waits for it is deleted', async () => {
    const pdf = new TextEncoder().encode('%PDF-1.7 waiting');
    execFileSync('cupsdisable', ['american']);
    const job = await print(pdf, 'american', 'Letter');
    expect(spooled()).toHaveLength(1);
    expect(await finish(job, 300)).toBe(false);
    expect(spooled()).toEqual([]);
    execFileSync('cupsenable', ['american']);
    expect(existsSync(join(folder, 'american.wire'))).toBe(false);
  });

  test('a copy that cannot be deleted is said', async () => {
    const job = await print(new TextEncoder().encode('%PDF-1.7'), 'american', 'Letter');
    const bin = join(folder, 'bin');
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
