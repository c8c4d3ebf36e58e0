import { beforeAll, expect, test } from 'vitest';
import {
  makeOrganisationBundle,
  makeOrganisationPackage,
  type TestOrganisationPackage,
} from '../../test/support/organisation-documents.ts';
import { makeShareSet } from '../../test/support/share-sets.ts';
import type { BundleDocument, OrganisationBundle } from '../bundle/bundle.ts';
import { movedLeaves } from '../ceremony/organisation/leaves.ts';
import { makeEntry, withholdLeaf, type Facts } from './entry.ts';
import type { LogDocuments } from './log-documents.ts';
import { wrappedMissing } from './missing-wrapped.ts';

let source: TestOrganisationPackage;
let bundle: BundleDocument & { readonly body: OrganisationBundle };
beforeAll(async () => {
  const set = await makeShareSet();
  source = await makeOrganisationPackage(set);
  ({ document: bundle } = await makeOrganisationBundle(set, source));
  // A dozen keys are derived as CheckTick derives them.
}, 60_000);

/** The entry as the machine makes it of this bundle. */
function told(change: Facts = {}) {
  const { facts, moved, passphrase, mode, ceremonyId } = bundle.body;
  const { owner, organisationId } = facts;
  return makeEntry({ mode, ceremonyId }, undefined, {
    at: '2026-05-03T09:30:00Z',
    kind: 'surveys-wrapped',
    organisationId,
    owner,
    passphrase,
    ...movedLeaves(moved),
    ...change,
  });
}
const documents = (packages = [source.document]) =>
  ({ packages, bundles: [bundle] }) as unknown as LogDocuments;

test('nothing is missing where the log tells every entry of the bundle', () => {
  expect(wrappedMissing([told()], documents())).toEqual([]);
});

test('a log that says nothing of it, or that its package brought other surveys', async () => {
  expect(wrappedMissing([], documents())).toEqual([
    'No entry says that survey keys were wrapped and read back.',
  ]);
  const { body } = source.document;
  const other = { ...source.document, body: { ...body, surveys: body.surveys.slice(1) } };
  expect(wrappedMissing([told()], documents([other]))).toEqual([
    'The bundle does not speak of the surveys that its package brought.',
  ]);
});

test.each<[string, Facts, RegExp]>([
  ['owner', { owner: 'owner 2' }, /another owner than/],
  ['organisation', { organisationId: 5 }, /another organisationId than/],
  ['passphrase', { passphrase: 'continued' }, /another passphrase than/],
  ['version of before', { movesFrom: 'v0' }, /another version of before than/],
  [
    'new entry',
    { 'moved.2.entry': { type: 'digest', value: 'ab'.repeat(32) } },
    /the key of survey 32 was wrapped as/,
  ],
])('another %s in the log than in the bundle is said', (_, change, line) => {
  expect(wrappedMissing([told(change)], documents())).toEqual([expect.stringMatching(line)]);
});

test('an entry whose digest is withheld shows nothing', () => {
  const entry = withholdLeaf(told(), 'moved.1.entry');
  expect(wrappedMissing([entry], documents())).toEqual([
    'No entry says that the key of survey 31 (team 9) was wrapped as the bundle brings it.',
  ]);
});
