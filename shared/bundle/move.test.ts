/** Survey keys that move, on the wire: who signs what, and what answers what. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  makeMoveBundle,
  makeMovePackage,
  type TestMovePackage,
} from '../../test/support/move-documents.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { makeNextVersion } from '../../test/support/version-documents.ts';
import { expectNoByteChanges } from '../../test/support/wire-checks.ts';
import type { Signer } from '../encoding/dsse.ts';
import type { StoredSurveyKey } from '../escrow/move.ts';
import { verifyBundleFile } from '../transcript/verify-files.ts';
import { bundleType, leavesTrust, verifyBundle } from './bundle.ts';
import { openBundle } from './bundle-secret.ts';
import { answersMove } from './move.ts';
import {
  type MovedSurveyKey,
  openMoveBatch,
  openMovedBatch,
  parseMoveBatch,
  parseMovedBatch,
} from './move-batch.ts';
import { moveTarget } from './move-target.ts';
import { setBytes, verifyPackagedSet } from './packaged-set.ts';
import { packageType, parsePackage } from './package.ts';
import { openRotatePackage } from './rotate-package.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
const key = (surveyId: number, kind: 'checktick' | 'sealed'): StoredSurveyKey => ({
  userId: 7,
  surveyId,
  kind,
  bytes: new Uint8Array(kind === 'sealed' ? 1_200 : 60).fill(surveyId),
  keyHash: kind === 'sealed' ? { salt: new Uint8Array(16), hash: new Uint8Array(32) } : null,
});
const BATCHES = [[key(31, 'checktick'), key(32, 'sealed')], [key(33, 'checktick')]];
const RESULTS: MovedSurveyKey[][] = [
  [
    { userId: 7, surveyId: 31, sealed: new Uint8Array(1_200).fill(1), surveyKey: 'not-compared' },
    { userId: 7, surveyId: 32, sealed: new Uint8Array(1_200).fill(2), surveyKey: 'fits' },
  ],
  [{ userId: 7, surveyId: 33, stays: 'not-opened' }],
];

let set: TestShareSet;
let next: TestShareSet;
let source: TestMovePackage;
beforeAll(async () => {
  set = await makeShareSet();
  next = await makeNextVersion(set);
  source = await makeMovePackage(set, next, BATCHES);
});

describe('a package of survey keys that move', () => {
  test('gives the component of the version that is emptied to the ticket’s key, and to no other', async () => {
    const { document, ticket } = source;
    const { body } = parsePackage(packageType.toBytes(document), set.mode, set.sync);
    if (body.kind !== 'migrate-escrows') throw new Error('another kind');
    expect(await openRotatePackage(body, ticket.keys.privateKey)).toEqual(set.vaultComponent);
    for (const [changed, privateKey] of [
      [body, set.sync.recipient.privateKey],
      [{ ...body, movesTo: 'v3' }, ticket.keys.privateKey],
      [{ ...body, files: body.files.slice(1) }, ticket.keys.privateKey],
      [{ ...body, stored: { checktick: 1, sealed: 2 } }, ticket.keys.privateKey],
    ] as const) {
      await expect(openRotatePackage(changed, privateKey)).rejects.toThrow(
        refused('sealed-not-openable'),
      );
    }
  });

  test('names its files in their order, and each opens to what was stored', async () => {
    const { document, ticket, files, places } = source;
    const read = files.map((file, at) => parseMoveBatch(file, places[at] ?? failing()));
    expect(read.map(({ digest }) => digest)).toEqual(document.body.files);
    const opened = await Promise.all(read.map((one) => openMoveBatch(one, ticket.keys.privateKey)));
    expect(opened).toEqual(BATCHES);
  });

  test('says to which key they are sealed: that of the other version’s manifest', () => {
    const { body } = source.document;
    const packaged = verifyPackagedSet(setBytes(body), set.mode);
    expect(moveTarget(body, packaged)).toEqual({
      move: {
        mode: set.mode,
        audience: set.sync.audience,
        from: 'v1',
        to: 'v2',
        escrowKey: next.manifest.body.escrowKey,
      },
      manifest: packaged.others[0],
    });
    expect(() => moveTarget({ ...body, movesTo: 'v3' }, packaged)).toThrow(
      refused('document-damaged'),
    );
    expect(() => moveTarget({ ...body, keyVersion: 'v3' }, packaged)).toThrow(
      refused('document-damaged'),
    );
    const [other] = packaged.others;
    if (other === undefined) throw new Error('no other');
    const { escrowKey: _, ...old } = other.body;
    const without = { ...packaged, others: [{ ...other, body: old }] };
    expect(() => moveTarget(body, without)).toThrow(refused('document-damaged'));
  });

  test.each([
    ['the version twice', { movesTo: 'v1' }],
    ['no file', { files: [] }],
    ['one file twice', { files: ['ab'.repeat(32), 'ab'.repeat(32)] }],
    ['an empty file', { stored: { checktick: 1, sealed: 0 } }],
    ['more than its files can hold', { stored: { checktick: 1_000, sealed: 1 } }],
    ['no other version', { others: [] }],
  ])('is never made with %s', async (_, change) => {
    await expect(makeMovePackage(set, next, BATCHES, { change })).rejects.toThrow();
  });
});

describe('a bundle of survey keys that moved', () => {
  test('is signed by k shares of the version that is emptied and an operator, and holds no secret', async () => {
    const verify = async (signers: Signer[]) => {
      const { document } = await makeMoveBundle(set, next, source, RESULTS, { signers });
      const parsed = bundleType.parse(bundleType.toBytes(document), set.mode);
      await expect(openBundle(parsed.body, set.sync.recipient.privateKey)).rejects.toThrow(
        refused('sealed-not-openable'),
      );
      return verifyBundle(parsed, set.manifest.body, next.roster.body);
    };
    const operator = set.cast.operator.signer;
    expect((await verify([...set.quorum, operator])).shares).toHaveLength(3);
    await expect(verify([...set.quorum.slice(1), operator])).rejects.toThrow(
      refused('signature-missing'),
    );
    await expect(verify([...next.quorum, operator])).rejects.toThrow(refused('signature-unknown'));
    await expect(verify([...set.quorum])).rejects.toThrow(refused('signature-missing'));
    expect(leavesTrust('migrate-escrows')).toBe(true);
  });

  test('names the files that come back, which open with the one-time key alone', async () => {
    const { document, files } = await makeMoveBundle(set, next, source, RESULTS);
    const read = files.map((file, at) => parseMovedBatch(file, source.places[at] ?? failing()));
    expect(read.map(({ digest }) => digest)).toEqual(document.body.files);
    const { privateKey } = set.sync.recipient;
    const opened = await Promise.all(read.map((one) => openMovedBatch(one, privateKey)));
    expect(opened).toEqual(RESULTS);
    expect(document.body.counts).toEqual({
      moved: 2,
      notCompared: 1,
      stays: { 'not-opened': 1, 'not-the-surveys': 0, 'sealed-without-hash': 0 },
    });
  });

  test('answers its package file by file and key by key', async () => {
    const { body } = (await makeMoveBundle(set, next, source, RESULTS)).document;
    const asked = source.document.body;
    expect(answersMove(asked, body)).toBe(true);
    for (const change of [
      { keyVersion: 'v0' },
      { movesTo: 'v3' },
      { files: body.files.slice(1) },
      { counts: { ...body.counts, moved: 3 } },
      { counts: { ...body.counts, stays: { ...body.counts.stays, 'not-the-surveys': 1 } } },
    ]) {
      expect(answersMove(asked, { ...body, ...change })).toBe(false);
    }
  });

  test.each([
    ['the version twice', { movesTo: 'v1' }],
    [
      'more compared with nothing than moved',
      { counts: { moved: 1, notCompared: 2, stays: none() } },
    ],
    ['one file twice', { files: ['ab'.repeat(32), 'ab'.repeat(32)] }],
  ])('is never made with %s', async (_, change) => {
    await expect(makeMoveBundle(set, next, source, RESULTS, { change })).rejects.toThrow();
  });

  test('an auditor reads what moves, what stays and why', async () => {
    const { document } = await makeMoveBundle(set, next, source, RESULTS);
    // The roster in force is signed by the set of the other version.
    const anchor = { manifest: set.manifest, roster: next.roster };
    const read = verifyBundleFile(bundleType.toBytes(document), set.mode, anchor);
    expect(read.standing).toBe('authenticated');
    const facts = read.facts.join('\n');
    expect(facts).toContain('It moves 2 survey keys from key version v1');
    expect(facts).toContain('1 of them were compared with nothing');
    expect(facts).toContain('Under v1 stay 1 survey key: what is stored does not open.');
    expect(read.facts).toContain('It carries no secret.');
    expect(read.signers.filter(({ kind }) => kind === 'person')).toHaveLength(1);
  });
});

test(
  'a changed byte of ticket, package, bundle or receipt is refused',
  { timeout: 180_000 },
  async () => {
    const small = await makeShareSet({ threshold: 2, count: 2 });
    const after = await makeNextVersion(small);
    const made = await makeMovePackage(small, after, BATCHES);
    const bundle = await makeMoveBundle(small, after, made, RESULTS);
    const { ticket, document } = made;
    await expectNoByteChanges(small, after, { ticket: ticket.document, package: document, bundle });
  },
);

function none() {
  return { 'not-opened': 0, 'not-the-surveys': 0, 'sealed-without-hash': 0 };
}

function failing(): never {
  throw new Error('there is no such file');
}
