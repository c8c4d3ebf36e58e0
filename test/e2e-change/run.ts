/**
 * What a hospital does with a set that it has, in the real window, with the real service on a real
 * Vault and a real PostgreSQL. One Split; after it a drill, a new passphrase for an organisation whose
 * owner forgot it, and new shares because a custodian left, to the end of the old ones.
 *
 * After the build, in a display: `node --import tsx test/e2e-change/run.ts`.
 * @module
 */
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/lib/cache.mjs';
import { type Folders, nothingSeen, openApps, startApp } from '../e2e/app.ts';
import { canariesOf, filesBelow, passphraseCanary, singing, singingText } from '../e2e/canaries.ts';
import { nothingIsLeft } from '../e2e/leftovers.ts';
import { CHANGING, wereSeen } from '../e2e/looks.ts';
import { escrow } from '../e2e/other-side.ts';
import { onPaper, onStick } from '../e2e/people.ts';
import { platformKeyOf } from '../e2e/platform-secrets.ts';
import { startReport } from '../e2e/report.ts';
import { disposeSticks, fatStick, practiceStick } from '../e2e/sticks.ts';
import { startSync } from '../e2e/sync.ts';
import { emptyTable } from '../support/camera.ts';
import { oldSharesEnd, stillOpens } from './after.ts';
import { begin } from './begin.ts';
import { drill } from './drill.ts';
import { NEW_WORDS, newPassphrase } from './owner.ts';
import { everybody, type Room } from './room.ts';
import { newShares } from './rotate.ts';

const top = await mkdtemp(path.join(os.tmpdir(), 'conclave-e2e-change-'));
const temporary = path.join(top, 'tmp');
await mkdir(temporary);
// PostgreSQL runs under an account of its own, and must get through.
for (const folder of [top, temporary]) await chmod(folder, 0o711);
process.env['TMPDIR'] = temporary;

const folders: Folders = {
  data: path.join(top, 'laptop', 'data'),
  practice: path.join(top, 'laptop', 'practice'),
  film: path.join(top, 'camera.mjpeg'),
  pictures: path.join(root, 'test-results', 'screens-change'),
  temporary: path.join(top, 'laptop', 'tmp'),
};
const seen = nothingSeen();
const report = startReport({
  async onFailure(what) {
    const name = `failed ${what.slice(0, 30)}`.replaceAll(/[^a-z0-9]+/gi, '-');
    const pages = [...openApps].flatMap(({ electron }) => electron.windows());
    for (const [at, page] of pages.filter((one) => !one.isClosed()).entries()) {
      await page.screenshot({ path: path.join(root, 'test-results', `${name}-${at}.png`) });
    }
  },
});

async function enter(): Promise<Room> {
  await emptyTable(folders.film);
  return {
    sync: await startSync(path.join(top, 'sync')),
    app: await startApp(folders, seen),
    report,
    courier: await fatStick('COURIER'),
    operator: onStick('operator', await practiceStick(folders.practice, 'A')),
    witness: onStick('witness', await practiceStick(folders.practice, 'B')),
    custodians: [
      onPaper('custodian 1', 'camera'),
      onStick('custodian 2', await fatStick('HOME2')),
      onStick('custodian 3', await fatStick('HOME3')),
    ],
  };
}

/** Of all that was typed, shown and split in this room. */
async function secretsStayAway(before: Room, after: Room): Promise<void> {
  const { app } = before;
  const canaries = [
    ...(await canariesOf([...everybody(before), ...after.custodians])),
    passphraseCanary('new passphrase of the organisation', NEW_WORDS),
  ];
  await app.collect();
  const said = seen.said.join('\n');
  assert(said.includes('custodian 2'), 'main was heard');
  assert.deepEqual(singingText(canaries, said), []);
  assert.deepEqual(singingText(canaries, seen.output.join('')), []);
  const kept = await filesBelow(folders.data);
  assert(kept.some(({ bytes }) => bytes.includes('custodian 2')));
  assert.deepEqual(
    kept.filter(({ bytes }) => singing(canaries, bytes).length > 0),
    [],
  );
}

let room: Room | null = null;
try {
  room = await enter();
  const inside = room;
  const setup = await begin(inside);
  await escrow(inside.sync, inside);
  const platformKey = await platformKeyOf(inside.sync, inside);
  await drill(inside);
  await newPassphrase(inside, setup);
  const after = await newShares(inside);
  await oldSharesEnd(after, inside.custodians);
  await report.show('the survey key that was stored before opens with the new shares', () =>
    stillOpens(after, inside.custodians, platformKey),
  );
  await report.check('no share, no words, no personal key outside of the worker', () =>
    secretsStayAway(inside, after),
  );
} catch (error) {
  console.log(error);
} finally {
  for (const one of openApps) await one.close().catch(() => undefined);
  await room?.sync.stop();
  await disposeSticks();
  await report.check('no process, mount, connection, loop device or temporary file is left', () =>
    nothingIsLeft(top, { own: temporary, apps: [folders.temporary], gone: [...seen.profiles] }),
  );
  await rm(top, { recursive: true, force: true });
}
await report.check('every screen of these ceremonies was reached', async () => {
  wereSeen(seen, CHANGING);
  await Promise.resolve();
});
await report.check('axe and the Tab key find nothing on any of its screens', async () => {
  assert.deepEqual(seen.violations, []);
  await Promise.resolve();
});
console.log(report.closing());
process.exit(report.failed === 0 ? 0 : 1);
