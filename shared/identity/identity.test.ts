import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mode as anyMode, name as anyName } from '../../test/support/arbitraries.ts';
import { makeRoster, makeShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { bytesToHex } from '../encoding/bytes.ts';
import { encodeCbor } from '../encoding/cbor.ts';
import { verifyEd25519 } from '../encoding/dsse.ts';
import { shareSigner } from '../sharing/share-key.ts';
import { createIdentity, decodeIdentity, encodeIdentity, identitySigner } from './identity.ts';
import { findPerson, parseRoster, personKeys, rosterType } from './roster.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;

describe('identity', () => {
  test('any identity comes back as it was', () => {
    fc.assert(
      fc.property(
        anyMode,
        anyName,
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (mode, name, seed) => {
          const identity = { mode, name, seed };
          expect(decodeIdentity(encodeIdentity(identity), mode)).toEqual(identity);
          const other = mode === 'production' ? 'rehearsal' : 'production';
          expect(() => decodeIdentity(encodeIdentity(identity), other)).toThrow(
            refused('identity-other-mode'),
          );
        },
      ),
    );
  });

  test('has the documented bytes', () => {
    const identity = { mode: 'rehearsal' as const, name: 'operator', seed: new Uint8Array(32) };
    expect(bytesToHex(encodeIdentity(identity))).toBe(
      `84011852686f70657261746f725820${'00'.repeat(32)}`,
    );
  });

  test('every change of its form is refused; a changed name or seed is age’s matter', () => {
    const identity = createIdentity('production', 'operator');
    const wire = encodeIdentity(identity);
    // Bytes 0..4 and the seed's head: structure. The age file around it authenticates the rest.
    const structure = [0, 1, 2, 3, 4, 13, 14];
    const wrong = notRefused(wire, (bytes) => {
      const { name, seed } = decodeIdentity(bytes, 'production');
      const isOther = name !== identity.name || bytesToHex(seed) !== bytesToHex(identity.seed);
      const at = bytes.findIndex((byte, index) => byte !== wire[index]);
      if (isOther && !structure.includes(at)) decodeIdentity(new Uint8Array(), 'production');
    });
    expect(wrong).toEqual([]);
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['a seed of 31 bytes', encodeCbor([1, 0x50, 'operator', new Uint8Array(31)])],
    ['a name with a line break', encodeCbor([1, 0x50, 'ope\nrator', new Uint8Array(32)])],
    ['a name of spaces', encodeCbor([1, 0x50, ' ', new Uint8Array(32)])],
    ['version 2', encodeCbor([2, 0x50, 'operator', new Uint8Array(32)])],
    ['another mode byte', encodeCbor([1, 0x51, 'operator', new Uint8Array(32)])],
    ['a field more', encodeCbor([1, 0x50, 'operator', new Uint8Array(32), 0])],
  ])('%s is refused', (_, bytes) => {
    expect(() => decodeIdentity(bytes, 'production')).toThrow(refused('identity-damaged'));
  });

  test('signs with its own key; two identities differ', async () => {
    const identity = createIdentity('production', 'witness');
    const signer = identitySigner(identity);
    const message = new Uint8Array([1, 2, 3]);
    expect(verifyEd25519(await signer.sign(message), message, signer.keyid)).toBe(true);
    expect(identitySigner(createIdentity('production', 'witness')).keyid).not.toBe(signer.keyid);
  });
});

describe('roster', () => {
  test('k share keys of the set make it; k-1, strangers and people do not', async () => {
    const set = await makeShareSet();
    const other = await makeShareSet();
    const { body } = set.roster;
    const parse = async (...signers: Parameters<typeof rosterType.sign>[1][number][]) =>
      parseRoster(
        rosterType.toBytes(await rosterType.sign(body, signers)),
        'production',
        set.manifest.body,
      );
    const keys = set.shares.map(shareSigner);
    expect((await parse(...keys)).body).toEqual(body);
    expect((await parse(...keys.slice(1))).body).toEqual(body);
    await expect(parse(...keys.slice(2))).rejects.toThrow(refused('signature-missing'));
    await expect(parse()).rejects.toThrow(refused('signature-missing'));
    await expect(parse(...keys, set.cast.operator.signer)).rejects.toThrow(
      refused('signature-unknown'),
    );
    await expect(parse(...other.quorum)).rejects.toThrow(refused('signature-unknown'));
    // The same key three times counts once.
    const [first, second] = set.quorum;
    if (first === undefined || second === undefined) throw new Error('no quorum');
    await expect(parse(first, first, second)).rejects.toThrow(refused('signature-missing'));
  });

  test('two people with one key, or with one name in another case, are refused', async () => {
    const set = await makeShareSet();
    const [one, two] = set.roster.body.people;
    if (one === undefined || two === undefined) throw new Error('no people');
    for (const people of [
      [one, { ...two, publicKey: one.publicKey }],
      [one, { ...two, name: one.name.toUpperCase() }],
      [],
    ]) {
      await expect(makeRoster(set, { people })).rejects.toThrow();
    }
  });

  test('people are found by key and role', async () => {
    const set = await makeShareSet();
    const { body } = set.roster;
    const { keyid } = set.cast.operator.signer;
    expect(findPerson(body, keyid)?.name).toBe('operator');
    expect(findPerson(body, keyid, 'operator')?.name).toBe('operator');
    expect(findPerson(body, keyid, 'witness')).toBeUndefined();
    expect(personKeys(body).size).toBe(6);
  });
});
