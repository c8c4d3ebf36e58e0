/**
 * Folding all logs of a laptop into what it knows of envelopes of OTP keys: which ones are over, which
 * prints never counted, and which numbers sheets have had.
 * @module
 */
import type { Receipt, ReceiptDocument } from '../bundle/receipt.ts';
import { chainsOf, countedIn, endOf, stepTo, type Chains } from './envelope-chains.ts';
import type {
  EnvelopesKnown,
  PrintedSheets,
  ReplacedEnvelope,
  UsedSheets,
} from './known-envelopes.ts';
import type { EnvelopeChosen } from './read-envelopes.ts';
import type { LogFacts } from './read-log.ts';

/** @param receipts verified ones: of ceremonies, too, whose logs are elsewhere */
export function foldEnvelopes(
  read: readonly LogFacts[],
  receipts: readonly ReceiptDocument[] = [],
): EnvelopesKnown {
  const chains = chainsOf(read);
  const cutOff = setsElsewhere(read, receipts);
  const whole = read.filter((log) => !setsIn(log).some((setId) => cutOff.has(setId)));
  return {
    ceremonies: read.map(({ ceremony }) => [ceremony.ceremonyId, ceremony.startedAt] as const),
    // Whatever was printed and written when the set was made stands in the log of that ceremony alone.
    sets: [...new Set(whole.flatMap(({ split }) => (split === null ? [] : [split.setId])))],
    replaced: [...chains.keys()].map((envelope) => replaced(envelope, chains, read)),
    printed: read.flatMap((log) => printedIn(log, chains, read)),
    named: namedIn(whole, chains),
    sheets: usedSheets(read),
  };
}

/**
 * Sets whose shares were given, whatever became of it, in a ceremony whose log is not here: an envelope
 * may be newer there. A receipt names no set, so each set of its key counts that was there before it.
 */
function setsElsewhere(
  read: readonly LogFacts[],
  receipts: readonly ReceiptDocument[],
): ReadonlySet<string> {
  const here = new Set(read.map(({ ceremony }) => ceremony.ceremonyId));
  const elsewhere = receipts
    .map(({ body }) => body)
    .filter(
      ({ kind, ceremonyId }) =>
        // Where the first shares of a key are made, none are given.
        kind !== 'setup' && kind !== 'adopt' && ceremonyId !== null && !here.has(ceremonyId),
    );
  const sets = [
    ...read.flatMap(({ manifests }) => manifests.map(({ body }) => body)),
    ...read.flatMap(({ split, ceremony: { ceremonyId } }) =>
      split === null ? [] : [{ ...split, ceremonyId }],
    ),
  ];
  const isLater = (made: string) => {
    const own = receipts.find(({ body }) => body.ceremonyId === made)?.body;
    return ({ audience, sequence }: Receipt) =>
      own === undefined || audience !== own.audience || sequence > own.sequence;
  };
  return new Set(
    sets
      .filter(({ keyVersion, ceremonyId }) =>
        elsewhere.filter(isLater(ceremonyId)).some((one) => one.keyVersion === keyVersion),
      )
      .map(({ setId }) => setId),
  );
}

function setsIn({ manifests, split }: LogFacts): string[] {
  return [...manifests.map(({ body }) => body.setId), ...(split === null ? [] : [split.setId])];
}

function replaced(envelope: string, chains: Chains, read: readonly LogFacts[]): ReplacedEnvelope {
  const link = chains.get(envelope);
  if (link === undefined) throw new Error('Only what is over has a step to another.');
  const { index, at, oldSheet, ceremonyId, saidLost } = link;
  const live = endOf(envelope, chains);
  const last = stepTo(live, chains) ?? link;
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
}

/**
 * Digests that a log names as one that was read back, given, or made anew. One whose stick may hold the
 * one after it is not among them.
 */
function namedIn(whole: readonly LogFacts[], chains: Chains): string[] {
  const facts = whole.map(({ envelopes }) => envelopes);
  const open = new Set(
    facts
      .flatMap(({ perhaps }) => perhaps)
      .filter(({ before, settled }) => !settled && !chains.has(before))
      .map(({ before }) => before),
  );
  const named = facts.flatMap(({ renewed, given, readBack, chosen }) => [
    ...renewed.flatMap(({ before, after }) => [before, after]),
    ...[...given, ...readBack, ...chosen].map(({ envelope }) => envelope),
  ]);
  return [...new Set(named)].filter((digest) => digest !== '' && !open.has(digest));
}

