/**
 * A rotation bundle in words: for approvers, for the queue, for custodians, for the receipt.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import type { RotateBundle } from '../../shared/bundle/bundle.ts';
import type { Roster } from '../../shared/identity/roster.ts';
import type { Manifest } from '../../shared/sharing/manifest.ts';
import { escrowKeyFact } from './escrow-key.ts';
import { newSetOf, type Rotatable } from '../versions/rotate-places.ts';
import { rosterFacts, setInWords } from './set.ts';

const newSet = (body: RotateBundle): Manifest => newSetOf(body).manifest.body;

/** `share set 2028 B, 3 of 4` */
const setOf = (body: RotateBundle): string => setInWords(newSet(body));

/** Label and value: what becomes of Vault's entry. */
export function placesFact(compared: Rotatable): [string, string] {
  return [
    'Vault’s entry',
    compared === 'same'
      ? 'holds the component of this version, and is replaced with the row'
      : 'holds that of another version, and stays as it is; only the row is replaced',
  ];
}

/** One sentence without its end. */
export function rotationInWords(body: RotateBundle): string {
  return `Renew the shares of platform key version ${body.keyVersion}: trust ${setOf(body)}, and replace the vault component; the platform key stays`;
}

const REMAINS =
  'Until they are destroyed, the shares of before go on opening what backups of the old vault component hold.';

/** Sync sees what is stored, and not what another program has read and keeps. */
const PROCESSES =
  'None may hold the vault component over the commit: no recovery and no key command of CheckTick runs then, and its services are restarted afterwards.';

/**
 * Label and value: what two approvers have to judge.
 * @param before all sets of the version: none of them opens anything afterwards
 */
export function rotationFacts(
  body: RotateBundle,
  before: { readonly sets: readonly Manifest[]; readonly roster: Roster },
): [string, string][] {
  return [
    ...before.sets.map((set): [string, string] => ['in force now', `${setInWords(set)}; it ends`]),
    ...ownFacts(body),
    ...rosterFacts(before.roster, newSetOf(body).roster.body),
  ];
}

/** What the bundle says by itself. */
export function ownFacts(body: RotateBundle): [string, string][] {
  const set = newSet(body);
  const names = set.shares.map(({ custodian }) => custodian.name).join(', ');
  return [
    ['custodians', asOneLine(names, 1_000)],
    placesFact(body.compared),
    ['shares of before', REMAINS],
    ['processes of CheckTick', PROCESSES],
    escrowKeyFact(set),
  ];
}

/** For the custodians, who know nothing of sync. */
export function rotationChange(body: RotateBundle) {
  const { label, threshold, count } = newSet(body);
  const set = `share set ${asOneLine(label, 80)}`;
  const who = `${count} custodians, any ${threshold} of whom can open the key together`;
  const { keyVersion } = body;
  return {
    short: `renew the shares of platform key version ${keyVersion}`,
    sentence: `The shares of platform key version ${keyVersion} would be renewed: ${set} would take the place of all that are in force: ${who}. Until then the shares of before are needed, afterwards the new ones.`,
    done: `The shares of platform key version ${keyVersion} were renewed: ${set} has taken the place of all before: ${who}. Keep the shares of before until you are asked to destroy them before a witness.`,
  };
}

/** For the receipt. */
export function rotationStatement(body: RotateBundle): string {
  const where = body.compared === 'same' ? 'in Vault and in the database' : 'in the database';
  return `The shares of key version ${body.keyVersion} were renewed: ${setOf(body)}, is trusted in the place of all sets before, and the vault component was replaced ${where}. The platform key is the same. ${REMAINS}`;
}
