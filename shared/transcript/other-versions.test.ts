/** A log of one key version, whose roster the set of another has signed. */
import { expect, test } from 'vitest';
import { LogWriter } from '../../test/support/logs.ts';
import { randomId } from '../../test/support/people.ts';
import { makeShareSet } from '../../test/support/share-sets.ts';
import { makeNextVersion, makeVersionPackage } from '../../test/support/version-documents.ts';
import { randomBytes } from '../secret/random.ts';
import { NO_ANCHOR } from './anchor.ts';
import { openLogDocuments } from './log-documents.ts';

test('the package names the set that signed the roster, and without it nobody can tell', async () => {
  const set = await makeShareSet();
  const next = await makeNextVersion(set);
  const open = async (others: (typeof next)[]) => {
    const { document } = await makeVersionPackage(set, { others, roster: next.roster });
    const header = { mode: set.mode, kind: 'recover', ceremonyId: randomId(randomBytes) } as const;
    const log = new LogWriter(header)
      .entry('opened')
      .document(set.sync.descriptor.envelope)
      .document(document.envelope)
      .document(next.roster.envelope)
      .document(set.manifest.envelope)
      .log();
    return openLogDocuments(log, NO_ANCHOR);
  };
  const { manifests, rosters } = await open([next]);
  // It stays the other version's: the log's own set is the first.
  expect(manifests.map(({ digest }) => digest)).toEqual([set.manifest.digest]);
  expect(rosters.map(({ by }) => by)).toEqual([[next.manifest.digest]]);
  await expect(open([])).rejects.toMatchObject({ code: 'signature-missing' });
});
