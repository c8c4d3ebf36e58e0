/**
 * The packages of `npm run dist`, installed and used; without a folder of packages they are made
 * first, in a folder of their own. Where there is no display, behind `xvfb-run -a`:
 *
 *     node --experimental-websocket --import tsx test/packaging/run.ts [DIST]
 *
 * The sums must be right and both packages must hold the same app. Then the three that are shipped
 * do one rehearsed split together: the app of the tar.gz, under an ordinary account and in its
 * sandbox; sync of its own archive; and the verifier, at the end. As root, for PostgreSQL, CUPS and the sandbox's helper: for anybody
 * else it says so and is skipped.
 * @module
 */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/lib/cache.mjs';
import { startReport } from '../e2e/report.ts';
import { startPrinter } from '../servers/cups.ts';
import { startPostgres } from '../servers/postgres.ts';
import { FusedApp, furnish } from './fused-app.ts';
import { audit, seeded, ShippedSync } from './other-side.ts';
import { makePackages } from './made.ts';
import { productionIsRefused } from './production.ts';
import { close, saveBundle, splitPackaged } from './rehearsal.ts';
import {
  debianIsTheSame,
  fusesAreSet,
  installArchive,
  installSync,
  keysAreAsked,
  run,
  softwareKeysAreNotIn,
  sumsAreRight,
} from './shipped.ts';

/** The heading of a laptop that knows nothing yet. */
const HOME = 'Choose how to begin';
/** Minutes. Every wait has an end of its own; this one is for what nobody thought of. */
const AT_MOST = 25;

if (process.getuid?.() !== 0) {
  console.log('Only root can install the packages and start the servers that they need.');
  console.log('0 passed, 0 failed, 1 skipped');
  process.exit(0);
}

const whole = setTimeout(() => {
  console.log(`Not done after ${AT_MOST} minutes; the last line above says after what.`);
  process.exit(1);
}, AT_MOST * 60_000);
whole.unref();

const top = await mkdtemp(path.join(tmpdir(), 'conclave-packaging-'));
await chmod(top, 0o755);
const endings: (readonly [string, () => Promise<unknown>])[] = [
  ['its folder', () => rm(top, { recursive: true, force: true })],
];
let app: FusedApp | null = null;
const report = startReport({
  onFailure: async () => app?.pictures(path.join(root, 'test-results')),
});

async function everything(): Promise<void> {
  const [, , given] = process.argv;
  const dist =
    given === undefined
      ? await report.show('npm run dist makes the packages', () => makePackages(top))
      : path.resolve(given);
  await report.show('every file in dist/ has its sum, and the sums are right', () =>
    sumsAreRight(dist),
  );
  const folder = await report.show('the tar.gz installs', () => installArchive(dist, top));
  await report.check(
    'the deb holds the same app, its menu entry, its icons and the rule for keys',
    () => debianIsTheSame(dist, top, folder),
  );
  await report.check('every fuse of its Electron is set as it should be', () =>
    fusesAreSet(folder),
  );
  await report.check('its Electron loads node-hid out of the package', () => keysAreAsked(folder));
  await report.check('nothing in it leads to the software keys of the tests', () =>
    softwareKeysAreNotIn(folder),
  );
  const server = await startPostgres();
  endings.push(['PostgreSQL', () => server.stop()]);
  const program = await report.show('sync installs from its archive', () => installSync(dist, top));
  const sync = await report.show('it prepares a PostgreSQL, and serves', async () =>
    ShippedSync.start(program, top, await seeded(server)),
  );
  endings.push(['sync', () => sync.stop()]);
  const printer = await report.show('a CUPS of our own takes a printer', () => startPrinter());
  endings.push(['CUPS', () => printer.close()]);
  const room = await furnish(top);
  const { courier } = room;
  const { words } = sync.as('operator', 'descriptor', '--out', courier.path);
  assert(typeof words === 'string');
  sync.as('operator', 'package', 'setup', '--key-version', 'v1', '--out', courier.path);

  const started = await report.show('the app starts, sandboxed, and shows home', async () => {
    app = await FusedApp.start(folder, room, { CUPS_SERVER: printer.server });
    const main = await app.main();
    await main.until('home', `document.querySelector('h1')?.textContent === '${HOME}'`);
    return app;
  });
  endings.push(['the app', () => started.end()]);
  await report.check('its window has its icon', () => {
    const id = /(0x[0-9a-f]+) "Conclave"/.exec(run('xwininfo', ['-root', '-tree']))?.[1] ?? '';
    // Width and height of the picture come first.
    assert.match(run('xprop', ['-id', id, '-notype', '32c', '_NET_WM_ICON']), /= 256, 256,/);
    return Promise.resolve();
  });
  await report.check('production is refused unless the Electron is the supported one', () =>
    productionIsRefused(started),
  );
  const scene = { app: started, room, printer };
  const manifestWords = await splitPackaged(scene, report, words);
  const bundle = await report.show('the bundle is on the stick', () => saveBundle(scene));
  const receipt = await report.show('the shipped sync commits it', () =>
    Promise.resolve(sync.commit(bundle, manifestWords, courier.path)),
  );
  const log = await report.show('the receipt closes the ceremony', () => close(scene, receipt));
  await report.check('the shipped verifier vouches for its log', () =>
    Promise.resolve(audit(dist, log, manifestWords)),
  );
  await report.check('it wrote no error', () => {
    assert.doesNotMatch(started.output, /conclave: |Uncaught|Cannot find|ENOENT/);
    return Promise.resolve();
  });
}

let fault = false;
try {
  await everything();
} catch (error) {
  fault = true;
  console.log(error);
} finally {
  for (const [what, ending] of endings.reverse()) await report.check(`put away: ${what}`, ending);
}
console.log(report.closing());
process.exit(fault || report.failed > 0 ? 1 : 0);
