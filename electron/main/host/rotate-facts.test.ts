import { beforeAll, expect, test } from 'vitest';
import { makeAddSetPackage, makeFurtherSet } from '../../../test/support/add-set-documents.ts';
import { makeRotatePackage } from '../../../test/support/rotate-documents.ts';
import { makeShareSet, type TestShareSet } from '../../../test/support/share-sets.ts';
import { rotateFacts } from './package-facts.ts';

const NOTHING_KNOWN = { sets: [], sheets: [] };
let board: TestShareSet;
let sets: TestShareSet[];
let other: TestShareSet;
beforeAll(async () => {
  board = await makeShareSet();
  const together = { ...board, cast: board.cast };
  sets = await Promise.all(
    ['On-call', 'Abroad', 'Night'].map((label) => makeFurtherSet(together, { label })),
  );
  other = await makeShareSet({ keyVersion: 'v0', label: '2020 Z', sync: board.sync });
});

const inForce = (others: readonly TestShareSet[]) => ({
  manifest: board.manifest,
  roster: board.roster,
  others: others.map(({ manifest }) => manifest),
});

test('sets of the same version open the same key; those of another version do not', async () => {
  const [onCall] = sets;
  if (onCall === undefined) throw new Error('three sets');
  const { body } = await makeAddSetPackage(board, { others: [onCall, other] });
  const facts = rotateFacts(body, inForce([onCall, other]), NOTHING_KNOWN);
  expect(facts).toMatchObject({
    kind: 'add-set',
    ticketId: null,
    joined: [{ label: 'On-call', threshold: 2, count: 4 }],
    otherLabels: ['On-call', '2020 Z'],
  });
  // Every share stays in use: nobody who holds one leaves.
  expect(facts.lasting).toEqual(
    expect.arrayContaining(['custodian 2', 'On-call 3', 'custodian 4']) as string[],
  );
});

test('new shares need none of the version’s shares afterwards, and all of the others', async () => {
  const [onCall] = sets;
  if (onCall === undefined) throw new Error('three sets');
  const { document } = await makeRotatePackage(board);
  const facts = rotateFacts(document.body, inForce([onCall, other]), NOTHING_KNOWN);
  expect(facts.joined.map(({ label }) => label)).toEqual(['On-call']);
  expect(facts.lasting).toEqual(other.manifest.body.shares.map(({ custodian }) => custodian.name));
});

test('a fifth set is refused before anybody sits down', async () => {
  const { body } = await makeAddSetPackage(board, { others: sets });
  expect(() => rotateFacts(body, inForce(sets), NOTHING_KNOWN)).toThrow(
    expect.objectContaining({ code: 'set-not-beside' }) as Error,
  );
  expect(rotateFacts(body, inForce(sets.slice(1)), NOTHING_KNOWN).joined).toHaveLength(2);
});
