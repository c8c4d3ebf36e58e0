/**
 * A window, a room and a sync, for what happens to a set that exists: set up, played, cleared away,
 * and looked through for whatever was left.
 * @module
 */
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/lib/cache.mjs';
import { emptyTable } from '../support/camera.ts';
import { type Folders, nothingSeen, openApps, startApp } from '../e2e/app.ts';
import { type Canary, canariesOf, filesBelow, singing, singingText } from '../e2e/canaries.ts';
import { nothingIsLeft } from '../e2e/leftovers.ts';
import { foundNothing, wereSeen } from '../e2e/looks.ts';
import { onPaper, onStick, type Person } from '../e2e/people.ts';
import { startReport } from '../e2e/report.ts';
import { disposeSticks, fatStick, practiceStick } from '../e2e/sticks.ts';
import { startSync } from '../e2e/sync.ts';
import { everybody, type Room } from './room.ts';

/** Who else had something secret in that room, and what else was typed there. */
export interface Played {
  readonly others: readonly Person[];
  readonly typed: readonly Canary[];
}

/**
 * Plays it to its end, and ends this process with 1 where anything was not as it has to be.
 * @param name of its folders: of its pictures below `test-results/screens-`
 * @param screens that have to be reached
 */
export async function stage(
  name: string,
  screens: readonly string[],
  play: (room: Room) => Promise<Played>,
): Promise<never> {
  const top = await mkdtemp(path.join(os.tmpdir(), `conclave-e2e-${name}-`));
  const temporary = path.join(top, 'tmp');
  await mkdir(temporary);
  // PostgreSQL runs under an account of its own, and must get through.
  for (const folder of [top, temporary]) await chmod(folder, 0o711);
  process.env['TMPDIR'] = temporary;

  const folders: Folders = {
    data: path.join(top, 'laptop', 'data'),
    practice: path.join(top, 'laptop', 'practice'),
    film: path.join(top, 'camera.mjpeg'),
    pictures: path.join(root, 'test-results', `screens-${name}`),
    temporary: path.join(top, 'laptop', 'tmp'),
  };
  const seen = nothingSeen();
  const report = startReport({
    async onFailure(what) {
      const file = `failed ${what.slice(0, 30)}`.replaceAll(/[^a-z0-9]+/gi, '-');
      const pages = [...openApps].flatMap(({ electron }) => electron.windows());
      for (const [at, page] of pages.filter((one) => !one.isClosed()).entries()) {
        await page.screenshot({ path: path.join(root, 'test-results', `${file}-${at}.png`) });
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
  async function secretsStayAway(inside: Room, { others, typed }: Played): Promise<void> {
    const canaries = [...(await canariesOf([...everybody(inside), ...others])), ...typed];
    await inside.app.collect();
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
    const played = await play(inside);
    await report.check('no share, no words, no personal key outside of the worker', () =>
      secretsStayAway(inside, played),
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
    wereSeen(seen, screens);
    await Promise.resolve();
  });
  await report.check('axe and the Tab key find nothing on any of its screens', async () => {
    foundNothing(seen);
    await Promise.resolve();
  });
  console.log(report.closing());
  process.exit(report.failed === 0 ? 0 : 1);
}
