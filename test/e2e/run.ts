/**
 * The main job in the real window, with real servers, real sticks and a camera that sees real
 * sheets. After the build, in a display: `node --import tsx test/e2e/run.ts`.
 *
 * `--pictures` puts the pictures of all screens into docs/screens.
 * @module
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/lib/cache.mjs';
import { emptyTable } from '../support/camera.ts';
import { type App, type Folders, nothingSeen, startApp } from './app.ts';
import { exportLog, importReceipt, killedWhileWaiting, saveBundle } from './ending.ts';
import { interrupted } from './interruption.ts';
import { startReport } from './report.ts';
import { bridgeIsNarrow, lockedDown, secretsStayAway } from './security.ts';
import { castOf, split } from './split.ts';
import { disposeSticks, fatStick } from './sticks.ts';
import { startSync } from './sync.ts';
import { committed, verifyLog } from './other-side.ts';

const top = await mkdtemp(path.join(os.tmpdir(), 'conclave-e2e-'));
const folders: Folders = {
  data: path.join(top, 'data'),
  practice: path.join(top, 'practice'),
  film: path.join(top, 'camera.mjpeg'),
  pictures: process.argv.includes('--pictures')
    ? path.join(root, 'docs', 'screens')
    : path.join(root, 'test-results', 'screens'),
};
const seen = nothingSeen();
let app: App | null = null;
const report = startReport({
  async onFailure(what) {
    const pages = app?.electron.windows().filter((page) => !page.isClosed()) ?? [];
    for (const [at, page] of pages.entries()) {
      const name = `failed ${what.slice(0, 30)} ${at}`.replaceAll(/[^a-z0-9]+/gi, '-');
      await page.screenshot({ path: path.join(root, 'test-results', `${name}.png`) });
    }
  },
});

async function mainJob(): Promise<void> {
  await emptyTable(folders.film);
  const courier = await fatStick('COURIER');
  const sync = await report.show('sync runs on a real Vault and a real PostgreSQL', () =>
    startSync(path.join(top, 'sync')),
  );
  try {
    app = await report.show('the window opens', () => startApp(folders, seen));
    await app.look('home empty');
    const first = app;
    await report.check('the bridge knows its channels alone', () => bridgeIsNarrow(first));
    await report.check('the window can go nowhere', () => lockedDown(first, first.window, 'main'));
    // Playwright waits for ever for the navigation that was refused: another window.
    await app.close();
    app = await startApp(folders, seen);

    const { words } = await sync.as('operator', 'descriptor', '--out', courier.path);
    assert(typeof words === 'string');
    await sync.as(
      'operator',
      ...['package', 'setup', '--key-version', 'v1', '--out', courier.path],
    );

    const cut = await interrupted(app, report, { words, trusted: false });
    app = cut.app;
    const cast = await castOf(folders.practice);
    const people = [cast.operator, cast.witness, ...cast.custodians];
    const { manifestWords } = await split(app, report, cast, { words, trusted: true });
    await secretsStayAway(app, report, people);
    const bundle = await report.show('the bundle is on the stick', async () => {
      assert(app);
      return saveBundle(app, courier);
    });
    app = await killedWhileWaiting(app, report);
    const receipt = await report.show('sync commits the new key to Vault and database', () =>
      committed(sync, { file: bundle.file, manifestWords, courier }),
    );
    const log = await report.show(
      'the receipt comes home; the log goes to the auditor',
      async () => {
        assert(app);
        await importReceipt(app, receipt);
        return exportLog(app, courier);
      },
    );
    await report.show('the auditor verifies the split by the manifest’s words', () =>
      verifyLog(log, manifestWords),
    );
  } finally {
    await app?.close().catch(() => undefined);
    await sync.stop();
  }
}

try {
  await mainJob();
} catch (error) {
  console.log(error);
} finally {
  await disposeSticks();
  await rm(top, { recursive: true, force: true });
}
await report.check('axe finds nothing on any screen', () => {
  console.log(`        ${seen.screens.size} screens: ${[...seen.screens].join(', ')}`);
  assert.deepEqual(seen.violations, []);
  return Promise.resolve();
});
console.log(report.closing());
process.exit(report.failed === 0 ? 0 : 1);
