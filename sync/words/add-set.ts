/**
 * A bundle of a further set in words: for approvers, for the queue, for custodians, for the receipt.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import type { AddSetBundle } from '../../shared/bundle/bundle.ts';
import type { Roster } from '../../shared/identity/roster.ts';
import type { Manifest } from '../../shared/sharing/manifest.ts';
import { newSetOf } from '../versions/rotate-places.ts';
import { rosterFacts, setInWords } from './set.ts';

const newSet = (body: AddSetBundle): Manifest => newSetOf(body).manifest.body;

/** One sentence without its end. */
export function addedSetInWords(body: AddSetBundle): string {
  return `Add a share set to platform key version ${body.keyVersion}: trust ${setInWords(newSet(body))}, beside those in force, which stay; no component changes`;
}

const WEAKEST =
  'Each set alone opens the key: the version is as strong as the weakest of them. No set is ended by itself; new shares end all of them.';

/**
 * Label and value: what two approvers have to judge.
 * @param before all sets of the version in force, and the roster
 */
export function addedSetFacts(
  body: AddSetBundle,
  before: { readonly sets: readonly Manifest[]; readonly roster: Roster },
): [string, string][] {
  return [
    ...before.sets.map((set): [string, string] => ['in force, and stays', setInWords(set)]),
    ...ownAddedSetFacts(body),
    ...rosterFacts(before.roster, newSetOf(body).roster.body),
  ];
}

/** What the bundle says by itself. */
export function ownAddedSetFacts(body: AddSetBundle): [string, string][] {
  const names = newSet(body).shares.map(({ custodian }) => custodian.name);
  return [
    ['custodians of the new set', asOneLine(names.join(', '), 1_000)],
    ['who opens the key', WEAKEST],
  ];
}

/** For the custodians, who know nothing of sync. */
export function addedSetChange(body: AddSetBundle) {
  const { label, threshold, count } = newSet(body);
  const { keyVersion } = body;
  const set = `share set ${asOneLine(label, 80)}`;
  const who = `${count} custodians, any ${threshold} of whom can open the key together`;
  return {
    short: `add a share set to platform key version ${keyVersion}`,
    sentence: `A further share set of platform key version ${keyVersion} would be trusted: ${set}: ${who}, without those of the sets in force. These would stay as they are: keep your share.`,
    done: `A further share set of platform key version ${keyVersion} is trusted: ${set}: ${who}, without those of the other sets. These stay as they are: keep your share.`,
  };
}

/** For the receipt. */
export function addedSetStatement(body: AddSetBundle): string {
  return `Key version ${body.keyVersion} has a further share set: ${setInWords(newSet(body))}, is trusted beside those before, which all stay. No component has changed. Each set alone opens the key.`;
}
