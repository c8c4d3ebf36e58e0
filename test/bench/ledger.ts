/**
 * The ledger of a laptop, rebuilt from a folder of ceremony logs as home does it, against reading the
 * same files, parsing each line and hashing each leaf, with nothing checked, by OpenSSL.
 * @module
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKnowledge } from '../../electron/main/host/knowledge.ts';
import { openStore } from '../../electron/main/host/store.ts';
import type { Entry } from '../../shared/transcript/entry.ts';
import { writeHistory } from './history.ts';
import { figures, interleave, megabytes, ownPeak, timed, type Finding } from './measure.ts';

const ENTRIES = 20_000;
const ROUNDS = 7;

type Line = Partial<{ readonly entry: Entry; readonly document: unknown; readonly seal: unknown }>;

/** Entries that were hashed. */
async function parseAndHash(folder: string): Promise<number> {
  let hashed = 0;
  for (const file of await readdir(folder)) {
    for (const line of (await readFile(join(folder, file), 'utf8')).split('\n')) {
      if (line === '') continue;
      const { entry } = JSON.parse(line) as Line;
      if (entry === undefined) continue;
      const whole = createHash('sha256').update(entry.previous);
      for (const leaf of entry.leaves) {
        const text =
          'withheld' in leaf ? leaf.withheld : `${leaf.salt}${JSON.stringify(leaf.value)}`;
        whole.update(createHash('sha256').update(leaf.path).update(text).digest());
      }
      whole.digest();
      hashed += 1;
    }
  }
  return hashed;
}

/** Rebuilds the ledger. */
export async function measureLedger(rounds = ROUNDS): Promise<Finding> {
  const data = await mkdtemp(join(tmpdir(), 'conclave-bench-ledger-'));
  try {
    const folder = join(data, 'production', 'ceremonies');
    await mkdir(folder, { recursive: true });
    const history = await writeHistory(folder, ENTRIES);
    const knowledge = openKnowledge(openStore(data), () => new Date());
    const ledger = await knowledge.ledger('production', null);
    const live = ledger.sets.filter(({ status }) => status === 'live');
    if (ledger.ceremonies.length !== history.logs || live.length !== 1) {
      throw new Error('The ledger is not that of the logs.');
    }
    const sides = await interleave(rounds, {
      ours: () => timed(() => knowledge.ledger('production', null)),
      bare: () =>
        timed(async () => {
          if ((await parseAndHash(folder)) !== history.entries)
            throw new Error('Lines are missing.');
        }),
    });
    const { median } = figures(sides.ours);
    const perSecond = Math.round(history.entries / (median / 1000));
    return {
      title: `Ledger rebuilt from ${history.entries.toLocaleString('en')} entries in ${history.logs.toLocaleString('en')} logs, ${megabytes(history.bytes)}`,
      ours: 'the laptop’s store and foldLedger: every line, chain, seal and document checked',
      bare: 'JSON.parse of each line and SHA-256 of each leaf by OpenSSL, nothing checked',
      target: 5,
      sides,
      memory: [`this process at its peak: ${megabytes(ownPeak())}`],
      notes: [`${perSecond.toLocaleString('en')} entries a second; 10,000 are wanted`],
    };
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}
