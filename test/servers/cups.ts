/**
 * A CUPS of a test's own: a private cupsd in a temporary folder, with one printer. Whatever it
 * prints falls into a tray, one PDF for each sheet. Nothing of the system's printing is touched.
 * @module
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startChild } from './child.ts';

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

const ppd = (filter: string) => `*PPD-Adobe: "4.3"
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
*DefaultPageSize: A4
*PageSize A4/A4: "<</PageSize[595 842]>>setpagedevice"
*CloseUI: *PageSize
*OpenUI *PageRegion/Media Size: PickOne
*DefaultPageRegion: A4
*PageRegion A4/A4: "<</PageSize[595 842]>>setpagedevice"
*CloseUI: *PageRegion
*DefaultImageableArea: A4
*ImageableArea A4: "18 18 577 824"
*DefaultPaperDimension: A4
*PaperDimension A4: "595 842"
`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

/** Needs Debian's cups-daemon and cups-client, and root. */
export async function startPrinter(name = 'office'): Promise<TestPrinter> {
  const folder = await mkdtemp(join(tmpdir(), 'conclave-cups-'));
  const tray = join(folder, 'tray');
  const server = `127.0.0.1:${await freePort()}`;
  for (const part of ['root/ppd', 'spool/tmp', 'run', 'cache', 'tray']) {
    await mkdir(join(folder, part), { recursive: true });
  }
  // The filter runs as the account `lp`.
  await chmod(folder, 0o755);
  await chmod(tray, 0o777);
  const filter = join(folder, 'filter');
  // CUPS gives the number of the job, and the file's name unless it comes on standard input.
  const script = `#!/bin/sh\ncat "\${6:--}" | tee "${tray}/$(printf %05d "$1").pdf"\n`;
  await writeFile(filter, script, { mode: 0o755 });
  await writeFile(join(folder, 'printer.ppd'), ppd(filter));
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
  const close = async () => {
    await daemon.end('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  };
  const env = { ...process.env, CUPS_SERVER: server };
  const deadline = Date.now() + 30_000;
  // Its exit code is 0 in any case.
  const isUp = () =>
    / is running/.test(spawnSync('lpstat', ['-r'], { env, encoding: 'utf8' }).stdout);
  while (!isUp()) {
    if (daemon.hasEnded() || Date.now() > deadline) {
      const output = daemon.output();
      await close();
      throw new Error(`CUPS did not start: ${output}`);
    }
    await pause(50);
  }
  const wire = ['-v', `file://${folder}/wire`, '-P', join(folder, 'printer.ppd')];
  execFileSync('lpadmin', ['-p', name, '-E', ...wire], { env, stdio: 'pipe' });
  return {
    name,
    server,
    sheets: async () => (await readdir(tray)).sort().map((file) => join(tray, file)),
    spooled: async () =>
      (await readdir(join(folder, 'spool'))).filter((file) => file.startsWith('d')),
    close,
  };
}
