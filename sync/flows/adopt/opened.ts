/**
 * The stored survey keys that an adoption opened: which bytes went out, and that they are proved by
 * what the laptop opened (docs/decisions/0026-escrow-key.md).
 * @module
 */
import { storedKeyInWords, storedKeysOf } from '../../../shared/bundle/adopt.ts';
import type { AdoptBundle } from '../../../shared/bundle/bundle.ts';
import { readKekBlob } from '../../../shared/checktick/index.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import type { Queryable } from '../../database/database.ts';
import { digestOfBytes, readStoredKey } from '../../checktick/stored-key.ts';
import type { KvStore } from '../../vault/kv.ts';
import type { FoundKey } from './found.ts';
import { noteProof } from '../../checktick/escrow-proof.ts';
import { adoptFacts, type PackagedKey, type PackageRow } from '../package-rows/rows.ts';

/** Those of the version that is adopted, as Vault held them at the release. */
export function packagedKeys({ found, secrets }: FoundKey, version: string): PackagedKey[] {
  const at = found.versions.findIndex((one) => one.version === version);
  const [ours, sealed] = [found.versions[at], secrets[at]];
  if (ours === undefined || sealed === undefined) return [];
  return storedKeysOf(ours).map(({ userId, surveyId }, n) => {
    const bytes = readKekBlob(sealed.encryptedKeks[n] ?? '');
    return { userId, surveyId, digest: digestOfBytes(bytes) };
  });
}

/**
 * Writes down those that opened, as far as Vault still holds the same bytes. CheckTick seals its own
 * kind under its platform key, so one that opens with the adopted key is the survey's.
 * @throws Refusal of vault/refusals.ts where Vault does not answer
 */
export async function noteAdopted(
  tx: Queryable,
  kv: KvStore,
  body: AdoptBundle,
  { facts }: Pick<PackageRow, 'facts'>,
  bundle: { readonly digest: string; readonly at: Date },
): Promise<void> {
  if (body.proof !== 'escrow') return;
  const unopened = new Set((body.unopened ?? []).map(storedKeyInWords));
  for (const one of adoptFacts.parse(facts).packaged ?? []) {
    if (unopened.has(storedKeyInWords(one))) continue;
    const there = await readStoredKey(kv, one);
    if (there.is !== 'key' || there.digest !== one.digest) continue;
    const { userId, surveyId } = one;
    await noteProof(tx, { userId, surveyId, digest: hexToBytes(one.digest) }, bundle);
  }
}
