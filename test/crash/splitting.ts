/**
 * A laptop that dies while the first set of a key is made: nothing lies on it before.
 * @module
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { carrySetupPackage, openLaptop } from '../support/headless-platform.ts';
import { inForceBy } from '../support/headless-rotate.ts';
import { PAIR } from '../support/headless-steps.ts';
import { fitsItsSet } from './shares.ts';
import { rememberTable } from './table.ts';
import { ceremonyThatDies, copy, type Prepared, TOLD } from './world.ts';

/** @param folder for its tables */
export async function splitThatDies(folder: string): Promise<Prepared> {
  const laptop = await openLaptop();
  try {
    const { digest } = await carrySetupPackage(laptop);
    const base = join(folder, 'split');
    await copy(laptop.root, base);
    rememberTable(base, laptop.people, laptop.people.get('nobody'), {
      package: digest.slice(0, 8),
      descriptorWords: eightWords(hexToBytes(laptop.sync.descriptor.digest)),
    });
    return await ceremonyThatDies(
      { folder },
      {
        what: 'split',
        base,
        told: { ...TOLD, plan: PAIR },
        again: { ...TOLD, plan: { ...PAIR, label: '2026 C' } },
        async holds({ host }) {
          const { sets } = await host.home();
          // Nothing counts before its receipt.
          assert(sets.every(({ standing }) => standing !== 'live'));
        },
        comes: async (table, bundle) => fitsItsSet(table, await inForceBy(laptop, bundle)),
      },
    );
  } finally {
    await laptop.remove();
  }
}
