/**
 * The people and the sync of a test: identities, signers, and bytes from a seed.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, u32, utf8ToBytes } from '../../shared/encoding/bytes.ts';
import { ed25519Signer, type Signer } from '../../shared/encoding/dsse.ts';
import { createIdentity, identitySigner, type Identity } from '../../shared/identity/identity.ts';
import type { IdentityCredential } from '../../shared/identity/key-identity.ts';
import type { Role } from '../../shared/identity/roster.ts';
import { generateRecipient, type RecipientPair } from '../../shared/sealing/hpke.ts';
import { descriptorType, type DescriptorDocument } from '../../shared/bundle/descriptor.ts';
import type { Mode } from '../../shared/mode.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';

/** The same bytes for the same seed, for ever: golden files, never a key that guards anything. */
export function seededRandom(seed: string): RandomSource {
  let block = 0;
  let rest = new Uint8Array();
  return (length) => {
    while (rest.length < length) {
      rest = concatBytes(rest, sha256(concatBytes(utf8ToBytes(seed), u32(block++))));
    }
    const taken = rest.slice(0, length);
    rest = rest.slice(length);
    return taken;
  };
}

/** 16 random bytes in hex. */
export function randomId(random: RandomSource = randomBytes): string {
  return bytesToHex(random(16));
}

/** 2026-05-03, 09:30:00 UTC and `seconds` later. */
export function at(seconds = 0): string {
  return `${new Date(Date.UTC(2026, 4, 3, 9, 30, seconds)).toISOString().slice(0, 19)}Z`;
}

export interface TestPerson {
  readonly name: string;
  readonly roles: Role[];
  readonly identity: Identity;
  readonly signer: Signer;
  /** Where sync tells of changes of trust. */
  readonly mail?: string;
  /** A YubiKey makes the identity. */
  readonly credential?: IdentityCredential;
}

/** `custodian 1` to `custodian n`, `operator`, `witness`. */
export interface Cast {
  readonly mode: Mode;
  readonly custodians: readonly TestPerson[];
  readonly operator: TestPerson;
  readonly witness: TestPerson;
  readonly all: readonly TestPerson[];
}

export function makePerson(
  mode: Mode,
  name: string,
  roles: Role[],
  random: RandomSource = randomBytes,
): TestPerson {
  const identity = createIdentity(mode, name, random);
  return { name, roles, identity, signer: identitySigner(identity) };
}

export function makeCast(mode: Mode, custodians = 4, random: RandomSource = randomBytes): Cast {
  const holders = Array.from({ length: custodians }, (_, index) =>
    makePerson(mode, `custodian ${index + 1}`, ['custodian'], random),
  );
  const operator = makePerson(mode, 'operator', ['operator'], random);
  const witness = makePerson(mode, 'witness', ['witness'], random);
  return { mode, custodians: holders, operator, witness, all: [...holders, operator, witness] };
}

/** The same people with addresses, where `mailOf` gives one for the name. */
export function withMail(cast: Cast, mailOf: (name: string) => string | undefined): Cast {
  const reached = (person: TestPerson): TestPerson => {
    const mail = mailOf(person.name);
    return mail === undefined ? person : { ...person, mail };
  };
  const custodians = cast.custodians.map(reached);
  const operator = reached(cast.operator);
  const witness = reached(cast.witness);
  return { ...cast, custodians, operator, witness, all: [...custodians, operator, witness] };
}

/** A sync as a laptop sees it, with the private halves that only a test has. */
export interface TestSync {
  readonly mode: Mode;
  readonly audience: string;
  readonly publicKey: string;
  readonly signer: Signer;
  readonly descriptor: DescriptorDocument;
  /** The one-time key of its packages. */
  readonly recipient: RecipientPair;
}

export async function makeSync(mode: Mode, random: RandomSource = randomBytes): Promise<TestSync> {
  const signer = ed25519Signer(random(32));
  const audience = randomId(random);
  const descriptor = await descriptorType.sign(
    {
      mode,
      audience,
      name: `CheckTick ${mode}`,
      publicKey: signer.keyid,
      createdAt: at(),
      previous: null,
    },
    [signer],
  );
  const recipient = await generateRecipient();
  return { mode, audience, publicKey: signer.keyid, signer, descriptor, recipient };
}
