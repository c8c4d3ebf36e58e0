/**
 * What Vault holds of an organisation's surveys, seen from a bundle that wraps them anew: the entry of
 * before, the new one, or something else; and the note that a new passphrase was given.
 * @module
 */
import type { OrganisationBundle } from '../../../shared/bundle/bundle.ts';
import { ENTRY_BYTES, type MovedSurvey } from '../../../shared/bundle/organisation.ts';
import { isoformat, readKekBlob, vaultPaths } from '../../../shared/checktick/index.ts';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { CasRefusal } from '../../vault/refusals.ts';
import type { KvStore } from '../../vault/kv.ts';
import type { Queryable } from '../../database/database.ts';
import { surveyColumns } from '../../checktick/escrow.ts';
import { NOTED_VERSION } from '../../checktick/organisation.ts';
import { bytesDigest, readEntry, textDigest } from '../../checktick/organisation-surveys.ts';
import type { OrganisationRow } from '../package-rows/rows.ts';
import { keyHashDigest, readKeyHash } from '../../checktick/packaged-escrow.ts';

type Entry = NonNullable<Awaited<ReturnType<typeof readEntry>>>;

/** How the entry of one survey stands. */
type Standing =
  /** As it was packaged, and the survey's key is the one that the laptop compared. */
  | { readonly is: 'before'; readonly entry: Entry }
  | { readonly is: 'after' }
  /** Somebody else has written it, or the survey's key is another one now: it stays. */
  | { readonly is: 'other' };

/** What a package said of the surveys, by their numbers. */
export function packagedOf({ surveys, hashes }: Pick<OrganisationRow, 'surveys' | 'hashes'>) {
  return new Map(
    surveys.map(({ surveyId, entry }, at) => [surveyId, { entry, hash: hashes[at] ?? '' }]),
  );
}
export type Packaged = ReturnType<typeof packagedOf>;

export async function standingOf(
  on: Queryable,
  kv: KvStore,
  { surveyId, entry: after }: MovedSurvey,
  packaged: Packaged,
): Promise<Standing> {
  const entry = await readEntry(kv, surveyId);
  if (entry === undefined) return { is: 'other' };
  if (bytesDigest(entry.document) === after) return { is: 'after' };
  const before = packaged.get(surveyId);
  if (before === undefined || textDigest(entry.document) !== before.entry) return { is: 'other' };
  const hash = keyHashDigest(await readKeyHash(on, surveyId, await surveyColumns(on)));
  return hash === before.hash ? { is: 'before', entry } : { is: 'other' };
}

/** Entry `at` of the opened secret: all of them, one after another. */
export const entryIn = (secret: Uint8Array, at: number): Uint8Array =>
  secret.slice(at * ENTRY_BYTES, (at + 1) * ENTRY_BYTES);

/** The other fields of the document as they were, version and time as it is written now. */
export async function writeEntry(
  kv: KvStore,
  surveyId: number,
  { document, version }: Entry,
  { bytes, keyVersion }: { readonly bytes: Uint8Array; readonly keyVersion: string },
  at: Date,
): Promise<void> {
  const data = {
    ...document,
    encrypted_kek: bytesToHex(bytes),
    created_at: isoformat(at),
    algorithm: 'AES-256-GCM',
    platform_key_version: keyVersion,
  };
  try {
    await kv.put(vaultPaths.surveyKek(surveyId), data, { cas: version });
  } catch (cause) {
    // Another was first: an earlier try of this, or somebody else, who is found when it is read back.
    if (!(cause instanceof CasRefusal)) throw cause;
  }
}

/**
 * The entries as an earlier start of the commit has written them, each proved by the digest that the
 * quorum signed; undefined: one of them is not there.
 */
export async function writtenEntries(
  kv: KvStore,
  { moved }: OrganisationBundle,
): Promise<Uint8Array | undefined> {
  const all = new Uint8Array(moved.length * ENTRY_BYTES);
  for (const [at, { surveyId, entry: digest }] of moved.entries()) {
    const entry = await readEntry(kv, surveyId);
    if (entry === undefined || bytesDigest(entry.document) !== digest) return undefined;
    all.set(readKekBlob(entry.document.encrypted_kek), at * ENTRY_BYTES);
  }
  return all;
}

/** Which bundle it was, and when: of a new passphrase, and of a move to another version. */
const FIELDS = {
  forgotten: { by: 'passphrase_changed_by', at: 'passphrase_changed_at' },
  moved: { by: 'moved_by', at: 'moved_at' },
} as const;
const fieldsOf = ({ movedFrom }: OrganisationBundle) =>
  FIELDS[movedFrom === undefined ? 'forgotten' : 'moved'];
const NOTE_ATTEMPTS = 3;

export const notePlace = (organisationId: number): string =>
  `Vault ${vaultPaths.organisationMasterKey(organisationId)}`;

/** Whether Vault's note of the organisation names this bundle. */
export async function isNoted(
  kv: KvStore,
  body: OrganisationBundle,
  bundle: string,
): Promise<boolean> {
  const found = await kv.read(vaultPaths.organisationMasterKey(body.facts.organisationId));
  return !found.absent && found.data[fieldsOf(body).by] === bundle;
}

/**
 * CheckTick keeps no key there, only a note: its fields stay, and the bundle is named beside them.
 * @param bundle its digest
 * @param how.whole all that it keeps is under the version of the bundle now
 */
export async function writeNote(
  kv: KvStore,
  body: OrganisationBundle,
  bundle: string,
  { at, whole }: { readonly at: Date; readonly whole: boolean },
): Promise<void> {
  const { organisationId, keyVersion } = body.facts;
  const fields = fieldsOf(body);
  const path = vaultPaths.organisationMasterKey(organisationId);
  for (let attempt = 1; ; attempt += 1) {
    const found = await kv.read(path);
    if (!found.absent && found.data[fields.by] === bundle) return;
    const kept = found.absent
      ? {
          org_id: organisationId,
          created_at: isoformat(at),
          key_derivation: 'PBKDF2-HMAC-SHA256 over the platform key and the owner’s passphrase',
          note: 'No key is stored here',
        }
      : found.data;
    const note = {
      ...kept,
      [fields.at]: isoformat(at),
      [fields.by]: bundle,
      ...(whole ? { [NOTED_VERSION]: keyVersion } : {}),
    };
    try {
      await kv.put(path, note, { cas: found.absent ? found.currentVersion : found.version });
      return;
    } catch (cause) {
      if (!(cause instanceof CasRefusal) || attempt === NOTE_ATTEMPTS) throw cause;
    }
  }
}
