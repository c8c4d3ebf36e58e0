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

/** Of shares that Conclave refuses although the other half of today fits them; empty of all others. */
function refusedInWords({ status, what }: OpenWay): string {
  if (what !== 'set') return '';
  switch (status) {
    case 'waiting-for-receipt':
      return 'Not in use yet: Conclave refuses these shares until sync’s receipt is here, but they open the key by other means already. ';
    case 'superseded':
      return 'Replaced by a refresh, and not destroyed: Conclave refuses these shares, but they still open the key by other means. ';
    case 'void':
      return 'Void, and not destroyed: Conclave refuses these shares, but they open the key in use by other means. ';
    case 'retired':
      return 'Retired: sync accepts these shares no more, but they still open their key. ';
    default:
      return '';
  }
}

export function besidesInWords(way: OpenWay): string {
  const { besides, since } = way;
  switch (besides) {
    case 'vault':
      return `${refusedInWords(way)}Needed besides: the other half, which Vault and the database hold.`;
    case 'backup':
      return since === null
        ? 'Replaced. Needed besides: the old other half, which only backups of Vault and of the database hold.'
        : `Replaced. Needed besides: the old other half, which only backups of Vault and of the database from ${sayDate(since)} or before hold.`;
    case 'bundle':
      return 'Not in use yet. Needed besides: the other half, which comes into Vault when sync commits.';
  }
}
