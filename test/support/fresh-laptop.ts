/**
 * A laptop that knows nothing gets what another one, or sync, has on a stick; and what a laptop knows,
 * so that two of them can be compared.
 * @module
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHost } from '../../electron/main/host/host.ts';
import { openKnowledge } from '../../electron/main/host/knowledge.ts';
import { openStore } from '../../electron/main/host/store.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import type { Laptop } from './headless-platform.ts';

/** Of a ceremony, as this laptop keeps it. */
export async function logBytes({ dataFolder }: Laptop, ceremonyId: string): Promise<Uint8Array> {
  const path = join(dataFolder, 'rehearsal', 'ceremonies', `${ceremonyId}.jsonl`);
  return new Uint8Array(await readFile(path));
}

/** Sets and versions in one order: where manifests came from decides it otherwise. */
export async function ledgerIn(dataFolder: string): Promise<Ledger> {
  const now = () => new Date('2029-06-01T00:00:00Z');
  const ledger = await openKnowledge(openStore(dataFolder), now).ledger('rehearsal', null);
  const keyVersions = ledger.keyVersions
    .map((version) => ({ ...version, liveSets: [...version.liveSets].sort() }))
    .sort((a, b) => (a.keyVersion < b.keyVersion ? -1 : 1));
  return { ...ledger, keyVersions, sets: bySet(ledger.sets) };
}

/**
 * What protects against old and used packages, and by whose words, as a laptop knows it from logs and
 * receipts: besides the ledger all that it goes by.
 */
export async function protectionIn(dataFolder: string, audience: string) {
  const knowledge = openKnowledge(openStore(dataFolder), () => new Date('2029-06-01T00:00:00Z'));
  const [epoch, nonces, syncs] = await Promise.all([
    knowledge.seenEpoch('rehearsal', audience),
    knowledge.usedNonces('rehearsal', ''),
    knowledge.trusted('rehearsal'),
  ]);
  return { epoch, nonces: [...nonces].sort(), syncs: syncs.map(({ digest }) => digest) };
}

export const bySet = <T extends { readonly setId: string }>(sets: readonly T[]): T[] =>
  [...sets].sort((a, b) => (a.setId < b.setId ? -1 : 1));

/** A laptop that knows nothing, with these files on a stick, whose words somebody types. */
export async function freshLaptop(folder: string, files: Readonly<Record<string, Uint8Array>>) {
  const stick = join(folder, 'sticks', 'practice stick A');
  await mkdir(stick, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) await writeFile(join(stick, file), bytes);
  const dataFolder = join(folder, 'data');
  const host = createHost({
    startWorker: () => Promise.reject(new Error('No worker is needed here.')),
    openEntryWindow: () => Promise.reject(new Error('No window is needed here.')),
    checkEnvironment: () => Promise.resolve([]),
    application: 'test',
    productionRefused: null,
    dataFolder,
    rehearsalFolder: join(folder, 'sticks'),
    clearClipboard: () => undefined,
    now: () => new Date(),
  });
  const opened = await trustChains(host);
  const { sets } = await host.home();
  await host.shutdown();
  return { opened, sets, dataFolder, ledger: await ledgerIn(dataFolder) };
}

/**
 * Takes what lies on the sticks, with the words that its holder would read aloud.
 * @param named part of the file's name; by default every chain and every log
 */
export async function trustChains(
  host: Pick<Laptop['host'], 'findDocuments' | 'openChain' | 'trustChain'>,
  named = '',
): Promise<number> {
  const all = await host.findDocuments({ kind: 'chain', mode: 'rehearsal' });
  const found = all.filter(({ fileName }) => fileName.includes(named));
  for (const { id } of found) {
    const { digest } = await host.openChain({ documentId: id, mode: 'rehearsal' });
    const words = eightWords(hexToBytes(digest));
    await host.trustChain({ digest, words, mode: 'rehearsal' });
  }
  return found.length;
}
