/**
 * An identity on a YubiKey: the derivation against an implementation of its own (Python's hashlib
 * and hmac, Ed25519 of `cryptography`), and what the roster says of its credential.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mode as anyMode, name as anyName } from '../../test/support/arbitraries.ts';
import { makeRoster, makeShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { bytesToHex, hexToBytes } from '../encoding/bytes.ts';
import { ed25519Signer } from '../encoding/dsse.ts';
import {
  credentialBytes,
  credentialSchema,
  describeCredential,
  identityAttested,
  identitySalt,
  identitySeed,
  type IdentityCredential,
} from './key-identity.ts';
import { assertFollows } from './roster-change.ts';
import { keyIdentities, parseRoster, rosterType } from './roster.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
const secret = Uint8Array.from({ length: 32 }, (_, at) => at);
const CEREMONY = 'ce'.repeat(16);
const CREDENTIAL: IdentityCredential = {
  id: 'c1'.repeat(64),
  publicKey: `02${'ab'.repeat(32)}`,
  serial: 12_345_678,
};

describe('the derivation', () => {
  test.each([
    {
      mode: 'production' as const,
      name: 'custodian 1',
      salt: 'ae30506b2771f9647cb1a4a0b77b8215d5bec63132804151957257b7279035b2',
      seed: 'be8f656e1c7bad9f8d0a3d77edef02a59a9c9f44ff6c6ead3f905ad18c8429a2',
      publicKey: 'b873532a158273eb965c4f4f3486a863212001c6349b84d4af38dca98857918a',
      attested: '6db98f4f1817b982e11fffc03e32185e6e5266207476615894e1d41e11be0682',
    },
    {
      mode: 'rehearsal' as const,
      name: 'Custodian 1',
      salt: '0b7c3b367a4d16b197f45994f17d3412b470dbd6f829096c8a01347746d5127b',
      seed: '9e78b2e50bb5d0a49d0f3cfb799100a02691eb54566d3a4eb911e52305f33c3b',
      publicKey: '5f6a8f8b24a65707be919a503371a3894125741619751035833f27f57ec7e32a',
      attested: 'ffbfa813cfaddae820fd4ed4b2a9b9d733a66aa57345375edd52d964590a505b',
    },
  ])('has the documented bytes in a $mode', ({ mode, name, ...wanted }) => {
    const seed = identitySeed(mode, name, secret);
    expect({
      salt: bytesToHex(identitySalt(mode, name)),
      seed: bytesToHex(seed),
      publicKey: ed25519Signer(seed).keyid,
      attested: bytesToHex(identityAttested(mode, CEREMONY, name)),
    }).toEqual(wanted);
  });

  test('is the same for one person, however the name is written, and another for everybody else', () => {
    fc.assert(
      fc.property(anyMode, anyName, anyName, (mode, one, two) => {
        const seed = bytesToHex(identitySeed(mode, one, secret));
        expect(bytesToHex(identitySeed(mode, one.toLowerCase(), secret))).toBe(seed);
        const isSame = one.normalize('NFC').toLowerCase() === two.normalize('NFC').toLowerCase();
        expect(bytesToHex(identitySeed(mode, two, secret)) === seed).toBe(isSame);
      }),
    );
    const composed = identitySeed('production', 'J\u00FCrgen', secret);
    expect(identitySeed('production', 'Ju\u0308rgen', secret)).toEqual(composed);
  });

  test('one bit of the answer, the mode and the use change all of it', () => {
    const seen = new Set<string>();
    for (const mode of ['production', 'rehearsal'] as const) {
      seen.add(bytesToHex(identitySalt(mode, 'witness')));
      seen.add(bytesToHex(identityAttested(mode, CEREMONY, 'witness')));
      for (let bit = 0; bit < 256; bit += 1) {
        const other = secret.slice();
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        seen.add(bytesToHex(identitySeed(mode, 'witness', other)));
      }
      seen.add(bytesToHex(identitySeed(mode, 'witness', secret)));
    }
    expect(seen.size).toBe(2 * (2 + 256 + 1));
  });

  test.each([0, 16, 31, 33, 64])('an answer of %i bytes is none', (length) => {
    expect(() => identitySeed('production', 'witness', new Uint8Array(length))).toThrow(RangeError);
  });
});

describe('a credential', () => {
  test('comes back as the driver gave it', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 128 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.constantFrom(2, 3),
        fc.option(fc.integer({ min: 1, max: 0xffffffff })),
        (id, x, sign, serial) => {
          const compressed = Uint8Array.of(sign, ...x);
          const described = describeCredential(id, compressed, serial);
          expect(credentialBytes(described)).toEqual({ id, compressed });
          expect(described.serial).toBe(serial);
        },
      ),
    );
  });

  test.each([
    ['an id of 15 bytes', { id: 'c1'.repeat(15) }],
    ['an id of 129 bytes', { id: 'c1'.repeat(129) }],
    ['half a byte', { id: `${'c1'.repeat(20)}c` }],
    ['capitals', { id: 'C1'.repeat(20) }],
    ['an uncompressed point', { publicKey: `04${'ab'.repeat(64)}` }],
    ['a number of no key', { serial: 0 }],
    ['a field more', { salt: '00' }],
  ])('%s is refused', (_, change) => {
    expect(credentialSchema.safeParse({ ...CREDENTIAL, ...change }).success).toBe(false);
  });
});

describe('a roster with identities on keys', () => {
  async function withCredentials(...credentials: readonly IdentityCredential[]) {
    const set = await makeShareSet();
    const people = set.roster.body.people.map((person, at) => {
      const credential = credentials[at];
      return credential === undefined ? person : { ...person, credential };
    });
    return { set, people };
  }

  test('says whose, and comes back; a change of any byte is refused', async () => {
    const { set, people } = await withCredentials(CREDENTIAL);
    const { digest, body } = await makeRoster(set, {
      people,
      serial: 2,
      previous: set.roster.digest,
    });
    const document = await rosterType.sign(body, set.quorum);
    const bytes = rosterType.toBytes(document);
    const parse = (wire: Uint8Array) => parseRoster(wire, 'production', set.manifest.body);
    expect(parse(bytes).digest).toBe(digest);
    const [one] = people;
    expect(keyIdentities(parse(bytes).body)).toEqual([
      { name: one?.name, publicKey: one?.publicKey, credential: CREDENTIAL },
    ]);
    expect(keyIdentities(set.roster.body)).toEqual([]);
    expect(notRefused(bytes, parse, { sample: 1 })).toEqual([]);
  }, 180_000);

  test('two people with one credential are refused: they would be in one hand', async () => {
    const { set, people } = await withCredentials(CREDENTIAL, CREDENTIAL);
    await expect(makeRoster(set, { people })).rejects.toThrow();
  });

  test('who keeps the identity keeps the credential: without it the key makes nothing', async () => {
    const { set, people } = await withCredentials(CREDENTIAL);
    const present = await makeRoster(set, { people });
    const next = (change: (typeof people)[number][]) => ({
      ...present.body,
      serial: 2,
      previous: present.digest,
      people: change,
    });
    const [one, ...others] = people;
    if (one === undefined) throw new Error('nobody');
    const { credential: _, ...without } = one;
    const follows = (change: (typeof people)[number]) =>
      assertFollows(next([change, ...others]), present, set.manifest.body);
    expect(() => follows(one)).not.toThrow();
    const other = { ...CREDENTIAL, id: 'c2'.repeat(64) };
    for (const changed of [without, { ...one, credential: other }]) {
      expect(() => follows(changed)).toThrow(refused('roster-credential-lost'));
    }
    // A new identity has another key, and its own credential or none.
    const replaced = { ...without, publicKey: bytesToHex(hexToBytes('77'.repeat(32))) };
    expect(() => follows(replaced)).not.toThrow();
    expect(() => follows({ ...replaced, credential: other })).not.toThrow();
  });
});
