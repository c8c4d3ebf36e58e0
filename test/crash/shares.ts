/**
 * What the people of a table have in hand, read without Conclave's host: whether their shares still give
 * the platform key.
 * @module
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openAge } from '../../electron/media/age.ts';
import { filesIn } from '../../scripts/rehearse/table-top.ts';
import { xorComponents } from '../../shared/checktick/index.ts';
import { equalBytes } from '../../shared/encoding/bytes.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { decodeShare, type Share } from '../../shared/sharing/envelope.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import { STICKS } from '../support/headless-platform.ts';
import { readSheet } from '../support/entry-script.ts';
import type { InForce } from '../support/headless-rotate.ts';
import type { Table } from './table.ts';
import type { World } from './world.ts';

const SHARE_FILE = /^conclave-.*share.*\.age$/;

/** Shares of the set on what its people have in hand, without Conclave's host. */
async function sharesOf(
  { people, papersOf, rehearsalFolder }: Table,
  { manifest: { body } }: InForce,
) {
  const found = new Map<number, Share>();
  const keep = (share: Share) => {
    const isOfSet = share.setId === body.setId;
    if (isOfSet && share.generation === body.generation) found.set(share.index, share);
    else share.y.fill(0);
  };
  const files = await sharesOnSticks(join(rehearsalFolder, '..'));
  for (const { custodian } of body.shares) {
    const { sheets } = people.get(custodian.name);
    if (sheets.share !== undefined) keep(decodeShare((await readSheet(sheets.share)).bytes));
    for (const path of files) {
      const file = new Uint8Array(await readFile(join(rehearsalFolder, '..', path)));
      for (const words of papersOf(custodian.name)) {
        // Those of another paper open nothing.
        const opened = await openAge(file, words).catch(() => null);
        if (opened === null) continue;
        keep(decodeShare(opened));
        break;
      }
    }
  }
  return found;
}

/** The platform key, out of the first k shares that exist and the half that belongs to the set. */
export async function keyOf(table: Table, set: InForce): Promise<Uint8Array> {
  const { componentId, checks, threshold } = set.manifest.body;
  const found = [...(await sharesOf(table, set)).values()];
  const component = await combineShares(found.slice(0, threshold), {
    what: 'custodian-component',
    componentId,
    checkValue: checks.custodianComponent,
  });
  return xorComponents(set.half, component);
}

/** The platform key is still the one of before. */
export async function opensWith(world: World, table: Table, set: InForce): Promise<void> {
  const key = await keyOf(table, set);
  assert(
    equalBytes(key, world.platformKey),
    `the shares of ${set.manifest.body.label} give another key`,
  );
  key.fill(0);
}

/** The set of before opens the key as ever, and home says that it is the one in force. */
export async function inForceStill(world: World, table: Table): Promise<void> {
  await opensWith(world, table, world.before);
  const { setId, generation } = world.before.manifest.body;
  const { sets } = await table.host.home();
  const found = sets.find((set) => set.setId === setId && set.generation === generation);
  assert.equal(found?.standing, 'live');
}

/** Another key: its own check value says that it is the one of that set. */
export async function fitsItsSet(table: Table, set: InForce): Promise<void> {
  const { componentId, checks } = set.manifest.body;
  const key = await keyOf(table, set);
  assert(checkValueFits('platform-key', key, componentId, checks.platformKey));
  key.fill(0);
}

/** Files with shares on all sticks. */
export async function sharesOnSticks(root: string): Promise<string[]> {
  const sticks = Object.values(STICKS).map((name) => join(root, 'table', name));
  const files = await Promise.all(sticks.map((stick) => filesIn(stick, SHARE_FILE)));
  return files.flat().map((path) => path.slice(root.length));
}
