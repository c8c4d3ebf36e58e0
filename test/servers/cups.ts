/**
 * A CUPS of a test's own: a private cupsd in a temporary folder, with one printer. Whatever it
 * prints falls into a tray, one PDF for each sheet. Nothing of the system's printing is touched.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startChild } from './child.ts';

export type TestPage = 'A4' | 'Letter' | 'A5';

/** A running CUPS without printers. */
export interface TestCups {
  /** For the environment of whoever prints: `CUPS_SERVER`. */
  readonly server: string;
  readonly folder: string;
  /** Runs `lpadmin` until it succeeds or 30 seconds are over; throws with what it said. */
  admin(...args: string[]): Promise<void>;
  /** Adds a printer whose wire is the file `NAME.wire`; `script` is its filter, a shell program. */
  add(name: string, page: TestPage, script?: string): Promise<void>;
  /** Names of documents that CUPS still keeps. */
  spooled(): Promise<string[]>;
  close(): Promise<void>;
}

export interface TestPrinter {
  readonly name: string;
  /** For the environment of whoever prints: `CUPS_SERVER`. */
  readonly server: string;
  /** Paths of the sheets that came out, in the order of printing. */
  sheets(): Promise<string[]>;
  /** Names of documents that CUPS still keeps. */
  spooled(): Promise<string[]>;
  close(): Promise<void>;
}

/** Width and height in points, and what a printer cannot reach of it. */
const PAGES: Readonly<Record<TestPage, { size: string; area: string }>> = {
  A4: { size: '595 842', area: '18 18 577 824' },
  Letter: { size: '612 792', area: '18 18 594 774' },
  A5: { size: '420 595', area: '18 18 402 577' },
};
const PATIENCE = 30_000;

/** A printer description that takes PDF as it is; `filter` passes it on to the wire. */
function ppd(page: TestPage, filter: string): string {
  const each = (line: (name: string, facts: { size: string; area: string }) => string) =>
    Object.entries(PAGES)
      .map(([name, facts]) => line(name, facts))
      .join('\n');
  const device = (key: string) =>
    each((name, { size }) => `*${key} ${name}/${name}: "<</PageSize[${size}]>>setpagedevice"`);
  return `*PPD-Adobe: "4.3"
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
*DefaultPageSize: ${page}
${device('PageSize')}
*CloseUI: *PageSize
*OpenUI *PageRegion/Media Size: PickOne
*DefaultPageRegion: ${page}
${device('PageRegion')}
*CloseUI: *PageRegion
*DefaultImageableArea: ${page}
${each((name, { area }) => `*ImageableArea ${name}: "${area}"`)}
*DefaultPaperDimension: ${page}
${each((name, { size }) => `*PaperDimension ${name}: "${size}"`)}
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

/** Needs Debian's cups-daemon and cups-client, and root. */
export async function startCups(): Promise<TestCups> {
  const folder = await mkdtemp(join(tmpdir(), 'conclave-cups-'));
  const server = `127.0.0.1:${await freePort()}`;
  for (const part of ['root/ppd', 'spool/tmp', 'run', 'cache']) {
    await mkdir(join(folder, part), { recursive: true });
  }
  // The filters run as the account `lp`.
  await chmod(folder, 0o755);
  await writeFile(
    join(folder, 'files.conf'),
    `ServerRoot ${folder}/root\nRequestRoot ${folder}/spool\nTempDir ${folder}/spool/tmp\n` +
      `StateDir ${folder}/run\nCacheDir ${folder}/cache\nAccessLog ${folder}/access\n` +
      `ErrorLog ${folder}/errors\nPageLog ${folder}/pages\nSystemGroup root\nFileDevice Yes\n`,
  );
  await writeFile(
    join(folder, 'cupsd.conf'),
    `Listen ${server}\nBrowsing Off\nWebInterface No\nDefaultAuthType None\n` +
      '<Location />\nOrder allow,deny\nAllow all\n</Location>\n' +
      '<Policy default>\n<Limit All>\nOrder allow,deny\nAllow all\n</Limit>\n</Policy>\n',
  );
  const files = ['-c', join(folder, 'cupsd.conf'), '-s', join(folder, 'files.conf'), '-f'];
  const daemon = startChild('/usr/sbin/cupsd', files);
  const env = { ...process.env, CUPS_SERVER: server };

  /** Until it succeeds: CUPS answers `lpstat` some moments before it takes every request. */
  async function insist(command: string, args: readonly string[]): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const { status, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
      if (status === 0) return;
      if (daemon.hasEnded() || Date.now() > deadline) {
        throw new Error(`${command} failed: ${stderr}\nCUPS wrote: ${daemon.output()}`);
      }
      await pause(50);
    }
  }

  const cups: TestCups = {
    server,
    folder,
    admin: (...args) => insist('lpadmin', args),
    async add(name, page, script = '#!/bin/sh\nexec cat "${6:--}"\n') {
      // CUPS gives the number of the job, and the file's name unless it comes on standard input.
      const [filter, description] = [join(folder, `${name}.filter`), join(folder, `${name}.ppd`)];
      await writeFile(filter, script, { mode: 0o755 });
      await writeFile(description, ppd(page, filter));
      await cups.admin('-p', name, '-E', '-v', `file://${folder}/${name}.wire`, '-P', description);
    },
    spooled: async () =>
      (await readdir(join(folder, 'spool'))).filter((file) => file.startsWith('d')),
    async close() {
      await daemon.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
  await orClose(cups, insist('lpstat', ['-r']));
  return cups;
}

/** One printer and its tray. Needs Debian's cups-daemon and cups-client, and root. */
export async function startPrinter(name = 'office'): Promise<TestPrinter> {
  const cups = await startCups();
  const tray = join(cups.folder, 'tray');
  await mkdir(tray);
  await chmod(tray, 0o777);
  const script = `#!/bin/sh\ncat "\${6:--}" | tee "${tray}/$(printf %05d "$1").pdf"\n`;
  await orClose(cups, cups.add(name, 'A4', script));
  return {
    name,
    server: cups.server,
    sheets: async () => (await readdir(tray)).sort().map((file) => join(tray, file)),
    spooled: () => cups.spooled(),
    close: () => cups.close(),
  };
}

/** A CUPS that is of no use is not left running. */
async function orClose(cups: TestCups, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    await cups.close();
    throw error;
  }
}
