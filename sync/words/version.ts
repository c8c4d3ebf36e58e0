/**
 * The bundle of a new key version in words: for approvers, for the queue, for custodians, for the
 * receipt.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import type { NewVersionBundle } from '../../shared/bundle/bundle.ts';
import type { Roster } from '../../shared/identity/roster.ts';
import type { Manifest } from '../../shared/sharing/manifest.ts';
import { escrowKeyFact } from './escrow-key.ts';
import { newSetOf } from '../versions/rotate-places.ts';
import { rosterFacts, setInWords } from './set.ts';

const newSet = (body: NewVersionBundle): Manifest => newSetOf(body).manifest.body;

/** One sentence without its end. */
export function newVersionInWords(body: NewVersionBundle): string {
  const { keyVersion, nextVersion } = body;
  return `Make platform key version ${nextVersion}, a new platform key beside ${keyVersion}, and trust ${setInWords(newSet(body))}, for it; ${keyVersion} stays active`;
}

/** CheckTick makes the keys of organisations from that entry, whichever version is active. */
export const ENTRY_STAYS: [string, string] = [
  'Vault’s entry',
  'stays as it is: CheckTick derives the keys of organisations from it',
];

/** Label and value: what two approvers have to judge. */
export function newVersionFacts(
  body: NewVersionBundle,
  before: { readonly set: Manifest; readonly roster: Roster },
): [string, string][] {
  return [
    ['active now', `key version ${body.keyVersion}, ${setInWords(before.set)}; it stays`],
    ...ownVersionFacts(body),
    ...rosterFacts(before.roster, newSetOf(body).roster.body),
  ];
}

/** What the bundle says by itself. */
export function ownVersionFacts(body: NewVersionBundle): [string, string][] {
  const set = newSet(body);
  const names = set.shares.map(({ custodian }) => custodian.name).join(', ');
  return [
    ['custodians', asOneLine(names, 1_000)],
    [
      'survey keys',
      `stay as they are, under the version that they are stored under; new ones go under ${body.nextVersion} once it is activated`,
    ],
    ['shares of before', `stay in use, as long as a survey key is stored under ${body.keyVersion}`],
    ENTRY_STAYS,
    escrowKeyFact(set),
  ];
}

/** For the custodians, who know nothing of sync. */
export function newVersionChange(body: NewVersionBundle) {
  const { keyVersion, nextVersion } = body;
  const { label, threshold, count } = newSet(body);
  const set = `share set ${asOneLine(label, 80)}`;
  const who = `${count} custodians, any ${threshold} of whom can open it together`;
  return {
    short: `make platform key version ${nextVersion}`,
    sentence: `A new platform key, version ${nextVersion}, would be made beside version ${keyVersion}, and ${set} would be trusted for it: ${who}. The shares of version ${keyVersion} would stay in use.`,
    done: `A new platform key, version ${nextVersion}, was made beside version ${keyVersion}, and ${set} is trusted for it: ${who}. Keep your shares of version ${keyVersion}: they are still needed.`,
  };
}

/** For the receipt. */
export function newVersionStatement(body: NewVersionBundle): string {
  const { keyVersion, nextVersion } = body;
  return `Key version ${nextVersion} was made beside ${keyVersion}: its vault component is in the database, and ${setInWords(newSet(body))}, is trusted for it. ${keyVersion} is active as before, and its shares are needed as before.`;
}
