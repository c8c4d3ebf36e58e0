/**
 * Steps that tests of interrupted and refused ceremonies take again and again.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SaidNo } from '../../scripts/rehearse/room.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries, parseLog, type CeremonyLog } from '../../shared/transcript/log.ts';
import { carrySetupPackage, STICKS, type Laptop } from './headless-platform.ts';

/** Two of two: the shortest set there is. */
export const PAIR: Plan = {
  label: '2026 B',
  threshold: 2,
  custodians: [
    { name: 'custodian 2', medium: 'usb' },
    { name: 'custodian 4', medium: 'usb' },
  ],
  operator: { name: 'operator', medium: 'usb' },
  witness: { name: 'witness', medium: 'usb' },
  page: 'A4',
};

export async function startSplit(laptop: Laptop): Promise<void> {
  await carrySetupPackage(laptop);
  await laptop.host.start('split', 'rehearsal');
  await laptop.room.until(({ screen }) => screen === 'plan');
  await laptop.room.say({ type: 'plan', plan: PAIR });
}

/** A whole Split up to the bundle, read from the travelling stick. */
export async function splitToWaiting(laptop: Laptop): Promise<BundleDocument> {
  await startSplit(laptop);
  const view = await laptop.room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It does not wait.');
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = await readFile(join(laptop.rehearsalFolder, STICKS.sync, name));
  return bundleType.parse(new Uint8Array(bytes), 'rehearsal');
}

export async function logFiles(laptop: Laptop): Promise<string[]> {
  const folder = join(laptop.dataFolder, 'rehearsal', 'ceremonies');
  return (await readdir(folder)).map((name) => join(folder, name));
}

/** The only log, or the one of a ceremony. */
export async function readLog(laptop: Laptop, ceremonyId = ''): Promise<CeremonyLog> {
  const path = (await logFiles(laptop)).find((file) => file.includes(ceremonyId)) ?? '';
  return parseLog(new Uint8Array(await readFile(path)));
}

/** The kinds of its entries, in order. */
export async function kindsOf(laptop: Laptop, ceremonyId?: string): Promise<unknown[]> {
  return entries(await readLog(laptop, ceremonyId)).map((entry) => fact(entry, 'kind'));
}

/** The code of the refusal that work ends in, or `taken`. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'taken';
  } catch (error) {
    if (error instanceof SaidNo) return error.note.code;
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}

/** One after the other they say who they are; each is asked for the share. */
export async function sharesOf({ room }: Laptop, indexes: readonly number[]): Promise<void> {
  for (const index of indexes) {
    await room.until(({ screen }) => screen === 'who');
    await room.say({ type: 'who', index });
  }
}
