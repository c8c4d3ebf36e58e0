/**
 * Which sheets with OTP envelopes of a share exist today, as far as the logs of a laptop tell: the one
 * that took the place of another, and every other one that nobody said was destroyed.
 * @module
 */
import { chainsOf, endOf, stepTo, type Chains } from './envelope-chains.ts';
import type { LedgerSet } from './ledger.ts';
import type { EnvelopeFacts } from './read-envelopes.ts';
import type { LogFacts } from './read-log.ts';

export interface SheetsLeft {
  /** The number of the sheet that counts where this one did once. */
  readonly now: (sheet: number) => number;
  /** Nobody said that they were destroyed, or they were met again since. In the order of time. */
  readonly left: readonly number[];
  /** Of those: the end of a chain, so that it counts. */
  readonly counts: ReadonlySet<number>;
  /** Said to be destroyed before a witness, and not met since. */
  readonly destroyed: ReadonlySet<number>;
}

/** What logs say of envelopes of the set, with the chains that all of them tell of. */
export interface SetLogs {
  readonly logs: readonly EnvelopeFacts[];
  readonly chains: Chains;
}

export function logsOf(
  { manifestDigest, ceremonyId }: Pick<LedgerSet, 'manifestDigest' | 'ceremonyId'>,
  read: readonly LogFacts[],
): SetLogs {
  const logs = read.flatMap(({ manifests, ceremony, envelopes }): EnvelopeFacts[] => {
    const printing = (made: boolean) => envelopes.printing.filter(({ isMade }) => isMade === made);
    // New shares are two sets in one log, whose sheets have the same numbers: in its own ceremony a
    // set is printed and read back, and those that are given and renewed are of the set before.
    if (ceremony.ceremonyId === ceremonyId) {
      return [{ ...NOTHING, readBack: envelopes.readBack, printing: printing(true) }];
    }
    if (!manifests.some(({ digest }) => digest === manifestDigest)) return [];
    return [{ ...envelopes, readBack: [], printing: printing(false) }];
  });
  return { logs, chains: chainsOf(read) };
}

const NOTHING: Omit<EnvelopeFacts, 'readBack' | 'printing'> = {
  unsaid: false,
  renewed: [],
  perhaps: [],
  chosen: [],
  given: [],
  destroyed: [],
};

export function sheetsLeft({ logs, chains }: SetLogs, share: number): SheetsLeft {
  const own = <T extends { readonly index: number }>(all: readonly T[]) =>
    all.filter(({ index }) => index === share);
  const renewed = logs
    .flatMap((one) => own(one.renewed))
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  const readBack = logs.flatMap((one) => own(one.readBack));
  const now = (sheet: number): number => {
    const named = readBack.find((one) => one.sheet === sheet && one.envelope !== '')?.envelope;
    const first = named ?? renewed.find(({ oldSheet }) => oldSheet === sheet)?.before ?? '';
    return first === '' ? sheet : (stepTo(endOf(first, chains), chains)?.sheet ?? sheet);
  };
  const { left, destroyed } = metAndGone(logs, share);
  const ends = renewed
    .flatMap(({ before, after }) => [before, after])
    .filter((digest) => digest !== '')
    .map((digest) => stepTo(endOf(digest, chains), chains)?.sheet ?? null);
  return {
    now,
    left,
    counts: new Set(left.filter((sheet) => ends.includes(sheet))),
    destroyed,
  };
}

/** What each number was last said to be: somewhere, or destroyed. */
function metAndGone(
  logs: readonly EnvelopeFacts[],
  share: number,
): Pick<SheetsLeft, 'left' | 'destroyed'> {
  const said = logs
    .flatMap(({ printing, given, renewed, chosen, destroyed }) => [
      ...[...printing, ...given, ...chosen].map(({ index, sheet, at }) => ({
        index,
        sheets: [sheet],
        at,
        gone: false,
      })),
      ...renewed.map(({ index, oldSheet, sheet, at }) => ({
        index,
        sheets: [oldSheet, sheet],
        at,
        gone: false,
      })),
      // Said last where times are the same: they have whole seconds.
      ...destroyed.map(({ index, sheets, at }) => ({ index, sheets, at, gone: true })),
    ])
    .filter(({ index }) => index === share)
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  const isGone = new Map<number, boolean>();
  for (const { sheets, gone } of said) {
    for (const sheet of sheets) if (sheet !== null) isGone.set(sheet, gone);
  }
  const those = (wanted: boolean) =>
    [...isGone].filter(([, gone]) => gone === wanted).map(([sheet]) => sheet);
  return { left: those(false), destroyed: new Set(those(true)) };
}
