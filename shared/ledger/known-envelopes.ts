/**
 * What a laptop knows of envelopes of OTP keys, and how one that comes in stands: main hands this to
 * the worker, which reads the sheet or the stick before any key is asked.
 * @module
 */

/** An envelope whose place another one took. Digests are SHA-256 in hex, times UTC. */
export interface ReplacedEnvelope {
  readonly envelope: string;
  readonly index: number;
  readonly replacedAt: string;
  /** Of the one that counts now, after however many renewals. */
  readonly live: string;
  readonly liveSince: string;
  /** The sheet that it is on; null: a stick. */
  readonly liveSheet: number | null;
  /** An older one was used in its place, because it was said to be lost. */
  readonly saidLost: boolean;
  /** Its sheet was destroyed before this witness, as people said; null: nobody said so. */
  readonly destroyed: { readonly at: string; readonly witness: string } | null;
}

/** Sheets that one ceremony printed for one share. */
export interface PrintedSheets {
  readonly ceremonyId: string;
  readonly index: number;
  readonly sheets: readonly number[];
  /** Digests of what was read back: no other print counts. */
  readonly counted: readonly string[];
  /** The sheet that counted at the end; null: the one that was given. */
  readonly good: number | null;
  readonly destroyed: readonly {
    readonly sheets: readonly number[];
    readonly at: string;
    readonly witness: string;
  }[];
}

/** Plain data: main hands it to the worker, which reads the sheet. */
export interface EnvelopesKnown {
  /** Ceremonies whose logs are here, with the time when each began. */
  readonly ceremonies: readonly (readonly [ceremonyId: string, startedAt: string])[];
  /** Sets of which there is a log of an earlier ceremony here. */
  readonly sets: readonly string[];
  readonly replaced: readonly ReplacedEnvelope[];
  readonly printed: readonly PrintedSheets[];
}

/** An envelope as it was read, before any key is asked. */
export interface EnvelopeRead {
  readonly digest: string;
  /** In which it was locked. */
  readonly ceremonyId: string;
  readonly index: number;
  /** The sheet that it came in on; null: a stick. */
  readonly sheet: number | null;
}

/**
 * `newest`: the log of the ceremony in which it was locked is here, and no log names a newer one.
 * `not-known`: that log is not here. `replaced`: another one took its place. `not-counted`: printed in
 * a renewal and never read back.
 */
export type EnvelopeStanding =
  | { readonly standing: 'newest' | 'not-known' }
  | { readonly standing: 'replaced'; readonly by: ReplacedEnvelope }
  | { readonly standing: 'not-counted'; readonly among: PrintedSheets };

export function standingOf(
  { digest, ceremonyId, index, sheet }: EnvelopeRead,
  { replaced, printed, ceremonies }: EnvelopesKnown,
): EnvelopeStanding {
  const by = replaced.find(({ envelope }) => envelope === digest);
  if (by !== undefined) return { standing: 'replaced', by };
  const among = printed.find((one) => one.ceremonyId === ceremonyId && one.index === index);
  // On a stick the power may have failed between the new file and the entry that names it.
  if (sheet !== null && among?.sheets.includes(sheet) === true && !among.counted.includes(digest)) {
    return { standing: 'not-counted', among };
  }
  return { standing: ceremonies.some(([id]) => id === ceremonyId) ? 'newest' : 'not-known' };
}
