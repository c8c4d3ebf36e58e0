/**
 * Attestation certificates by a maker that does not exist: DER, byte by byte, as a YubiKey's.
 * @module
 */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface Issued extends KeyPair {
  /** DER. */
  readonly certificate: Uint8Array;
}

function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  if (length < 0x100) return Buffer.concat([Buffer.from([tag, 0x81, length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => element(0x30, ...parts);
const objectId = (hex: string): Buffer => element(0x06, Buffer.from(hex, 'hex'));
const octets = (content: Uint8Array): Buffer => element(0x04, content);
const time = (text: string): Buffer => element(0x18, Buffer.from(text));

const ECDSA_SHA256 = sequence(objectId('2a8648ce3d040302'));
const AAGUID = '2b0601040182e51c010104';
const BASIC_CONSTRAINTS = '551d13';
const ATTRIBUTES = { C: '550406', O: '55040a', OU: '55040b', CN: '550403' } as const;
type Name = Readonly<Partial<Record<keyof typeof ATTRIBUTES, string>>>;

function encodedName(name: Name): Buffer {
  const parts = Object.entries(name).map(([kind, value]) => {
    const text = element(kind === 'C' ? 0x13 : 0x0c, Buffer.from(value));
    return element(0x31, sequence(objectId(ATTRIBUTES[kind as keyof Name]), text));
  });
  return sequence(...parts);
}

function issue(
  subject: Name,
  issuer: Name,
  signer: KeyObject | null,
  extensions: readonly Uint8Array[],
): Issued {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const serial = createHash('sha256').update(spki).digest().subarray(0, 8);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  const body = sequence(
    element(0xa0, element(0x02, Buffer.from([2]))),
    element(0x02, serial),
    ECDSA_SHA256,
    encodedName(issuer),
    sequence(time('20140801000000Z'), time('20500904000000Z')),
    encodedName(subject),
    spki,
    element(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, signer ?? privateKey);
  const bits = element(0x03, Buffer.from([0]), signature);
  const certificate = new Uint8Array(sequence(body, ECDSA_SHA256, bits));
  return { privateKey, publicKey, certificate };
}

function basicConstraints(isCa: boolean): Buffer {
  const content = isCa ? sequence(element(0x01, Buffer.from([0xff]))) : sequence();
  return sequence(objectId(BASIC_CONSTRAINTS), element(0x01, Buffer.from([0xff])), octets(content));
}

/** A maker of keys. */
export class Maker {
  readonly #name: Name;
  readonly #root: Issued;

  /** @param under who vouches for this maker; without him it is its own root */
  constructor(commonName = 'Software key maker', under?: Maker) {
    this.#name = { CN: commonName };
    const signer = under === undefined ? null : under.#root.privateKey;
    const issuer = under === undefined ? this.#name : under.#name;
    this.#root = issue(this.#name, issuer, signer, [basicConstraints(true)]);
  }

  /** Its own certificate, DER. */
  get root(): Uint8Array {
    return this.#root.certificate;
  }

  /** For one batch of a model; `unit` is false for a certificate that is for something else. */
  attests(aaguid: Uint8Array, unit = true): Issued {
    const subject: Name = {
      C: 'SE',
      O: 'Tests of Conclave',
      OU: unit ? 'Authenticator Attestation' : 'Something else',
      CN: 'Software key EE',
    };
    const model = sequence(objectId(AAGUID), octets(octets(aaguid)));
    const extensions = [model, basicConstraints(false)];
    return issue(subject, this.#name, this.#root.privateKey, extensions);
  }
}
