/**
 * The laptop's side of a change of the roster with a real sync.
 * @module
 */
import { bundleType } from '../../shared/bundle/bundle.ts';
import { parsePackage } from '../../shared/bundle/package.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { RosterDocument } from '../../shared/identity/roster.ts';
import type { FileAnswer } from '../../sync/routes/answers.ts';
import { makeRosterBundle, type RosterBundleOptions } from './roster-documents.ts';
import type { TestShareSet } from './share-sets.ts';
import type { Admins, MadeBundle } from './sync-ceremony.ts';
import { bytesOf, type Caller } from './sync-client.ts';

export interface MadeRoster extends MadeBundle {
  readonly roster: RosterDocument;
  /** The eight words that the witness's paper has. */
  readonly words: string;
}

/** The ceremony on this package's bytes. */
export async function answeredWithRoster(
  bytes: Uint8Array,
  set: TestShareSet,
  options: RosterBundleOptions = {},
): Promise<MadeRoster> {
  const document = parsePackage(bytes, set.mode, set.sync);
  const made = await makeRosterBundle(set, { ...options, document });
  return {
    bytes: bundleType.toBytes(made.document),
    digest: made.document.digest,
    nonce: document.body.nonce,
    roster: made.roster,
    words: eightWords(hexToBytes(made.roster.digest)),
  };
}

/** `package roster`, then the ceremony. */
export async function rosterBundle(
  operator: Caller,
  set: TestShareSet,
  options: RosterBundleOptions = {},
): Promise<MadeRoster> {
  const { keyVersion } = set.manifest.body;
  const file = await operator.post<FileAnswer>('/v1/packages/roster', { keyVersion });
  return answeredWithRoster(bytesOf(file), set, options);
}

/** Imported and approved by two. */
export async function approvedRoster(
  admins: Admins,
  set: TestShareSet,
  options: RosterBundleOptions = {},
): Promise<MadeRoster> {
  const made = await rosterBundle(admins.operator, set, options);
  await admins.operator.post('/v1/bundles', made.bytes);
  for (const approver of [admins.approver1, admins.approver2]) {
    const entry = { words: made.words, reason: 'seen on paper' };
    await approver.approve('bundle-approve', made.digest, entry);
  }
  return made;
}
