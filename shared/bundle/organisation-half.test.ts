/** The half for organisations on the wire, and the organisation that moves with it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { makeMoveBundle, makeMovePackage } from '../../test/support/move-documents.ts';
import {
  makeHalf,
  makeMovingBundle,
  makeMovingPackage,
  OWN_WORDS,
} from '../../test/support/organisation-moves.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { makeNextVersion } from '../../test/support/version-documents.ts';
import { openOrganisationKek, organisationKey } from '../checktick/index.ts';
import { organisationHalf, organisationKeyFromHalf } from '../checktick/organisation-half.ts';
import { bytesToHex } from '../encoding/bytes.ts';
import { encodeEnvelope, signEnvelope } from '../encoding/dsse.ts';
import { encodeJson } from '../encoding/json.ts';
import { escrowPrivateKey } from '../sharing/escrow-key.ts';
import { verifyBundleFile } from '../transcript/verify-files.ts';
import { bundleType, verifyBundle } from './bundle.ts';
import { answersMove } from './move.ts';
import { openOrganisationBundle } from './organisation-bundle.ts';
import { openHalf, type HandedOver, type HalfPlace } from './organisation-half.ts';
import { openOrganisationPackage } from './organisation-package.ts';
import { answersOrganisation } from './organisation.ts';
import { packageType, parsePackage } from './package.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
let set: TestShareSet;
let next: TestShareSet;
beforeAll(async () => {
  set = await makeShareSet();
  next = await makeNextVersion(set);
});

const placeOf = ({ from, ceremonyId, nonce }: HandedOver): HalfPlace => ({
  mode: set.mode,
  audience: set.sync.audience,
  from,
  to: 'v2',
  ceremonyId,
  nonce,
});
const nextKey = () => escrowPrivateKey(next.platformKey, { mode: next.mode, keyVersion: 'v2' });

describe('the half', () => {
  test('opens with the platform key of the version that it goes to, and with no other', async () => {
    const half = await makeHalf(set, next);
    const opened = await openHalf(placeOf(half), nextKey(), half.sealed);
    expect(opened).toEqual(organisationHalf(set.platformKey));
    const words = new TextEncoder().encode(OWN_WORDS);
    expect(await organisationKeyFromHalf(opened, 4, words)).toEqual(
      await organisationKey(set.platformKey, 4, words),
    );
    const own = escrowPrivateKey(set.platformKey, { mode: set.mode, keyVersion: 'v1' });
    await expect(openHalf(placeOf(half), own, half.sealed)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test.each([
    ['mode', { mode: 'rehearsal' as const }],
    ['sync', { audience: 'ab'.repeat(16) }],
    ['version of before', { from: 'v0' }],
    ['version', { to: 'v3' }],
    ['ceremony', { ceremonyId: 'ab'.repeat(16) }],
    ['package', { nonce: 'ab'.repeat(16) }],
  ])('opens for no other %s', async (_, change) => {
    const half = await makeHalf(set, next);
    await expect(openHalf({ ...placeOf(half), ...change }, nextKey(), half.sealed)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });
});

describe('a bundle of survey keys that move', () => {
  test('brings it where the package asks for it, and not where it does not', async () => {
    const asks = await makeMovePackage(set, next, [], { change: { handsOver: true } });
    const { sealed } = await makeHalf(set, next);
    const brings = { change: { organisationHalf: sealed } };
    const { document } = await makeMoveBundle(set, next, asks, [], brings);
    const { body } = asks.document;
    expect(parsePackage(packageType.toBytes(asks.document), set.mode, set.sync).body).toEqual(body);
    expect(answersMove(body, document.body)).toBe(true);
    const { organisationHalf: _, ...without } = document.body;
    expect(answersMove(body, without)).toBe(false);
    const { handsOver: __, ...silent } = body;
    expect(answersMove(silent, document.body)).toBe(false);
    const anchor = { manifest: set.manifest, roster: next.roster };
    const read = verifyBundleFile(bundleType.toBytes(document), set.mode, anchor);
    expect(read.standing).toBe('authenticated');
    expect(read.facts.join('\n')).toContain('It hands the half for organisations of v1 over to v2');
  });

  test('is none where it does nothing at all', async () => {
    await expect(makeMovePackage(set, next, [])).rejects.toThrow();
    const asks = await makeMovePackage(set, next, [], { change: { handsOver: true } });
    await expect(makeMoveBundle(set, next, asks, [])).rejects.toThrow();
  });
});

describe('an organisation that moves', () => {
  test('brings its own entries and the half, to the ticket’s key', async () => {
    const { document, ticket, secrets } = await makeMovingPackage(set, next);
    const parsed = parsePackage(packageType.toBytes(document), set.mode, set.sync);
    expect(parsed.body).toEqual(document.body);
    const opened = await openOrganisationPackage(document.body, ticket.keys.privateKey);
    expect(opened).toEqual(secrets);
    const { moves } = document.body;
    if (moves === undefined) throw new Error('it moves');
    const changed = { ...document.body, moves: { ...moves, from: 'v0' } };
    await expect(openOrganisationPackage(changed, ticket.keys.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test('is never mixed with users’ escrows, nor its own version', async () => {
    const { body } = (await makeMovingPackage(set, next)).document;
    const { moves, surveys } = body;
    const [first, ...others] = surveys;
    if (moves === undefined || first === undefined) throw new Error('it moves');
    const byUser = { ...first, userId: 7, escrow: { ...first.escrow, kind: 'checktick' as const } };
    const { moves: _, ...still } = body;
    for (const wrong of [
      still,
      { ...body, surveys: [byUser, ...others] },
      { ...body, surveys: [{ ...first, userId: 7 }, ...others] },
      { ...body, surveys: [{ ...first, entry: null }, ...others] },
      { ...body, continues: { surveyId: 51, teamId: 9 } },
      { ...body, moves: { ...moves, from: body.facts.keyVersion } },
    ]) {
      const type = 'application/vnd.conclave.package.v1.production+json';
      const bytes = encodeEnvelope(await signEnvelope(type, encodeJson(wrong), [set.sync.signer]));
      expect(() => parsePackage(bytes, 'production', set.sync)).toThrow(
        refused('document-damaged'),
      );
    }
  });

  test('comes back wrapped with the other platform key and the same passphrase', async () => {
    const source = await makeMovingPackage(set, next);
    const { document } = await makeMovingBundle(set, next, source);
    expect(answersOrganisation(source.document.body, document.body)).toBe(true);
    expect(verifyBundle(document, next.manifest.body, next.roster.body).shares).toHaveLength(3);
    const entries = await openOrganisationBundle(document.body, next.sync.recipient.privateKey);
    const words = new TextEncoder().encode(OWN_WORDS);
    for (const [at, { surveyId, teamId }] of document.body.moved.entries()) {
      const way = { organisationId: 4, teamId, surveyId };
      const text = bytesToHex(entries[at] ?? new Uint8Array());
      expect(await openOrganisationKek(next.platformKey, way, words, text)).toEqual(
        source.keks[at],
      );
      await expect(openOrganisationKek(set.platformKey, way, words, text)).rejects.toThrow(
        refused('not-opened'),
      );
    }
    const anchor = { manifest: next.manifest, roster: next.roster };
    const read = verifyBundleFile(bundleType.toBytes(document), 'production', anchor);
    const facts = read.facts.join('\n');
    expect(facts).toContain('under the passphrase in use, which owner 1 typed');
    expect(facts).toContain('The organisation moves from key version v1');
    expect(facts).toContain('The key of survey 52 came from its own entry of before');
  });

  test('says whence where it moves, and only there', async () => {
    const source = await makeMovingPackage(set, next);
    const { body } = (await makeMovingBundle(set, next, source)).document;
    const asked = source.document.body;
    const { moves: _, ...forgot } = asked;
    expect(answersOrganisation(forgot, body)).toBe(false);
    expect(answersOrganisation(asked, { ...body, movedFrom: 'v0' })).toBe(false);
    for (const change of [
      { movedFrom: 'v2' },
      { movedFrom: undefined },
      { passphrase: 'new' as const },
      { moved: body.moved.map((one) => ({ ...one, userId: 7 })) },
    ]) {
      const wrong = Object.fromEntries(
        Object.entries({ ...body, ...change }).filter(([, value]) => value !== undefined),
      );
      const type = 'application/vnd.conclave.bundle.v1.production+json';
      const bytes = encodeEnvelope(
        await signEnvelope(type, encodeJson(wrong), [...next.quorum, next.cast.operator.signer]),
      );
      expect(() => bundleType.parse(bytes, 'production')).toThrow(refused('document-damaged'));
    }
  });
});

test('a single-byte change of package or bundle is refused', { timeout: 180_000 }, async () => {
  const small = await makeShareSet({ threshold: 2, count: 2 });
  const after = await makeNextVersion(small);
  const source = await makeMovingPackage(small, after);
  const asPackage = (changed: Uint8Array) => parsePackage(changed, 'production', small.sync);
  const file = packageType.toBytes(source.document);
  expect(notRefused(file, asPackage, { sample: 1, step: 8 })).toEqual([]);
  const accept = (changed: Uint8Array) =>
    verifyBundle(bundleType.parse(changed, 'production'), after.manifest.body, after.roster.body);
  const { document } = await makeMovingBundle(small, after, source);
  expect(notRefused(bundleType.toBytes(document), accept, { sample: 1, step: 8 })).toEqual([]);
  const asks = await makeMovePackage(small, after, [], { change: { handsOver: true } });
  const { sealed } = await makeHalf(small, after);
  const half = await makeMoveBundle(small, after, asks, [], {
    change: { organisationHalf: sealed },
  });
  const acceptHalf = (changed: Uint8Array) =>
    verifyBundle(bundleType.parse(changed, 'production'), small.manifest.body, after.roster.body);
  const bytes = bundleType.toBytes(half.document);
  expect(notRefused(bytes, acceptHalf, { sample: 1, step: 8 })).toEqual([]);
});
