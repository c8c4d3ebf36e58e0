/**
 * What a ceremony log says that YubiKeys attested, and whether each attestation stands for what its
 * entry says: this share of this custodian, or this person's identity, in this ceremony.
 *
 * Signatures and certificates are another matter: whoever verifies brings a {@link Judge} for them,
 * because RSA and X.509 need more than this library has.
 * @module
 */
import { base64 } from '@scure/base';
import { equalBytes } from '../encoding/bytes.ts';
import { identityAttested } from '../identity/key-identity.ts';
import { Refusal } from '../refusal.ts';
import { shareAttested } from '../identity/share-attested.ts';
import { fact, type Entry } from './entry.ts';
import type { EntryKind } from './kinds.ts';
import type { LogDocuments } from './log-documents.ts';
import { entries, type CeremonyLog } from './log.ts';
import type { AttestationLine, AttestationVerdict } from './verification.ts';

/** An attestation as the log keeps it. */
export interface KeptAttestation {
  /** `packed` with YubiKeys; `none` proves nothing. */
  readonly format: string;
  /** CBOR map. */
  readonly statement: Uint8Array;
  readonly authenticatorData: Uint8Array;
  /** 32 bytes, what was asked to be signed. */
  readonly clientDataHash: Uint8Array;
}

/** What the attestation itself proves. */
export interface Judged {
  readonly verdict: Exclude<AttestationVerdict, 'false'>;
  /** Why, a clause without a full stop. */
  readonly because: string;
  /** In hex. */
  readonly credentialId: string;
  /** P-256, compressed, in hex. */
  readonly publicKey: string;
}

/**
 * Judges signature, relying party, touch, PIN and chain.
 * @param at when the chain has to be valid
 * @throws Refusal where the attestation contradicts itself or is malformed
 */
export type Judge = (attestation: KeptAttestation, at: Date) => Judged;

/** An attestation is judged without them. */
const BESIDE = ['serial', 'model', 'firmware', 'role'];
const HIGHEST_GENERATION = 0xffff_ffff;

/** One line for each attestation, and for each FIDO2 key that attested nothing, in order. */
export function judgeAttestations(
  log: CeremonyLog,
  documents: LogDocuments,
  judge: Judge,
): AttestationLine[] {
  const all = entries(log);
  const firstUse = new Map<string, number>();
  return all.flatMap((entry): AttestationLine[] => {
    const line = lineOf(entry);
    if (line === null) return [];
    if (fact(entry, 'kind') === 'key-registered') {
      const because = 'it was registered, and no entry says what it attested';
      return isAttestedAfter(all, entry) ? [] : [{ ...line, verdict: 'none', because }];
    }
    if (isWithheld(entry)) {
      return [{ ...line, verdict: 'none', because: 'what it attested is withheld here' }];
    }
    try {
      const judged = judge(kept(entry), new Date(String(fact(entry, 'at'))));
      demandWhatItSays(log, all, documents, entry);
      demandCredential(documents, entry, judged);
      const before = firstUse.get(judged.credentialId);
      if (before !== undefined) throw new Contradiction(`it is the credential of entry ${before}`);
      firstUse.set(judged.credentialId, entry.n);
      return [{ ...line, verdict: judged.verdict, because: judged.because }];
    } catch (error) {
      return [{ ...line, verdict: 'false', because: whyFalse(error) }];
    }
  });
}

/** Why an attestation is false, a clause without a full stop. */
class Contradiction extends Error {}

function whyFalse(error: unknown): string {
  if (error instanceof Contradiction) return error.message;
  if (error instanceof Refusal) return error.sentences.happened.replace(/\.$/, '');
  throw error;
}

/** Null for entries that are not about an attestation. */
function lineOf(entry: Entry): Pick<AttestationLine, 'entry' | 'who'> | null {
  const say = (path: string) => String(fact(entry, path) ?? '(withheld)');
  const serial = entry.leaves.some(({ path }) => path === 'serial') ? ` ${say('serial')}` : '';
  switch (fact(entry, 'kind')) {
    case 'key-registered':
      if (fact(entry, 'medium') !== 'yubikey-fido2') return null;
      break;
    case 'key-attested':
      break;
    case 'identity-on-key': {
      const who = `YubiKey${serial}, identity of ${say('name')} (${say('role')})`;
      return { entry: entry.n, who };
    }
    default:
      return null;
  }
  return { entry: entry.n, who: `YubiKey${serial}, share ${say('index')} of ${say('custodian')}` };
}

