/** The half for organisations in a bundle is the one that the log says was sealed. */
import { beforeAll, expect, test } from 'vitest';
import {
  makeMoveBundle,
  makeMovePackage,
  type TestMoveBundle,
  type TestMovePackage,
} from '../../test/support/move-documents.ts';
import { makeHalf } from '../../test/support/organisation-moves.ts';
import { makeShareSet } from '../../test/support/share-sets.ts';
import { makeNextVersion } from '../../test/support/version-documents.ts';
import { sealedDigest } from '../bundle/organisation-half.ts';
import { makeEntry } from './entry.ts';
import type { LogDocuments } from './log-documents.ts';
import { movedMissing } from './missing-moved.ts';

let asks: TestMovePackage;
let brings: TestMoveBundle;
beforeAll(async () => {
  const set = await makeShareSet();
  const next = await makeNextVersion(set);
  asks = await makeMovePackage(set, next, [], { change: { handsOver: true } });
  const { sealed } = await makeHalf(set, next);
  const change = { organisationHalf: sealed, transcript: { entries: 1, head: 'ab'.repeat(32) } };
  brings = await makeMoveBundle(set, next, asks, [], { change });
});

const sealedAs = (value: string) =>
  makeEntry({ mode: brings.document.body.mode, ceremonyId: '44'.repeat(16) }, undefined, {
    at: '2026-05-03T09:30:00Z',
    kind: 'organisation-half-sealed',
    keyVersion: 'v1',
    movesTo: 'v2',
    digest: { type: 'digest', value },
  });
const documents = () =>
  ({ packages: [asks.document], bundles: [brings.document] }) as unknown as LogDocuments;

test('an entry with its digest is all that is needed', () => {
  const { organisationHalf } = brings.document.body;
  if (organisationHalf === undefined) throw new Error('it brings one');
  expect(movedMissing([sealedAs(sealedDigest(organisationHalf))], documents())).toEqual([]);
});

test('no entry, or one of another half, is said', () => {
  const missing = [
    'No entry says that the half for organisations was sealed as the bundle brings it.',
  ];
  expect(movedMissing([], documents())).toEqual(missing);
  expect(movedMissing([sealedAs('ab'.repeat(32))], documents())).toEqual(missing);
});
