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

/** Sheets with OTP envelopes that one ceremony printed for one share. */
export interface PrintedSheets {
  readonly ceremonyId: string;
  /** Null: the log names no set. */
  readonly setId: string | null;
  readonly index: number;
  readonly sheets: readonly number[];
  /** Digests of what was read back, or chosen since: no other print counts. */
  readonly counted: readonly string[];
  /** Numbers of what was read back, where a log of before has no digest. */
  readonly countedSheets: readonly number[];
  /** The digest of what counts now, after however many renewals; null: no log names it. */
  readonly live: string | null;
  /** The sheet that it is on; null: a stick, or no log says so. */
  readonly good: number | null;
  readonly destroyed: readonly {
    readonly sheets: readonly number[];
    readonly at: string;
    readonly witness: string;
  }[];
}

/** Numbers that sheets with OTP envelopes of a share have had, the one that was met last at the end. */
export interface UsedSheets {
  readonly setId: string;
  readonly index: number;
  readonly sheets: readonly number[];
}

/** Plain data: main hands it to the worker, which reads the sheet. */
export interface EnvelopesKnown {
  /** Ceremonies whose logs are here, with the time when each began. */
  readonly ceremonies: readonly (readonly [ceremonyId: string, startedAt: string])[];
  /**
   * Sets whose envelopes are known as far as logs can tell: the log of the ceremony that made it is
   * here, and that of each ceremony since of which a receipt is.
   */
  readonly sets: readonly string[];
  readonly replaced: readonly ReplacedEnvelope[];
  readonly printed: readonly PrintedSheets[];
  /** Digests of envelopes that were read back, given or made anew. */
  readonly named: readonly string[];
  readonly sheets: readonly UsedSheets[];
}

/** An envelope as it was read, before any key is asked. */
export interface EnvelopeRead {
  readonly digest: string;
  /** In which it was locked. */
  readonly ceremonyId: string;
  /** Null: nobody said so. */
  readonly setId: string | null;
  readonly index: number;
  /** The sheet that it came in on; null: a stick. */
  readonly sheet: number | null;
}

/**
 * `newest`: the log of the ceremony in which it was locked is here, a log names it as one that counts,
 * and none names a newer one. `not-known`: nothing says so. `replaced`: another one took its place.
 * `not-counted`: printed and never read back.
 */
export type EnvelopeStanding =
  | { readonly standing: 'newest' | 'not-known' }
  | { readonly standing: 'replaced'; readonly by: ReplacedEnvelope }
  | { readonly standing: 'not-counted'; readonly among: PrintedSheets };

export function standingOf(
  { digest, ceremonyId, setId, index, sheet }: EnvelopeRead,
  { replaced, printed, ceremonies, named }: EnvelopesKnown,
): EnvelopeStanding {
  const by = replaced.find(({ envelope }) => envelope === digest);
  if (by !== undefined) return { standing: 'replaced', by };
  // On a stick the power may have failed between the new file and the entry that names it.
  const among = printed.filter(
    (one) =>
      one.ceremonyId === ceremonyId &&
      one.index === index &&
      (one.setId === null || setId === null || one.setId === setId) &&
      sheet !== null &&
      one.sheets.includes(sheet),
  );
  const first = among.find((one) => one.setId === setId) ?? among[0];
  if (first !== undefined && !among.some((one) => isCounted(digest, sheet, one))) {
    return { standing: 'not-counted', among: first };
  }
  const isKnown = named.includes(digest) && ceremonies.some(([id]) => id === ceremonyId);
  return { standing: isKnown ? 'newest' : 'not-known' };
}

function isCounted(
  digest: string,
  sheet: number | null,
  { counted, countedSheets }: PrintedSheets,
): boolean {
  return counted.includes(digest) || (sheet !== null && countedSheets.includes(sheet));
}
