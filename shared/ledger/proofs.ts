/**
 * When each share of a set was last read, and when it is due again.
 * @module
 */
import { DUE_DAYS, type LedgerSet, type LedgerShare } from './ledger.ts';
import type { LogFacts } from './read-log.ts';

/** Adds to each share when it was last read, by this set's own log and by ceremonies that used it. */
export function prove(set: LedgerSet, read: readonly LogFacts[]): LedgerSet {
  // New shares are two sets in one log: the one that is made, and the one whose shares are given.
  const isOwn = ({ ceremony }: LogFacts) => ceremony.ceremonyId === set.ceremonyId;
  const occasions = read.filter(
    (one) => isOwn(one) || one.manifests.some(({ digest }) => digest === set.manifestDigest),
  );
  const shares = set.shares.map((share): LedgerShare => {
    let latest = share;
    let failedAt = '';
    for (const occasion of occasions) {
      const { proofs, ceremony } = occasion;
      for (const { index, at, how, isMade } of proofs) {
        if (isMade !== isOwn(occasion) || index !== share.index) continue;
        const last = latest.provedAt ?? '';
        if (how === 'not') failedAt = at > failedAt ? at : failedAt;
        else if (at > last || (at === last && how === 'nonce')) {
          const provedByNonce = how === 'nonce';
          latest = { ...share, provedAt: at, provedIn: ceremony.ceremonyId, provedByNonce };
        }
      }
    }
    if (failedAt > (latest.provedAt ?? '')) latest = { ...latest, failedAt };
    return { ...latest, dueAt: set.status === 'live' ? shareDueAt(latest, set.madeAt) : null };
  });
  const [first = null] = shares.flatMap(({ dueAt }) => dueAt ?? []).sort();
  // SECURITY: the half that came for new shares is the old one; the new one comes with a fresh package.
  const vaultChecks = occasions
    .filter((occasion) => !isOwn(occasion))
    .flatMap(({ vaultCheckedAt }) => vaultCheckedAt ?? [])
    .sort();
  return {
    ...set,
    shares,
    vaultProvedAt: vaultChecks.at(-1) ?? null,
    dueAt: first,
  };
}

/**
 * As sync counts (ADR 31): what failed in a drill is due from then on; what no log here tells of was
 * read back when the set was made.
 */
function shareDueAt({ provedAt, failedAt }: LedgerShare, madeAt: string | null): string | null {
  if (failedAt !== null) return failedAt;
  const since = provedAt ?? madeAt;
  return since === null ? null : daysAfter(since, DUE_DAYS);
}

export function daysAfter(time: string, days: number): string {
  const instant = new Date(Date.parse(time) + days * 86_400_000);
  return `${instant.toISOString().slice(0, 19)}Z`;
}

/** How many were proved, and not too long ago. */
export function freshShares({ shares }: LedgerSet, now: string): number {
  return shares.filter(
    ({ provedAt, failedAt }) =>
      provedAt !== null && failedAt === null && daysAfter(provedAt, DUE_DAYS) > now,
  ).length;
}
