/**
 * By what an adopted key was proved: for the transcript, for the bundle, for what people sign.
 * @module
 */
import {
  organisationKeyInWords,
  storedKeyInWords,
  type Adoption,
  type FoundVersion,
  type OrganisationKey,
  type StoredKey,
} from '../../bundle/adopt.ts';
import type { Facts } from '../../transcript/entry.ts';
import type { LegacyProof } from '../types.ts';

export function proofOf({ opened, organisation }: LegacyProof): Adoption['proof'] {
  if (opened.length > 0) return 'escrow';
  return organisation === undefined ? 'none' : 'organisation';
}

/** Whether an owner may type now: there is something to open, and nothing else has proved it. */
export function isOwnersTurn(found: FoundVersion | null, proof: LegacyProof | null): boolean {
  if (found?.organisationKeys === undefined) return false;
  return found.proof === null || (proof !== null && proofOf(proof) === 'none');
}

export function proofFacts(proof: LegacyProof): Facts {
  const { opened, unopened, organisation, place, wrong } = proof;
  const [first] = opened;
  const several = opened.length + unopened.length > 1 || opened.length === 0;
  return {
    proof: proofOf(proof),
    ...(place === null ? {} : { place }),
    ...first,
    ...(several
      ? {
          ...numbered('opened', opened.map(storedKeyInWords)),
          ...numbered('unopened', unopened.map(storedKeyInWords)),
        }
      : {}),
    ...(organisation === undefined
      ? {}
      : {
          owner: organisation.owner,
          ...numbered('opened', organisation.opened.map(organisationKeyInWords)),
        }),
    ...(wrong === null ? {} : { wrong }),
  };
}

const numbered = (name: string, all: readonly string[]): Facts =>
  Object.fromEntries(all.map((one, at) => [`${name}.${at + 1}`, one]));

const keysInWords = (keys: readonly string[]): string =>
  `${keys.length === 1 ? 'key' : 'keys'} of ${keys.join(', ')}`;
const storedInWords = (keys: readonly StoredKey[]): string =>
  `stored survey ${keysInWords(keys.map(storedKeyInWords))}`;
const keptInWords = (keys: readonly OrganisationKey[]): string =>
  `survey ${keysInWords(keys.map(organisationKeyInWords))}`;

/** Goes on after `The platform key in use was restored from …, `. */
export function provedInWords(
  { opened, unopened, organisation }: LegacyProof,
  found: FoundVersion | null,
): string {
  if (opened.length > 0) {
    const not =
      unopened.length === 0 ? '' : `, but not the ${keysInWords(unopened.map(storedKeyInWords))}`;
    return `and it opened the ${storedInWords(opened)}${not}`;
  }
  if (organisation !== undefined) {
    const { owner, opened: kept } = organisation;
    const not = unopened.length === 0 ? '' : `, but not the ${storedInWords(unopened)}`;
    return `and it opened the ${keptInWords(kept)} with the passphrase that ${owner} typed${not}`;
  }
  return nothingInWords(found);
}

function nothingInWords(found: FoundVersion | null): string {
  return found?.organisationKeys === undefined
    ? 'and sync gave nothing that could prove it'
    : `and nothing proves it: of what sync gave only the ${keptInWords(found.organisationKeys)} could, and no passphrase opened it`;
}
