/**
 * Three running deployments adopted in the real window, each with the real service on a real Vault and
 * a real PostgreSQL: ticket, package, legacy shares, new set, bundle, commit, receipt. Afterwards the
 * survey key that was stored before opens with the new shares, by CheckTick's own formulas.
 *
 * After the build, in a display: `node --import tsx test/e2e-adopt/run.ts`.
 * @module
 */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/lib/cache.mjs';
import { type App, type Folders, nothingSeen, startApp } from '../e2e/app.ts';
import { importReceipt } from '../e2e/ending.ts';
import { ADOPTING, foundNothing, wereSeen } from '../e2e/looks.ts';
import { onStick } from '../e2e/people.ts';
import { startReport } from '../e2e/report.ts';
import { practiceStick } from '../e2e/sticks.ts';
import { startSync } from '../e2e/sync.ts';
import { emptyTable } from '../support/camera.ts';
import { textHolds } from '../support/leaks.ts';
import { commit, noNewLegacy, splitAnew, writesNewLegacy } from './anew.ts';
import { first, second, third } from './bring.ts';
import { fetchPackage, open, ticket } from './package.ts';
import { recoverSealed } from './recover.ts';
import type { Room } from './room.ts';
import { stillOpens } from './still-opens.ts';
import { firstVintage, secondVintage, thirdVintage, type Vintage } from './vintages.ts';

const top = await mkdtemp(path.join(os.tmpdir(), 'conclave-e2e-adopt-'));
const seen = nothingSeen();
let app: App | null = null;
const report = startReport({
  async onFailure(what) {
    const name = `failed ${what.slice(0, 30)}`.replaceAll(/[^a-z0-9]+/gi, '-');
    for (const [at, page] of (app?.electron.windows() ?? []).entries()) {
      await page.screenshot({ path: path.join(root, 'test-results', `${name}-${at}.png`) });
    }
  },
});

async function nothingLeft({ app: window, vintage, custodians }: Room): Promise<void> {
  await window.collect();
  const logs = path.join(window.folders.data, 'rehearsal', 'ceremonies');
  const kept = await Promise.all(
    (await readdir(logs)).map((name) => readFile(path.join(logs, name), 'latin1')),
  );
  const places = [...kept, ...seen.said, ...seen.output];
  assert(places.some((text) => text.includes(custodians[0].name)));
  const { custodian, vault, platformKey, shares } = vintage.key;
  for (const secret of [custodian, vault, platformKey]) {
    assert(!places.some((text) => textHolds(text, secret)));
  }
  for (const share of shares) {
    const digits = share.split('-')[2]?.slice(100, 140) ?? '';
    assert(!places.some((text) => text.includes(digits)));
  }
}

async function adopt(
  vintage: Vintage,
  bring: (room: Room) => Promise<void>,
  newLegacy: (room: Room) => Promise<void>,
  after?: (room: Room, bundle: string) => Promise<void>,
): Promise<void> {
  const own = path.join(top, vintage.name);
  const folders: Folders = {
    data: path.join(own, 'data'),
    practice: path.join(own, 'practice'),
    film: path.join(own, 'camera.mjpeg'),
    pictures: path.join(root, 'test-results', 'screens-adopt'),
    temporary: path.join(own, 'tmp'),
  };
  const stick = (letter: string) => practiceStick(folders.practice, letter);
  const courier = await stick('F');
  await emptyTable(folders.film);
  const sync = await startSync(path.join(own, 'sync'));
  try {
    await vintage.lay(sync);
    const described = await sync.as('operator', 'descriptor', { out: courier.path });
    const { words, file: descriptor } = described;
    assert(typeof words === 'string' && typeof descriptor === 'string');
    app = await startApp(folders, seen);
    const room: Room = {
      top,
      app,
      sync,
      vintage,
      words,
      descriptor: path.basename(descriptor),
      courier,
      operator: onStick('operator', await stick('A')),
      witness: onStick('witness', await stick('B')),
      custodians: [
        onStick('custodian 1', await stick('C')),
        onStick('custodian 2', await stick('D')),
      ],
    };
    const { what } = vintage;
    const made = await report.show(`${what}: a ticket from an empty laptop`, () => ticket(room));
    const packageName = await report.show(
      `${what}: two release the package, who heard its words`,
      () => fetchPackage(room, made),
    );
    await report.show(
      `${what}: the package is opened, the legacy shares are in and proved`,
      async () => {
        await open(room, made.six, packageName);
        await bring(room);
      },
    );
    const bundle = await report.show(`${what}: split anew, read back, signed`, () =>
      splitAnew(room, newLegacy),
    );
    const receipt = await report.show(`${what}: sync commits it and changes no component`, () =>
      commit(room, bundle),
    );
    await report.show(
      `${what}: the receipt closes it; home names what else opens the key`,
      async () => {
        await importReceipt(room.app, receipt);
        await room.app.press('Back to home');
        await room.app.window.getByText('any 3 of 4 legacy shares open this key as well').waitFor();
        await room.app.look('home adopted');
      },
    );
    await report.check(`${what}: the stored survey key opens with the new shares`, () =>
      stillOpens(room, bundle.file),
    );
    await after?.(room, bundle.file);
    await report.check(`${what}: no share, no component outside of the worker`, () =>
      nothingLeft(room),
    );
  } finally {
    await app?.close().catch(() => undefined);
    app = null;
    await sync.stop();
  }
}

try {
  await adopt(firstVintage(), first, noNewLegacy, async (room, bundle) =>
    report.show('a survey key that was sealed without custodians is recovered', () =>
      recoverSealed(room, bundle),
    ),
  );
  await adopt(secondVintage(), second, noNewLegacy);
  await adopt(thirdVintage(), third, writesNewLegacy);
} catch (error) {
  console.log(error);
} finally {
  await rm(top, { recursive: true, force: true });
}
await report.check('every screen that an adoption alone has was reached', async () => {
  wereSeen(seen, ADOPTING);
  await Promise.resolve();
});
await report.check('axe and the Tab key find nothing on any of its screens', async () => {
  foundNothing(seen);
  await Promise.resolve();
});
console.log(report.closing());
process.exit(report.failed === 0 ? 0 : 1);
