/**
 * The soak in small (`npm run soak` in full): the same code, with fewer of everything.
 */
import { describe, expect, it } from 'vitest';
import { soakEscrows } from '../soak/escrows.ts';
import { soakOutages } from '../soak/outages.ts';
import { soakQueue } from '../soak/queue.ts';
import { soakStorm } from '../soak/storm.ts';

// What happens exactly once needs no second try.
describe('the soak in small', { retry: 0 }, () => {
  it('100 submissions and 100 commits of one bundle at 3 replicas: one bundle, one commit, one receipt', async () => {
    const found = await soakStorm({ replicas: 3, submissions: 100, atOnce: 50 });
    expect(found.different).toEqual([1, 1, 1]);
    expect(found.submitted.counts['good']).toBe(100);
    expect(found.tally).toEqual({ bundles: 1, committed: 1, waiting: 0, receipts: 2, faults: [] });
    expect(found.good).toBe(true);
  });

  it('bundles through outages of Vault, PostgreSQL and a replica: nothing lost, nothing twice', async () => {
    const found = await soakOutages({ bundles: 40, commits: 20, replicas: 2 });
    expect(found.faults).toHaveLength(7);
    expect({ fallen: found.fallen, told: found.told }).toEqual({ fallen: [], told: [] });
    expect(found.tally).toEqual({
      bundles: 40,
      committed: 20,
      waiting: 20,
      receipts: 21,
      faults: [],
    });
    expect(found.good).toBe(true);
  });

  it('survey keys through the same outages at 3 replicas: none lost, none twice, each opens', async () => {
    const found = await soakEscrows({ escrows: 240, batch: 4, replicas: 3 });
    expect(found.faults).toHaveLength(7);
    expect({ fallen: found.fallen, told: found.told }).toEqual({ fallen: [], told: [] });
    expect(found.tally).toEqual({
      rows: 240,
      noted: 240,
      saidStored: 240,
      opened: 240,
      faults: [],
    });
    expect(found.good).toBe(true);
  });

  it('a queue that is longer than a page: every list answers, and the chain still names what is trusted', async () => {
    const found = await soakQueue({ bundles: 220, rounds: 1 });
    expect(found.asked.map(({ what }) => what)).toContain('the chain');
    // The setup, one committed for each round, and what waits.
    expect(found.there).toBe(223);
    expect(found.listed).toBe(223);
    // Requests and bundles: 50 of each are shown.
    expect(found.hidden).toBe(2 * (220 - 50));
  });
});
