/**
 * Who holds Vault's unseal keys, as it was said on this laptop, and what follows for a set or a plan.
 * @module
 */
import type { HomeSet, HomeView } from '../../shared/ceremony/home.ts';
import { samePeople, strangers, type SamePeople } from '../../shared/ledger/duties.ts';
import {
  unsealKeysSaid,
  type KeptUnsealKeys,
  type UnsealKeysSaid,
} from '../../shared/ledger/unseal-keys.ts';
import { holdersOf, type OpenWay } from '../../shared/ledger/who-opens.ts';
import type { Mode } from '../../shared/mode.ts';
import { count, list } from './say.ts';
import { useStore } from './store.ts';

export const keptFor = (home: HomeView | null, mode: Mode): KeptUnsealKeys | null =>
  home?.unsealKeys.find((one) => one.mode === mode)?.kept ?? null;

/** As home was shown last. */
export const useUnsealKeys = (mode: Mode): KeptUnsealKeys | null =>
  useStore(({ home }) => keptFor(home, mode));

/** Of the ways to this set's key those for which the same people need nobody else. */
export function sameOfSet(home: HomeView, { mode, setId, generation }: HomeSet): SamePeople[] {
  const keys = keptFor(home, mode);
  if (keys === null) return [];
  const id = `${setId} ${generation}`;
  const ways = home.ways.filter((way) => way.id === id || way.id.startsWith(`${id} `));
  return samePeople(ways, keys).filter(({ reachBoth }) => reachBoth);
}

const THINGS: Readonly<Record<OpenWay['what'], string>> = {
  set: 'shares',
  legacy: 'legacy shares',
  'new-legacy': 'new legacy shares',
};

/** `Custodian 1 and Custodian 2 hold enough shares, and enough unseal keys of Vault`, and what it means. */
export function sameInWords({ people, way }: SamePeople): string {
  const [only, ...more] = people;
  const who = more.length === 0 ? `${only ?? ''} alone holds` : `${list(people)} hold`;
  const half =
    way.besides === 'backup'
      ? 'a backup of Vault that they can unseal'
      : 'Vault, with the other half';
  return `${who} enough ${THINGS[way.what]}, and enough unseal keys to open ${half}. The two halves do not guard each other.`;
}

/** What was typed on the page. */
export interface UnsealForm {
  /** Of those who hold something that the ledger knows of. */
  readonly ticked: ReadonlySet<string>;
  /** One name on a line; again for each key more. */
  readonly others: string;
  readonly needed: string;
}

export function formOf(kept: KeptUnsealKeys | null, ways: readonly OpenWay[]): UnsealForm {
  if (kept === null) return { ticked: new Set(), others: '', needed: '' };
  const known = holdersOf(ways);
  const ticked = new Set(kept.holders.filter((name) => known.includes(name)));
  const left = new Set(ticked);
  // The first of each is the tick.
  const others = kept.holders.filter((name) => !left.delete(name));
  return { ticked, others: others.join('\n'), needed: String(kept.needed) };
}

/** Null: it cannot be kept like this. */
export function saidOf({ ticked, others, needed }: UnsealForm): UnsealKeysSaid | null {
  const lines = others.split('\n').map((line) => line.trim());
  const said = unsealKeysSaid.safeParse({
    holders: [...ticked, ...lines.filter((line) => line !== '')],
    needed: /^[1-9]\d*$/.test(needed.trim()) ? Number(needed) : null,
  });
  return said.success ? said.data : null;
}

/** What was kept, and whom of them the ledger does not know. */
export function keptInWords(kept: KeptUnsealKeys, ways: readonly OpenWay[]): string {
  const { holders, needed } = kept;
  const others = strangers(ways, kept);
  const stray =
    others.length === 0
      ? ''
      : ` Of these the ledger knows no share: ${list(others)}. If one of them holds a share, the name is spelled otherwise there.`;
  return `Vault is unsealed by any ${needed} of ${count(holders.length, 'key')}, held by ${list([...new Set(holders)])}.${stray}`;
}
