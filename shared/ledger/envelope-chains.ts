/**
 * Chains of OTP envelopes out of all logs of a laptop: which one took which one's place.
 * @module
 */
import type {
  EnvelopeChosen,
  EnvelopeFacts,
  EnvelopeReadBack,
  EnvelopeRenewed,
} from './read-envelopes.ts';
import type { LogFacts } from './read-log.ts';

/** The step from an envelope to the one that counts instead. */
interface Link extends Omit<EnvelopeRenewed, 'before'> {
  readonly ceremonyId: string;
  /** It counted, and an older one was used because it was said to be lost. */
  readonly saidLost: boolean;
}

/** By the digest of the envelope that is over. */
export type Chains = ReadonlyMap<string, Link>;

type Happened = { readonly ceremonyId: string; readonly at: string } & (
  | { readonly renewed: EnvelopeRenewed }
  | { readonly chosen: EnvelopeChosen }
  | { readonly given: EnvelopeReadBack }
);

export function chainsOf(read: readonly LogFacts[]): Chains {
  const links = new Map<string, Link>();
  const happened = read
    .flatMap(({ envelopes, ceremony: { ceremonyId } }): Happened[] => [
      // A choice stands before what became of it, and times have whole seconds.
      ...envelopes.chosen.map((chosen) => ({ ceremonyId, at: chosen.at, chosen })),
      ...envelopes.given.map((given) => ({ ceremonyId, at: given.at, given })),
      ...envelopes.renewed.map((renewed) => ({ ceremonyId, at: renewed.at, renewed })),
    ])
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  for (const one of happened) {
    if ('chosen' in one) choose(one.chosen, one.ceremonyId, links, read);
    else if ('renewed' in one) renew(one.renewed, one.ceremonyId, links, read);
    else {
      const { at, given } = one;
      const when = { index: given.index, at, ceremonyId: one.ceremonyId };
      wasNewAfterAll(given.envelope, when, links, read);
    }
  }
  return links;
}

/** What counts at the end of the chain that an envelope is in. */
export function endOf(envelope: string, links: Chains): string {
  let end = envelope;
  for (let next = links.get(end); next !== undefined; next = links.get(end)) end = next.after;
  return end;
}

/** The last step to an envelope; undefined: it took nothing's place. */
export function stepTo(envelope: string, links: Chains): Link | undefined {
  return [...links.values()].filter(({ after }) => after === envelope).at(-1);
}

/**
 * The envelope that counted for a share when a ceremony was over, as its log says; null: it names
 * none.
 */
export function countedIn(
  { renewed, given, readBack }: Pick<EnvelopeFacts, 'renewed' | 'given' | 'readBack'>,
  share: number,
): string | null {
  const named = [
    ...readBack.filter(({ index }) => index === share).map(({ envelope }) => envelope),
    ...given.filter(({ index }) => index === share).map(({ envelope }) => envelope),
    ...renewed.filter(({ index }) => index === share).map(({ after }) => after),
  ];
  return named.filter((envelope) => envelope !== '').at(-1) ?? null;
}

function renew(
  { before, ...renewal }: EnvelopeRenewed,
  ceremonyId: string,
  links: Map<string, Link>,
  read: readonly LogFacts[],
): void {
  // A digest that was withheld names nothing.
  if (before === '' || renewal.after === '') return;
  wasNewAfterAll(before, { index: renewal.index, at: renewal.at, ceremonyId }, links, read);
  const end = endOf(before, links);
  // Said twice, or in a circle: nobody can make an envelope again.
  if (end === endOf(renewal.after, links)) return;
  const saidLost = end !== before;
  const oldSheet = saidLost ? (stepTo(end, links)?.sheet ?? null) : renewal.oldSheet;
  links.set(end, { ...renewal, ceremonyId, oldSheet, saidLost });
}

/** The stick that nobody could read held the new one after all. */
function wasNewAfterAll(
  envelope: string,
  when: Pick<Link, 'index' | 'at' | 'ceremonyId'>,
  links: Map<string, Link>,
  read: readonly LogFacts[],
): void {
  for (const { before, after } of read.flatMap(({ envelopes }) => envelopes.perhaps)) {
    if (envelope === '' || after !== envelope || before === '' || links.has(before)) continue;
    if (endOf(envelope, links) === before) continue;
    const onStick = { oldSheet: null, sheet: null, saidLost: false };
    links.set(before, { ...when, after: envelope, ...onStick });
  }
}

/** It counts again, and what counted until then is over, whatever becomes of it afterwards. */
function choose(
  { index, envelope, sheet, live, liveSheet, madeIn, at }: EnvelopeChosen,
  ceremonyId: string,
  links: Map<string, Link>,
  read: readonly LogFacts[],
): void {
  if (envelope === '') return;
  const said = live === '' ? countedBeside({ index, sheet, madeIn }, read) : live;
  const lost = [envelope, ...(said === null ? [] : [said])].map((one) => endOf(one, links));
  links.delete(envelope);
  for (const end of lost) {
    if (endOf(end, links) === envelope) continue;
    const oldSheet = stepTo(end, links)?.sheet ?? liveSheet;
    links.set(end, { index, at, ceremonyId, after: envelope, oldSheet, sheet, saidLost: true });
  }
}

/**
 * For logs of before, which name no digest of what counted beside a print that never did: that of the
 * one ceremony which printed such a sheet.
 */
function countedBeside(
  { index, sheet, madeIn }: Pick<EnvelopeChosen, 'index' | 'sheet' | 'madeIn'>,
  read: readonly LogFacts[],
): string | null {
  const printed = read.filter(({ ceremony, envelopes }) =>
    madeIn === ''
      ? envelopes.printing.some((one) => one.index === index && one.sheet === sheet)
      : ceremony.ceremonyId === madeIn,
  );
  const [only, ...others] = printed;
  return only === undefined || others.length > 0 ? null : countedIn(only.envelopes, index);
}
