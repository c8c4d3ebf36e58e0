/**
 * What shares say when they are refreshed ([36](../../docs/decisions/0036-refresh.md)). For each share
 * that lives on, its old key and its new key sign the same statement. A manifest that a refresh made has
 * these statements in the place of its own share keys' signatures: so nobody sits down twice, and nobody
 * has to wait until the others' public keys are known.
 *
 * What a statement cannot hold, because it is not known yet (the other shares' keys, the media), the
 * operator answers for, who signs the manifest and whom every statement names.
 *
 * A share's keys sign `conclave/v1/refresh` ‖ u8 mode ‖ audience ‖ ceremony ‖ nonce ‖ set id ‖
 * u32 generation ‖ manifest before ‖ roster ‖ operator ‖ u8 index before ‖ u8 index ‖ u8 count ‖ new public
 * key: every field has one length, and no other statement begins so.
 * @module
 */
import { bytesToHex, concatBytes, hexToBytes, u32, utf8ToBytes } from '../encoding/bytes.ts';
import { verifyEd25519, type Signer } from '../encoding/dsse.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { id16, publicKey, z } from '../encoding/schema.ts';
import { modeByte, type Mode } from '../mode.ts';
import { MAX_CUSTODIANS } from './envelope.ts';

/** Ed25519, 64 bytes in lower-case hex. */
const signature = z.string().regex(/^[0-9a-f]{128}$/);

const stated = z.strictObject({
  /** The share's number in the set of before. */
  index: z.int().min(1).max(MAX_CUSTODIANS),
  /** By the key of the share of before. */
  before: signature,
  /** By the key of the new share. */
  after: signature,
});

/** What a manifest says of the refresh that made it. */
export const refreshedSchema = z
  .strictObject({
    /** Of the package. */
    nonce: id16,
    /** The operator's personal key, which signs the manifest. */
    operator: publicKey,
    /** One for each share of the manifest, in its order; what is missing of the set before has ended. */
    statements: z.array(stated).min(2).max(MAX_CUSTODIANS),
  })
  .refine(({ statements }) =>
    statements.every(({ index }, at) => at === 0 || index > (statements[at - 1]?.index ?? 0)),
  );

/** For which refresh, and about which share. */
export interface RefreshStatement {
  readonly mode: Mode;
  readonly audience: string;
  readonly ceremonyId: string;
  readonly nonce: string;
  readonly setId: string;
  /** The next one. */
  readonly generation: number;
  /** Digest of the manifest in force, whose generation ends. */
  readonly previous: string;
  /** Digest of the roster that the refreshed set signs. */
  readonly roster: string;
  readonly operator: string;
  /** The share's number until now. */
  readonly before: number;
  /** Its number among those that live on. */
  readonly index: number;
  /** How many live on. */
  readonly count: number;
  /** Of the new share. */
  readonly publicKey: string;
}

/** The bytes that either key signs. */
export function refreshMessage(said: RefreshStatement): Uint8Array {
  const { audience, ceremonyId, nonce, setId } = said;
  return concatBytes(
    utf8ToBytes('conclave/v1/refresh'),
    Uint8Array.of(modeByte(said.mode)),
    ...[audience, ceremonyId, nonce, setId].map(hexToBytes),
    u32(said.generation),
    ...[said.previous, said.roster, said.operator].map(hexToBytes),
    Uint8Array.of(said.before, said.index, said.count),
    hexToBytes(said.publicKey),
  );
}

/** The signature in hex, by the key of the share of before or by that of the new one. */
export async function signRefresh(signer: Signer, said: RefreshStatement): Promise<string> {
  return bytesToHex(await signer.sign(refreshMessage(said)));
}

/** What of a manifest the statements are about. */
interface RefreshedSet {
  readonly mode: Mode;
  readonly setId: string;
  readonly generation: number;
  readonly previous: string | null;
  readonly roster: string;
  readonly ceremonyId: string;
  readonly count: number;
  readonly sync: { readonly audience: string };
  readonly shares: readonly { readonly index: number; readonly publicKey: string }[];
  readonly refreshed?: z.infer<typeof refreshedSchema> | undefined;
}

type SetBefore = Pick<RefreshedSet, 'shares'>;

/** Each share's statement; none: no refresh made the set. */
function statementsOf(set: RefreshedSet) {
  const { refreshed, previous, sync, shares, mode, ceremonyId, setId, generation, roster, count } =
    set;
  if (refreshed === undefined || previous === null) return [];
  const { nonce, operator } = refreshed;
  return refreshed.statements.map(({ index: before, ...signatures }, at) => {
    const { index, publicKey: key } = shares[at] ?? { index: 0, publicKey: '' };
    const message = refreshMessage({
      mode,
      audience: sync.audience,
      ceremonyId,
      nonce,
      setId,
      generation,
      previous,
      roster,
      operator,
      before,
      index,
      count,
      publicKey: key,
    });
    return { message, key, was: before, signatures };
  });
}

/**
 * Verifies that every share of the set signed its statement with its new key. That makes the manifest
 * consistent; that the set of before agreed, {@link verifyBefore} tells.
 * @throws Refusal `signature-wrong`
 */
export function verifyAfter(set: RefreshedSet): void {
  for (const { message, key, signatures } of statementsOf(set)) {
    if (!verifyEd25519(hexToBytes(signatures.after), message, key)) {
      throw refuseDocument('signature-wrong', 'share-set', key);
    }
  }
}

/**
 * Verifies that every share of the set signed its statement with the key that it had before.
 * @returns the public keys of before, in the order of the shares
 * @throws Refusal `signature-unknown` where the set before has no such share, `signature-wrong`
 */
export function verifyBefore(set: RefreshedSet, { shares }: SetBefore): string[] {
  return statementsOf(set).map(({ message, was, signatures }) => {
    const key = shares[was - 1]?.publicKey;
    if (key === undefined) throw refuseDocument('signature-unknown', 'share-set', `share ${was}`);
    if (!verifyEd25519(hexToBytes(signatures.before), message, key)) {
      throw refuseDocument('signature-wrong', 'share-set', key);
    }
    return key;
  });
}
