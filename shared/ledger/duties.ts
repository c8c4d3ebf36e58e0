/**
 * Separation of duties: whether the same people hold a quorum of Vault's unseal keys and of the pieces
 * of a custodian component. Who holds unseal keys no log tells; whoever asks has to say it.
 * @module
 */
import { foldName } from '../identity/fold-name.ts';
import type { OpenWay } from './who-opens.ts';

export interface UnsealKeys {
  /** Names, as manifests and logs have them; who holds several keys stands there once for each. */
  readonly holders: readonly string[];
  /** How many keys unseal Vault. */
  readonly needed: number;
}

interface Same {
  /** Who holds an unseal key and a piece of it, as logs spell them. */
  readonly people: readonly string[];
  /** They need nobody else for either half of the key. */
  readonly reachBoth: boolean;
}

export interface SamePeople extends Same {
  readonly way: OpenWay;
}

/** Of every way to a key whose other half lies in Vault, today or in a backup. */
export function samePeople(ways: readonly OpenWay[], keys: UnsealKeys): SamePeople[] {
  return ways
    .filter(({ besides }) => besides !== 'bundle')
    .map((way) => ({ way, ...sameIn(way, keys) }));
}

/** The same of shares that are only planned, one for each of these people. */
export function sameInPlan(threshold: number, names: readonly string[], keys: UnsealKeys): Same {
  return sameIn({ threshold, pieces: names.map((by, at) => ({ number: at + 1, by })) }, keys);
}

/** What to think about before these people get shares. */
export function samePlannedInWords(people: readonly string[], { needed }: UnsealKeys): string {
  return `${people.join(', ')} hold unseal keys of Vault, and ${needed} unseal it. With these shares they would need nobody else for either half of the key: give shares to others, or have Vault’s keys held by others.`;
}

function sameIn(
  { threshold, pieces }: Pick<OpenWay, 'threshold' | 'pieces'>,
  { holders, needed }: UnsealKeys,
): Same {
  // SECURITY: somebody typed these names; one that is spelled otherwise would be no warning.
  const keys = holders.map(foldName);
  const held = pieces.flatMap(({ number, by }) =>
    by !== null && keys.includes(foldName(by)) ? [{ number, by }] : [],
  );
  const both = new Set(held.map(({ by }) => foldName(by)));
  const people = [...new Set(keys)].flatMap(
    (key) => held.find(({ by }) => foldName(by) === key)?.by ?? [],
  );
  const shares = new Set(held.map(({ number }) => number)).size;
  const unseals = keys.filter((key) => both.has(key)).length;
  return { people, reachBoth: shares >= threshold && unseals >= needed };
}

/** Holders of unseal keys who hold nothing that the ledger knows of: their names may be spelled otherwise. */
export function strangers(ways: readonly OpenWay[], { holders }: UnsealKeys): string[] {
  const known = new Set(
    ways.flatMap(({ pieces }) => pieces.flatMap(({ by }) => (by === null ? [] : foldName(by)))),
  );
  return [...new Set(holders)].filter((holder) => !known.has(foldName(holder)));
}

/** Lines of plain text. */
export function dutiesInWords(ways: readonly OpenWay[], keys: UnsealKeys): string[] {
  const others = strangers(ways, keys);
  return [
    `Vault is unsealed by any ${keys.needed} of ${keys.holders.join(', ')}`,
    ...samePeople(ways, keys).map(({ way, people, reachBoth }) => {
      const of = way.what === 'set' ? '' : ', legacy shares';
      const who =
        people.length === 0
          ? 'nobody holds both'
          : `${people.join(', ')} hold an unseal key and a share`;
      const verdict = reachBoth
        ? 'NOT SEPARATE: they need nobody else for either half of the key'
        : 'they do not reach both quorums by themselves';
      return `  set ${way.label}${of}: ${who}${people.length === 0 ? '' : `; ${verdict}`}`;
    }),
    ...(others.length === 0
      ? []
      : [
          `  not known here as holders of a share, if spelled as in the roster: ${others.join(', ')}`,
        ]),
  ];
}
