/**
 * New shares that come to nothing, or stop: a negative receipt, a worker that dies with the restored
 * key, and a power cut after every line that the laptop wrote. Whatever happens, one set opens the key,
 * and everything that was written of the other one is listed.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries, parseLog } from '../../shared/transcript/log.ts';
import { openLaptop, type Laptop } from '../support/headless-platform.ts';
import {
  agreePlan,
  bundleOf,
  closeWith,
  destroyAll,
  inForceBy,
  NEXT,
  pairInForce,
  toPlan,
  type InForce,
} from '../support/headless-rotate.ts';
import { codeOf, kindsOf, logFiles, PAIR } from '../support/headless-steps.ts';

let laptop: Laptop;
let before: InForce;
beforeAll(async () => {
  laptop = await openLaptop();
  before = await pairInForce(laptop);
}, 300_000);
afterAll(() => laptop.remove());

async function home() {
  const { sets, ceremonies } = await laptop.host.home();
  const find = (label: string) => sets.find((set) => set.label === label);
  return { old: find(PAIR.label), made: find(NEXT.label), ceremonies };
}

describe('before the bundle', { retry: 0 }, () => {
  test('a worker that dies while it restores the key ends it; the old shares are as before', async () => {
    const { host, room } = laptop;
    await agreePlan(laptop, await toPlan(laptop, before, 2));
    await room.until(({ screen }) => screen === 'renew-key');
    const said = host.dispatch({ type: 'continue' });
    laptop.crashWorker();
    await said;
    expect((await room.settled()).refusal?.code).toBe('worker-gone');
    const { ceremonyId } = room.view;
    await room.say({ type: 'abandon', reason: 'the worker is gone' });
    expect(room.view).toMatchObject({ screen: 'void', media: [] });
    await host.leave();
    const { old, made, ceremonies } = await home();
    expect(old?.standing).toBe('live');
    expect(made).toBeUndefined();
    expect(ceremonies.find((one) => one.ceremonyId === ceremonyId)).toMatchObject({
      standing: 'void',
      destroy: [],
    });
  });
});

describe('from the bundle on', { retry: 0 }, () => {
  let bundle: BundleDocument;
  let log: string;
  /** Up to the screen that waits. */
  let waiting: Buffer;

  beforeAll(async () => {
    await agreePlan(laptop, await toPlan(laptop, before, 2));
    bundle = await bundleOf(laptop);
    await laptop.host.leave();
    log = (await logFiles(laptop)).find((path) => path.includes(bundle.body.ceremonyId)) ?? '';
    waiting = await readFile(log);
  }, 300_000);

  test('before a receipt neither set is destroyed', async () => {
    const next = await inForceBy(laptop, bundle);
    for (const set of [before, next]) {
      expect(await codeOf(destroyAll(laptop, set))).toBe('set-in-use');
    }
  });

  test('a negative one ends the new set, which is destroyed to the last thing; the old one stays', async () => {
    await laptop.restart();
    await laptop.host.resume(bundle.body.ceremonyId);
    const view = await closeWith(laptop, bundle, {
      outcome: 'objected',
      statement: 'Custodian 4 objected.',
    });
    expect(view).toMatchObject({
      outcome: 'objected',
      media: [
        expect.stringMatching(/^custodian 1: share 1 of 3 on .*sheet/),
        expect.stringMatching(/^custodian 2: share 2 of 3 on .*sheet/),
        expect.stringMatching(/^custodian 3: share 3 of 3 on .*practice stick D/),
      ],
    });
    const { old, made } = await home();
    expect(old?.standing).toBe('live');
    expect(made).toMatchObject({ standing: 'void', remnants: { left: 3, of: 3 } });
    expect(await codeOf(destroyAll(laptop, before))).toBe('set-in-use');
    const gone = await destroyAll(laptop, await inForceBy(laptop, bundle));
    expect(gone).toMatchObject({ gone: { length: 3 }, left: [] });
    expect((await home()).old?.standing).toBe('live');
  });

  test('a power cut after each line of the log leaves one set in use, and the other one listed', async () => {
    const { ceremonyId } = bundle.body;
    // As if nothing had been answered and destroyed: this time sync says yes.
    await writeFile(log, waiting);
    for (const path of await logFiles(laptop)) {
      if (parseLog(await readFile(path)).header.kind === 'destroy') await rm(path);
    }
    await laptop.restart();
    await laptop.host.resume(ceremonyId);
    await closeWith(laptop, bundle);
    const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
    const tried = { void: 0, waiting: 0, closed: 0 };
    for (let count = 1; count <= lines.length; count += 1) {
      const text = `${lines.slice(0, count).join('\n')}\n`;
      await writeFile(log, text);
      await laptop.restart();
      const { old, made, ceremonies } = await home();
      const found = ceremonies.find((one) => one.ceremonyId === ceremonyId);
      const where = `after line ${count}: ${lines[count - 1]?.slice(0, 80)}`;
      if (text.includes('application/vnd.conclave.receipt')) {
        expect([found?.standing, old?.standing, made?.standing], where).toEqual([
          'closed',
          'superseded',
          'live',
        ]);
        tried.closed += 1;
        continue;
      }
      expect(old?.standing, where).toBe('live');
      if (text.includes('application/vnd.conclave.bundle')) {
        expect([found?.standing, made?.standing], where).toEqual([
          'waiting-for-receipt',
          'waiting-for-receipt',
        ]);
        await laptop.host.resume(ceremonyId);
        expect(laptop.room.view.screen, where).toMatch(/^(save-bundle|waiting)$/);
        tried.waiting += 1;
        continue;
      }
      const all = entries(parseLog(new TextEncoder().encode(text)));
      const begun = all.filter((entry) => fact(entry, 'kind') === 'share-writing').length;
      const isSplit = all.some((entry) => fact(entry, 'kind') === 'component-split');
      expect(found?.standing, where).toBe('void');
      expect(found?.destroy, where).toHaveLength(begun);
      expect(made?.standing, where).toBe(isSplit ? 'void' : undefined);
      expect(await codeOf(laptop.host.resume(ceremonyId)), where).toBe('no-ceremony');
      tried.void += 1;
    }
    console.log(`tried ${lines.length} cuts:`, tried);
    expect(tried.void + tried.waiting + tried.closed).toBe(lines.length);
    expect(Math.min(...Object.values(tried))).toBeGreaterThan(0);
    expect((await kindsOf(laptop, ceremonyId)).at(-1)).toBe('ceremony-closed');
  }, 600_000);
});
