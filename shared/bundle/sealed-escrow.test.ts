/** What package and bundle say of a sealed escrow, and that the one answers the other. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  makeBundle,
  makeRecoverPackage,
  makeSealedEscrow,
  saidOf,
} from '../../test/support/documents.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { fitsKeyHash } from '../checktick/index.ts';
import { encodeCbor } from '../encoding/cbor.ts';
import { hexToBytes } from '../encoding/bytes.ts';
import { bundleType, verifyBundle } from './bundle.ts';
import { sealTo } from '../sealing/hpke.ts';
import { packageType, parsePackage } from './package.ts';
import { openRecoverPackage, sealRecoverPackage, type SealedEscrow } from './recover-package.ts';
import { answersEscrow, openedEscrow, packagedEscrow } from './sealed-escrow.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
const EMAILS = { escrowed: null, account: 'account.seven@example.org', stated: null };
const KEK = new Uint8Array(32).fill(7);
const SALT = new Uint8Array(16).fill(9);
const OF = { kind: 'sealed', digest: 'a1'.repeat(32) } as const;

test('a bundle answers exactly what its package says of the escrow', () => {
  const withHash = { ...OF, keyHash: 'sealed' } as const;
  const without = { ...OF, keyHash: 'none' } as const;
  const fits = { ...OF, surveyKey: 'fits' } as const;
  const unknown = { ...OF, surveyKey: 'not-compared' } as const;
  const said = [undefined, withHash, without];
  const answered = said.map((one) =>
    [undefined, fits, unknown, { ...fits, digest: 'b2'.repeat(32) }].map((answer) =>
      answersEscrow(one, answer),
    ),
  );
  expect(answered).toEqual([
    [true, false, false, false],
    [false, true, false, false],
    [false, false, true, false],
  ]);
});

test('no other kind, and nothing else, is taken', () => {
  const good = { ...OF, keyHash: 'sealed' };
  expect(packagedEscrow.safeParse(good).success).toBe(true);
  for (const bad of [
    { ...good, kind: 'checktick' },
    { ...good, kind: 'sealed-v2' },
    { ...good, keyHash: 'fits' },
    { ...good, digest: 'a1' },
    { ...good, more: 1 },
  ]) {
    expect(packagedEscrow.safeParse(bad).success).toBe(false);
  }
  // A key that does not fit makes no bundle, so none can say so.
  expect(openedEscrow.safeParse({ ...OF, surveyKey: 'differs' }).success).toBe(false);
});

test('CheckTick’s hash of a survey key, by its own vector', async () => {
  const vectors = JSON.parse(
    readFileSync('test/vectors/checktick/survey_kek_db_blobs.json', 'utf8'),
  ) as { kek_hex: string; key_hash: { salt_hex: string; hash_hex: string } };
  const kek = hexToBytes(vectors.kek_hex);
  const { salt_hex: salt, hash_hex: hash } = vectors.key_hash;
  const kept = { salt: hexToBytes(salt), hash: hexToBytes(hash) };
  expect(await fitsKeyHash(kek, kept)).toBe(true);
  expect(await fitsKeyHash(KEK, kept)).toBe(false);
  expect(await fitsKeyHash(kek, { ...kept, salt: SALT })).toBe(false);
  await expect(fitsKeyHash(kek.subarray(1), kept)).rejects.toThrow(refused('key-length'));
});

describe('package and bundle', { timeout: 120_000 }, () => {
  let set: TestShareSet;
  let withHash: SealedEscrow;
  let without: SealedEscrow;
  beforeAll(async () => {
    set = await makeShareSet({ threshold: 2, count: 2 });
    withHash = await makeSealedEscrow(set, KEK, { salt: SALT });
    without = await makeSealedEscrow(set, KEK);
  });

  test('escrow and hash come back from the sealed part, and stand nowhere else', async () => {
    for (const sealedEscrow of [withHash, without]) {
      const { document, ticket } = await makeRecoverPackage(set, { emails: EMAILS, sealedEscrow });
      const bytes = packageType.toBytes(document);
      const { body } = parsePackage(bytes, 'production', set.sync);
      if (body.kind !== 'recover' || ticket === null) throw new Error('a recovery package');
      expect(body.escrow).toEqual(saidOf(sealedEscrow));
      const opened = await openRecoverPackage(body, ticket.keys.privateKey);
      expect(opened.sealedEscrow).toEqual(sealedEscrow);
      expect(opened.encryptedKek).toBeUndefined();
      expect(opened.emails).toEqual(EMAILS);
      expect(opened.vaultComponent).toEqual(set.vaultComponent);
    }
  });

  test('a sealed part that holds another kind, escrow or hash than the package says is refused', async () => {
    const { document, ticket } = await makeRecoverPackage(set, {
      emails: EMAILS,
      sealedEscrow: withHash,
    });
    const { sealed: _, escrow: __, ...open } = document.body;
    const { keys } = ticket ?? { keys: set.sync.recipient };
    const { vaultComponent } = set;
    const other = await makeSealedEscrow(set, new Uint8Array(32), { salt: SALT });
    for (const [said, stored] of [
      [undefined, { sealedEscrow: withHash }],
      [saidOf(withHash), { encryptedKek: 'ab'.repeat(60) }],
      [saidOf(other), { sealedEscrow: withHash }],
      [saidOf(without), { sealedEscrow: withHash }],
      [saidOf(withHash), { sealedEscrow: without }],
    ] as const) {
      const body = { ...open, ...(said === undefined ? {} : { escrow: said }) };
      const secrets = { vaultComponent, emails: EMAILS, ...stored };
      const lie = await sealRecoverPackage(body, keys.publicKey, secrets);
      await expect(openRecoverPackage(lie, keys.privateKey)).rejects.toThrow(
        refused('sealed-not-openable'),
      );
    }
    const changed = { ...document.body, escrow: saidOf(without) };
    await expect(openRecoverPackage(changed, keys.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test('another form of the sealed part is refused', async () => {
    const { document, ticket } = await makeRecoverPackage(set, {
      emails: EMAILS,
      sealedEscrow: withHash,
    });
    const { sealed: _, ...open } = document.body;
    const { keys } = ticket ?? { keys: set.sync.recipient };
    const { mode, audience, ticketId: ceremony, nonce } = open;
    const context = { type: 'package', version: 1, mode, audience, ceremony, nonce } as const;
    const { vaultComponent } = set;
    const { bytes } = withHash;
    const hash = new Uint8Array(32);
    for (const form of [
      [3, vaultComponent, bytes, [SALT, hash], null, 'a@b'],
      [3, vaultComponent, bytes, [SALT, hash.subarray(1)], null, 'a@b', null],
      [3, vaultComponent, bytes, [SALT], null, 'a@b', null],
      [3, vaultComponent, new Uint8Array(1_281), [SALT, hash], null, 'a@b', null],
      [3, vaultComponent, 'ab'.repeat(60), [SALT, hash], null, 'a@b', null],
      [4, vaultComponent, bytes, [SALT, hash], null, 'a@b', null],
    ]) {
      const sealed = await sealTo(keys.publicKey, context, open, encodeCbor(form));
      await expect(openRecoverPackage({ ...open, sealed }, keys.privateKey)).rejects.toThrow(
        refused('sealed-not-openable'),
      );
    }
  });

  test('every changed byte of its bundle is refused', async () => {
    const { document } = await makeBundle(set, {
      kind: 'recover',
      escrow: { ...OF, surveyKey: 'fits' },
    });
    const accept = (changed: Uint8Array) =>
      verifyBundle(bundleType.parse(changed, 'production'), set.manifest.body, set.roster.body);
    expect(notRefused(bundleType.toBytes(document), accept, { sample: 1 })).toEqual([]);
  });
});
