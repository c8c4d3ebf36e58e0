/**
 * Attestation: the proof, by the maker of a key, of which model made a credential. It is public
 * and is kept in the transcript, so that it can be checked again years later.
 * @module
 */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import { readAuthenticatorData } from './authenticator-data.ts';
import { asBytes, asList, asMap, decodeCtap } from './cbor.ts';
import { extensionOf, octets, publicKeyInfoOf } from './der.ts';
import { isSignedBy, publicKeyOf } from './p256.ts';
import { nonsense, refuseFido } from './refusals.ts';

/** What a key said when it made a credential, as it came. */
export interface Attestation {
  /** `packed` with YubiKeys; `none` proves nothing. */
  readonly format: string;
  /** CBOR map. */
  readonly statement: Uint8Array;
  readonly authenticatorData: Uint8Array;
  /** 32 bytes, what was asked to be signed. */
  readonly clientDataHash: Uint8Array;
}

/** What an attestation proves. */
export type AttestationProof =
  /** A certificate of the maker, whose chain ends in one of the roots that were given. */
  | { readonly kind: 'hardware'; readonly aaguid: Uint8Array; readonly root: string }
  /** Certificate and signature fit, but no given root vouches for them: hardware not proved. */
  | { readonly kind: 'unknown-root'; readonly aaguid: Uint8Array; readonly issuer: string }
  /** Signed by the credential itself, or not at all: hardware not proved. */
  | { readonly kind: 'none'; readonly aaguid: Uint8Array };

/** 1.3.6.1.4.1.45724.1.1.4, id-fido-gen-ce-aaguid. */
const AAGUID_EXTENSION = '2b0601040182e51c010104';
const LONGEST_CHAIN = 4;

/**
 * Everything that can be checked without the maker's root: signature, model, kind of certificate.
 * @throws Refusal fido-forged when it contradicts itself; fido-nonsense when it is malformed
 */
export function checkAttestation(attestation: Attestation): readonly X509Certificate[] {
  const { format, authenticatorData, clientDataHash } = attestation;
  if (format !== 'packed') return [];
  const statement = asMap(decodeCtap(attestation.statement, 'the attestation'), 'the attestation');
  const data = readAuthenticatorData(authenticatorData);
  if (data.credential === null) throw nonsense('no credential in the attestation');
  if (statement.get('alg') !== -7) throw nonsense('an attestation that is not ES256');
  const signature = asBytes(statement.get('sig'), 'the signature');
  const chain = statement.has('x5c') ? certificates(statement.get('x5c')) : [];
  const [leaf] = chain;
  const signer = leaf === undefined ? publicKeyOf(data.credential.publicKey) : publicKeyIn(leaf);
  if (!isSignedBy(signer, authenticatorData, clientDataHash, signature)) {
    throw refuseFido('fido-forged', 'the attestation is not signed by its certificate');
  }
  if (leaf !== undefined) demandAttestationCertificate(leaf, data.credential.aaguid);
  return chain;
}

function certificates(item: Parameters<typeof asList>[0]): X509Certificate[] {
  const list = asList(item, 'the certificates');
  if (list.length === 0 || list.length > LONGEST_CHAIN) throw nonsense('an odd chain');
  return list.map((each) => {
    try {
      return new X509Certificate(Buffer.from(asBytes(each, 'a certificate')));
    } catch {
      throw nonsense('a certificate that is none');
    }
  });
}

/**
 * Null when it is none. `certificate.publicKey` is not asked: for a certificate with a damaged key
 * the Node of older Electrons ends the process instead of throwing.
 */
function publicKeyIn(certificate: X509Certificate): KeyObject | null {
  try {
    const key = Buffer.from(publicKeyInfoOf(new Uint8Array(certificate.raw)));
    return createPublicKey({ key, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

/** As Web Authentication, 8.2.1, wants it. */
function demandAttestationCertificate(leaf: X509Certificate, aaguid: Uint8Array): void {
  // Without any name it has no subject at all, whatever its type says.
  const names = (leaf.subject as string | undefined)?.split('\n') ?? [];
  if (leaf.ca || !names.includes('OU=Authenticator Attestation')) {
    throw refuseFido('fido-forged', 'its certificate is not one for attestation');
  }
  const model = modelOf(leaf);
  if (model !== null && !equalBytes(model, aaguid)) {
    throw refuseFido('fido-forged', 'its certificate is for another model');
  }
}

function modelOf(leaf: X509Certificate): Uint8Array | null {
  try {
    const value = extensionOf(new Uint8Array(leaf.raw), AAGUID_EXTENSION);
    return value === null ? null : octets(value);
  } catch {
    throw nonsense('a certificate that cannot be read');
  }
}

/**
 * Whether the attestation proves real hardware of one of these makers. `roots` are certificates
 * (DER or PEM); with none of them nothing is proved.
 * @param at when the chain has to be valid
 * @throws Refusal as {@link checkAttestation}
 */
export function verifyAttestation(
  attestation: Attestation,
  roots: readonly (Uint8Array | string)[],
  at: Date,
): AttestationProof {
  const chain = checkAttestation(attestation);
  const { credential } = readAuthenticatorData(attestation.authenticatorData);
  if (credential === null) throw nonsense('no credential in the attestation');
  const { aaguid } = credential;
  const [leaf] = chain;
  if (leaf === undefined) return { kind: 'none', aaguid };
  const trusted = roots.map(
    (root) => new X509Certificate(typeof root === 'string' ? root : Buffer.from(root)),
  );
  const root = rootOf(chain, trusted, at);
  if (root === null) return { kind: 'unknown-root', aaguid, issuer: leaf.issuer };
  return { kind: 'hardware', aaguid, root: root.fingerprint256 };
}

/** The trusted certificate that the chain leads to, link by link. */
function rootOf(
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  at: Date,
): X509Certificate | null {
  for (const [place, certificate] of chain.entries()) {
    if (!isValid(certificate, at)) return null;
    const root = roots.find((each) => isValid(each, at) && isIssuedBy(certificate, each));
    if (root !== undefined) return root;
    const next = chain[place + 1];
    if (next === undefined || !isIssuedBy(certificate, next)) return null;
  }
  return null;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const key = publicKeyIn(issuer);
  if (key === null || !issuer.ca || !certificate.checkIssued(issuer)) return false;
  try {
    return certificate.verify(key);
  } catch {
    return false;
  }
}

function isValid({ validFrom, validTo }: X509Certificate, at: Date): boolean {
  return new Date(validFrom) <= at && at <= new Date(validTo);
}
