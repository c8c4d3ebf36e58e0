/**
 * Separation of duties: whether the same people hold a quorum of Vault's unseal keys and of the pieces
 * of a custodian component. Who holds unseal keys no log tells; whoever asks has to say it.
 * @module
 */
import { couldOpen, type OpenWay } from './who-opens.ts';

export interface UnsealKeys {
  /** Names, as manifests and logs have them. One key each. */
  readonly holders: readonly string[];
  /** How many of them unseal Vault. */
  readonly needed: number;
}

interface SamePeople {
  readonly way: OpenWay;
  /** Who holds an unseal key and a piece of it. */
  readonly people: readonly string[];
  /** They need nobody else for either half of the key. */
  readonly reachBoth: boolean;
}

/** Of every way to a key whose other half lies in Vault, today or in a backup. */
export function samePeople(ways: readonly OpenWay[], keys: UnsealKeys): SamePeople[] {
  return ways
    .filter(({ besides }) => besides !== 'bundle')
    .map((way) => {
      const people = [...new Set(keys.holders)].filter((name) =>
        way.pieces.some(({ by }) => by === name),
      );
      const opens = couldOpen([way], new Set(people)).some((one) => one.opens);
      return { way, people, reachBoth: opens && people.length >= keys.needed };
    });
}

/** Holders of unseal keys who hold nothing that the ledger knows of: their names may be spelled otherwise. */
function strangers(ways: readonly OpenWay[], { holders }: UnsealKeys): string[] {
  return holders.filter((name) => !ways.some(({ pieces }) => pieces.some(({ by }) => by === name)));
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
