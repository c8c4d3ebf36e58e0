/**
 * The anchor: what an auditor got by another way than the file, and so may trust. Whole
 * documents, or eight words over the digest of one.
 * @module
 */
import type { DescriptorDocument } from '../bundle/descriptor.ts';
import { hexToBytes } from '../encoding/bytes.ts';
import { eightWords, normaliseWords, unknownWords } from '../encoding/words.ts';
import type { RosterDocument } from '../identity/roster.ts';
import type { ManifestDocument } from '../sharing/manifest.ts';
import { refuseVerification } from './refusals-verify.ts';

export interface Anchor {
  readonly manifest?: ManifestDocument | undefined;
  readonly descriptor?: DescriptorDocument | undefined;
  /** Eight words over the manifest's or the descriptor's digest, as typed. */
  readonly words?: string | undefined;
  /** Not an anchor itself: it is checked by the manifest. For files that do not hold their roster. */
  readonly roster?: RosterDocument | undefined;
}

export const NO_ANCHOR: Anchor = {};

/** Refuses `words-malformed`, `words-unknown`; gives the words in their one spelling. */
export function checkedWords(typed: string): string {
  const words = normaliseWords(typed);
  const [unknown] = unknownWords(words);
  if (unknown !== undefined) throw refuseVerification('words-unknown', unknown);
  const count = words === '' ? 0 : words.split(' ').length;
  if (count !== 8) throw refuseVerification('words-malformed', count);
  return words;
}

/** The eight words of a document by its digest in hex. */
export function wordsOf(digest: string): string {
  return eightWords(hexToBytes(digest));
}

/** What the anchor vouches for, of the documents that are at hand. */
export interface Vouched {
  readonly manifest: ManifestDocument | null;
  readonly descriptor: DescriptorDocument | null;
  /** Words were given, and there is no document that they could stand for. */
  readonly wordsWithoutDocument: boolean;
}

/** The file holds documents of this kind, and the given one is not among them. */
function contradicted(
  given: { readonly digest: string } | null,
  held: readonly { readonly digest: string }[],
): boolean {
  return given !== null && held.length > 0 && !held.some(({ digest }) => digest === given.digest);
}

/**
 * Finds what the anchor stands for. Refuses `anchor-does-not-fit` when it stands for something
 * else than what the file holds; what the file does not hold at all comes from the anchor.
 */
export function resolveAnchor(
  what: string,
  anchor: Anchor,
  manifests: readonly ManifestDocument[],
  descriptors: readonly DescriptorDocument[],
): Vouched {
  const { manifest = null, descriptor = null } = anchor;
  if (contradicted(manifest, manifests)) {
    throw refuseVerification('anchor-does-not-fit', what, 'manifest');
  }
  if (contradicted(descriptor, descriptors)) {
    throw refuseVerification('anchor-does-not-fit', what, 'descriptor');
  }
  if (anchor.words === undefined) return { manifest, descriptor, wordsWithoutDocument: false };
  const words = checkedWords(anchor.words);
  const isMeant = ({ digest }: { digest: string }) => wordsOf(digest) === words;
  const allManifests = manifest === null ? manifests : [manifest];
  const allDescriptors = descriptor === null ? descriptors : [descriptor];
  const byWords = {
    manifest: allManifests.find(isMeant) ?? null,
    descriptor: allDescriptors.find(isMeant) ?? null,
  };
  if (byWords.manifest === null && byWords.descriptor === null) {
    if (allManifests.length + allDescriptors.length > 0) {
      throw refuseVerification('anchor-does-not-fit', what, 'eight words');
    }
    return { manifest: null, descriptor: null, wordsWithoutDocument: true };
  }
  return {
    manifest: byWords.manifest ?? manifest,
    descriptor: byWords.descriptor ?? descriptor,
    wordsWithoutDocument: false,
  };
}
