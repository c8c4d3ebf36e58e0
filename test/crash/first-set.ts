/**
 * A laptop that dies while the first set of a key is made, new or adopted: no set lies on it before.
 * @module
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { equalBytes, hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import {
  carryAdoptPackage,
  documentsOf,
  firstTicket,
  foundOf,
  PROOF,
} from '../support/adopt-laptop.ts';
import { carrySetupPackage, openLaptop } from '../support/headless-platform.ts';
import { inForceBy } from '../support/headless-rotate.ts';
import { PAIR } from '../support/headless-steps.ts';
import { legacyDeployment, storedKek } from '../support/legacy-deployment.ts';
import { fitsItsSet, keyOf } from './shares.ts';
import { rememberTable, type Table } from './table.ts';
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
        holds: nothingCounts,
        comes: async (table, bundle) => fitsItsSet(table, await inForceBy(laptop, bundle)),
      },
    );
  } finally {
    await laptop.remove();
  }
}

/** Of CheckTick's own shares, which are not touched. @param folder for its tables */
export async function adoptionThatDies(folder: string): Promise<Prepared> {
  const laptop = await openLaptop();
  try {
    const key = legacyDeployment();
    const { ticket, pocket } = await firstTicket(laptop);
    const components = [{ place: 'both' as const, bytes: key.vault }];
    const encryptedKeks = [await storedKek(key.platformKey, PROOF)];
    const secrets = [{ version: 'v1', components, encryptedKeks }];
    const name = await carryAdoptPackage(laptop, ticket, foundOf(), secrets);
    const base = join(folder, 'adopt');
    await copy(laptop.root, base);
    rememberTable(base, laptop.people, pocket, {
      package: name,
      descriptorWords: eightWords(hexToBytes(laptop.sync.descriptor.digest)),
    });
    const told = { ...TOLD, plan: PAIR, legacy: key.shares.slice(1) };
    return await ceremonyThatDies(
      { folder },
      {
        what: 'adopt',
        base,
        told,
        again: { ...told, plan: { ...PAIR, label: '2026 C' } },
        holds: nothingCounts,
        async comes(table, bundle) {
          const made = await keyOf(table, { ...documentsOf(bundle), half: key.vault });
          assert(equalBytes(made, key.platformKey), 'the new shares give another key');
          made.fill(0);
        },
      },
    );
  } finally {
    await laptop.remove();
  }
}

/** Before its receipt. */
async function nothingCounts({ host }: Table): Promise<void> {
  const { sets } = await host.home();
  assert(sets.every(({ standing }) => standing !== 'live'));
}