/** What a key attested stands behind its registration, before the next key's. */
function isAttestedAfter(all: readonly Entry[], registered: Entry): boolean {
  for (const entry of all.slice(registered.n + 1)) {
    const kind = fact(entry, 'kind');
    if (kind === 'key-registered') return false;
    if (kind === 'key-attested' && fact(entry, 'index') === fact(registered, 'index')) return true;
  }
  return false;
}

function isWithheld(entry: Entry): boolean {
  return entry.leaves.some((leaf) => 'withheld' in leaf && !BESIDE.includes(leaf.path));
}

function kept(entry: Entry): KeptAttestation {
  return {
    format: text(entry, 'format'),
    statement: decoded(statementOf(entry)),
    authenticatorData: decoded(text(entry, 'authenticatorData')),
    clientDataHash: decoded(text(entry, 'clientDataHash')),
  };
}

function text(entry: Entry, path: string): string {
  const value = fact(entry, path);
  if (typeof value !== 'string') throw new Contradiction(`the entry holds no ${path}`);
  return value;
}

/** `statement.1`, `statement.2`, …, as many as there are. */
function statementOf(entry: Entry): string {
  const count = entry.leaves.filter(({ path }) => path.startsWith('statement.')).length;
  return Array.from({ length: count }, (_, at) => text(entry, `statement.${at + 1}`)).join('');
}

function decoded(encoded: string): Uint8Array {
  try {
    return base64.decode(encoded);
  } catch {
    throw new Contradiction('what it attested is not kept in base64');
  }
}

/** The client data hash names mode, ceremony and person; with a share, set and share as well. */
function demandWhatItSays(
  { header }: CeremonyLog,
  all: readonly Entry[],
  documents: LogDocuments,
  entry: Entry,
): void {
  const { mode, ceremonyId } = header;
  const signed = kept(entry).clientDataHash;
  if (fact(entry, 'kind') === 'identity-on-key') {
    if (!equalBytes(signed, identityAttested(mode, ceremonyId, text(entry, 'name')))) {
      throw new Contradiction('it attested something else than this person in this ceremony');
    }
    return;
  }
  const index = fact(entry, 'index');
  const set = setAt(all, documents, header.ceremonyId, entry.n);
  if (set === null || typeof index !== 'number' || index < 1 || index > 255) {
    throw new Contradiction('the log does not say for a share of which set it was made');
  }
  const share = { mode, ceremonyId, index, ...set };
  if (!equalBytes(signed, shareAttested(share, text(entry, 'custodian')))) {
    throw new Contradiction(
      'it attested something else than this share of this custodian in this ceremony',
    );
  }
}

interface ShareSet {
  readonly setId: string;
  readonly generation: number;
}

/** Behind them shares of another set, or of another generation, are written. */
const MAKES_SET = new Set<unknown>(['component-split', 'refresh-agreed'] satisfies EntryKind[]);

/** The set whose shares were being written at entry `n`: as split before it, or as signed after. */
function setAt(
  all: readonly Entry[],
  { manifests }: LogDocuments,
  ceremonyId: string,
  n: number,
): ShareSet | null {
  const split = all.filter((entry) => entry.n < n && MAKES_SET.has(fact(entry, 'kind'))).at(-1);
  const setId = split === undefined ? undefined : fact(split, 'setId');
  const generation = split === undefined ? undefined : fact(split, 'generation');
  const isWhole =
    typeof setId === 'string' &&
    /^[0-9a-f]{32}$/.test(setId) &&
    typeof generation === 'number' &&
    generation >= 1 &&
    generation <= HIGHEST_GENERATION;
  if (isWhole) return { setId, generation };
  const own = manifests.find(({ body }) => body.ceremonyId === ceremonyId)?.body;
  return own === undefined ? null : { setId: own.setId, generation: own.generation };
}

/** A roster that lists the identity must list the very credential. */
function demandCredential({ rosters }: LogDocuments, entry: Entry, judged: Judged): void {
  if (fact(entry, 'kind') !== 'identity-on-key') return;
  const identity = text(entry, 'publicKey');
  for (const { document } of rosters) {
    const person = document.body.people.find(({ publicKey }) => publicKey === identity);
    if (person === undefined) continue;
    const { credential } = person;
    if (credential?.id !== judged.credentialId || credential.publicKey !== judged.publicKey) {
      throw new Contradiction('the roster lists another credential for this identity');
    }
  }
}