function printedIn(log: LogFacts, chains: Chains, read: readonly LogFacts[]): PrintedSheets[] {
  const chosen = read.flatMap(({ envelopes }) => envelopes.chosen);
  // It may be any of them: an auditor's copy accuses no print.
  if (log.envelopes.unsaid) return [];
  // New shares are two sets in one log; the one that is in use since comes first.
  const isInUse = log.ceremony.outcome === 'committed';
  return [isInUse, !isInUse].flatMap((isMade) => printedFor(isMade, log, chains, chosen, read));
}

function printedFor(
  isMade: boolean,
  { ceremony: { ceremonyId }, envelopes, split, manifests }: LogFacts,
  chains: Chains,
  chosen: readonly EnvelopeChosen[],
  read: readonly LogFacts[],
): PrintedSheets[] {
  const printing = envelopes.printing.filter((one) => one.isMade === isMade);
  const of = manifests.find(({ body }) => (body.ceremonyId === ceremonyId) === isMade)?.body;
  const setId = (isMade ? split?.setId : undefined) ?? of?.setId ?? null;
  const readBack = isMade ? envelopes.readBack : [];
  const [renewed, given, destroyed] = isMade
    ? [[], [], []]
    : [envelopes.renewed, envelopes.given, envelopes.destroyed];
  return [...new Set(printing.map(({ index }) => index))].map((index) => {
    const own = <T extends { readonly index: number }>(all: readonly T[]) =>
      all.filter((one) => one.index === index);
    const digests = [
      ...own(readBack).map(({ envelope }) => envelope),
      ...own(renewed).map(({ after }) => after),
    ].filter((digest) => digest !== '');
    // In logs of before the number alone names what was read back when the set was made.
    const byNumber = own(readBack).filter(({ envelope }) => envelope === '');
    const instead = own(chosen).find(
      (one) => one.madeIn === ceremonyId && !digests.includes(one.envelope),
    );
    const counted = countedIn({ renewed, given, readBack }, index) ?? instead?.envelope ?? null;
    const live = counted === null ? null : endOf(counted, chains);
    return {
      ceremonyId,
      setId,
      index,
      sheets: own(printing).map(({ sheet }) => sheet),
      counted: [...digests, ...own(chosen).map(({ envelope }) => envelope)],
      countedSheets: byNumber
        .flatMap(({ sheet }) => sheet ?? [])
        .filter((sheet) => instead?.liveSheet !== sheet),
      live,
      good:
        live === null
          ? (byNumber.flatMap(({ sheet }) => sheet ?? []).at(-1) ?? null)
          : sheetWith(live, chains, read),
      destroyed: own(destroyed).map(({ sheets, at, witness }) => ({ sheets, at, witness })),
    };
  });
}

/** The number of the sheet that an envelope is on; null: a stick, or no log says so. */
function sheetWith(envelope: string, chains: Chains, read: readonly LogFacts[]): number | null {
  const step = stepTo(envelope, chains);
  if (step !== undefined) return step.sheet;
  const named = read.flatMap(({ envelopes }) => [...envelopes.given, ...envelopes.readBack]);
  return named.find((one) => one.envelope === envelope && one.sheet !== null)?.sheet ?? null;
}

/** In the order of time. */
function usedSheets(read: readonly LogFacts[]): UsedSheets[] {
  const shares = new Map<string, UsedSheets>();
  const inTime = [...read].sort((one, other) =>
    one.ceremony.startedAt < other.ceremony.startedAt ? -1 : 1,
  );
  for (const log of inTime) {
    const sets = new Set(setsIn(log));
    const { envelopes } = log;
    const { printing, given, readBack, renewed, chosen } = envelopes;
    const numbers = [
      ...readBack,
      ...given,
      ...chosen,
      ...printing,
      ...renewed.flatMap(({ index, oldSheet, sheet }) => [
        { index, sheet: oldSheet },
        { index, sheet },
      ]),
    ];
    for (const setId of sets) {
      for (const { index, sheet } of numbers) {
        if (sheet === null) continue;
        const before = shares.get(`${setId} ${index}`)?.sheets ?? [];
        const sheets = [...before.filter((one) => one !== sheet), sheet];
        shares.set(`${setId} ${index}`, { setId, index, sheets });
      }
    }
  }
  return [...shares.values()];
}
