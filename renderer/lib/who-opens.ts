/**
 * What is said of a group of people and a way to a key.
 * @module
 */
import type { CouldOpen, OpenWay } from '../../shared/ledger/who-opens.ts';
import { count, sayDate } from './say.ts';

const THINGS: Readonly<Record<OpenWay['what'], string>> = {
  set: 'share',
  legacy: 'legacy share',
  'new-legacy': 'new legacy share',
};

/** `Key version v1, set 2026 A`, and which shares where those of the set are not meant. */
export function wayTitle({ what, keyVersion, label }: OpenWay): string {
  const of = what === 'set' ? '' : `, ${THINGS[what]}s`;
  return `Key version ${keyVersion}, set ${label}${of}`;
}

/** @param people how many were ticked */
export function waySentence({ way, held, unknown, opens }: CouldOpen, people: number): string {
  const things = (n: number) => count(n, THINGS[way.what]);
  if (people === 0) return `It takes people who hold ${things(way.threshold)}.`;
  const who = people === 1 ? 'This one person' : `These ${people} people`;
  if (opens)
    return `${who} can open it: ${people === 1 ? 'he or she holds' : 'they hold'} ${things(held)}, and ${way.threshold} ${way.threshold === 1 ? 'is' : 'are'} enough.`;
  const stray =
    unknown > 0 && held + unknown >= way.threshold
      ? ` Nobody knows the holder of ${things(unknown)}: with those it may be enough.`
      : '';
  return `${who} cannot open it: ${held} of the ${things(way.threshold)} that it takes.${stray}`;
}

export function besidesInWords({ besides, since }: OpenWay): string {
  switch (besides) {
    case 'vault':
      return 'Needed besides: the other half, which Vault and the database hold.';
    case 'backup':
      return since === null
        ? 'Replaced. Needed besides: the old other half, which only backups of Vault and of the database hold.'
        : `Replaced. Needed besides: the old other half, which only backups of Vault and of the database from ${sayDate(since)} or before hold.`;
    case 'bundle':
      return 'Not in use yet. Needed besides: the other half, which comes into Vault when sync commits.';
  }
}
