import { expect, test } from 'vitest';
import { makeFurtherSet } from '../../../test/support/add-set-documents.ts';
import { makeShareSet } from '../../../test/support/share-sets.ts';
import { makeChangePackage, makeNextVersion } from '../../../test/support/version-documents.ts';
import { versionChangeFacts } from './package-facts.ts';

const NOTHING_READ = { sets: [], sheets: [] };

test.each(['activate', 'retire'] as const)(
  'of a package to %s a version: its set comes with it, and without it the package is refused',
  async (kind) => {
    const set = await makeShareSet();
    const other = await makeNextVersion(set, { threshold: 2 });
    const stored = { active: 7, other: 0 };
    const { body } = await makeChangePackage(set, kind, 'v2', undefined, {
      others: [other],
      stored,
    });
    const { manifest, roster } = set;
    const facts = (others: (typeof manifest)[]) =>
      versionChangeFacts(body, { manifest, roster, others }, NOTHING_READ);
    expect(facts([other.manifest])).toMatchObject({
      change: kind,
      keyVersion: 'v1',
      version: 'v2',
      setLabel: manifest.body.label,
      threshold: manifest.body.threshold,
      other: { label: '2028 B', threshold: 2, manifestDigest: other.manifest.digest },
      stored,
    });
    expect(facts([other.manifest]).further).toEqual([]);
    // Each set of the version becomes of use, or ends, with it.
    const joined = await makeFurtherSet(other);
    expect(facts([other.manifest, joined.manifest])).toMatchObject({
      other: { label: '2028 B' },
      further: [{ label: 'On-call', threshold: 2 }],
    });
    expect(() => facts([])).toThrow(expect.objectContaining({ code: 'document-damaged' }));
    expect(() => facts([manifest])).toThrow(expect.objectContaining({ code: 'document-damaged' }));
  },
);

test('a package to retire a version that survey keys are stored under is none', async () => {
  const set = await makeShareSet();
  const stored = { active: 7, other: 1 };
  await expect(makeChangePackage(set, 'retire', 'v2', undefined, { stored })).rejects.toThrow();
  const before = await makeChangePackage(set, 'activate', 'v2');
  expect(before.body.stored).toBeUndefined();
});
