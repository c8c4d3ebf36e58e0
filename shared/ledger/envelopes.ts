/**
 * Folding renewals out of all logs of a laptop: which envelope of an OTP key took which one's place.
 * @module
 */
import type { EnvelopesKnown, PrintedSheets, ReplacedEnvelope } from './known-envelopes.ts';
import type { EnvelopeRenewed } from './read-envelopes.ts';
import type { LogFacts } from './read-log.ts';

interface Link extends Omit<EnvelopeRenewed, 'before'> {
  readonly ceremonyId: string;
  readonly saidLost: boolean;
}

export function foldEnvelopes(read: readonly LogFacts[]): EnvelopesKnown {
  const links = linksOf(read);
  return {
    ceremonies: read.map(({ ceremony }) => [ceremony.ceremonyId, ceremony.startedAt] as const),
    sets: [
      ...new Set(
        read
          // The running one has the manifest of its package, and says nothing of before.
          .filter(({ ceremony }) => ceremony.standing !== 'running')
          .flatMap(({ manifests, split }) => [
            ...manifests.map(({ body }) => body.setId),
            ...(split === null ? [] : [split.setId]),
          ]),
      ),
    ],
    replaced: [...links].map(([envelope, link]): ReplacedEnvelope => {
      const live = endOf(envelope, links);
      const last = [...links.values()].find(({ after }) => after === live) ?? link;
      const { index, at, oldSheet, ceremonyId, saidLost } = link;
      const gone = read
        .filter(({ ceremony }) => ceremony.ceremonyId === ceremonyId)
        .flatMap(({ envelopes }) => envelopes.destroyed)
        .find((one) => one.index === index && oldSheet !== null && one.sheets.includes(oldSheet));
      return {
        envelope,
        index,
        replacedAt: at,
        live,
        liveSince: last.at,
        liveSheet: last.sheet,
        saidLost,
        destroyed: gone === undefined || saidLost ? null : { at: gone.at, witness: gone.witness },
      };
    }),
    printed: read.flatMap(printedIn),
  };
}

/** Which one took each one's place, in the order of time. */
function linksOf(read: readonly LogFacts[]): ReadonlyMap<string, Link> {
  const links = new Map<string, Link>();
  const unknown = read.flatMap(({ envelopes }) => envelopes.unknown);
  const renewals = read
    .flatMap(({ envelopes, ceremony: { ceremonyId } }) =>
      envelopes.renewed.map((one) => ({ ...one, ceremonyId })),
    )
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  for (const { before, ...renewal } of renewals) {
    // A digest that was withheld names nothing.
    if (before === '' || renewal.after === '') continue;
    // The stick that nobody could read held the new one after all.
    for (const maybe of unknown) {
      const wasNew = maybe.after === before && maybe.before !== before;
      if (wasNew && !links.has(maybe.before)) {
        const { index, at, ceremonyId } = renewal;
        const onStick = { oldSheet: null, sheet: null, saidLost: false };
        links.set(maybe.before, { index, at, ceremonyId, after: before, ...onStick });
      }
    }
    const end = endOf(before, links);
    // Said twice, or in a circle: nobody can make an envelope again.
    if (end === endOf(renewal.after, links)) continue;
    const saidLost = end !== before;
    const oldSheet = saidLost
      ? ([...links.values()].find(({ after }) => after === end)?.sheet ?? null)
      : renewal.oldSheet;
    links.set(end, { ...renewal, oldSheet, saidLost });
  }
  return links;
}

function endOf(envelope: string, links: ReadonlyMap<string, Link>): string {
  let end = envelope;
  for (let next = links.get(end); next !== undefined; next = links.get(end)) end = next.after;
  return end;
}

function printedIn({ ceremony: { ceremonyId }, envelopes }: LogFacts): PrintedSheets[] {
  const { printing, renewed, destroyed } = envelopes;
  return [...new Set(printing.map(({ index }) => index))].map((index) => {
    const own = <T extends { readonly index: number }>(all: readonly T[]) =>
      all.filter((one) => one.index === index);
    return {
      ceremonyId,
      index,
      sheets: own(printing).map(({ sheet }) => sheet),
      counted: own(renewed).map(({ after }) => after),
      good: own(renewed).at(-1)?.sheet ?? null,
      destroyed: own(destroyed).map(({ sheets, at, witness }) => ({ sheets, at, witness })),
    };
  });
}
