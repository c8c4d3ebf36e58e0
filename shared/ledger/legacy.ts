/**
 * What opened an adopted key before its share set did, and what of it was destroyed before a witness.
 * @module
 */
import type { ReceiptDocument } from '../bundle/receipt.ts';
import { fact, isWithheld } from '../transcript/entry.ts';
import { entries } from '../transcript/log.ts';
import type { LedgerSet, LegacyKept, NewLegacyKept, Remnant } from './ledger.ts';
import { newLegacyPlace } from './places.ts';
import type { DestroyFacts } from './read-destroyed.ts';
import type { LogFacts } from './read-log.ts';
import type { NewLegacyMade } from './read-new-legacy.ts';

const SHARES = /^any (\d{1,3}) of (\d{1,3}) legacy shares$/;

/** Null where the key of the set was not adopted. */
export function legacyKept(
  set: LedgerSet,
  read: readonly LogFacts[],
  receipts: readonly ReceiptDocument[],
): LegacyKept | null {
  if (set.legacy === null) return null;
  const own = read.find(({ ceremony }) => ceremony.ceremonyId === set.ceremonyId)?.legacy ?? null;
  const done = read.flatMap(({ destroyed }) =>
    destroyed?.setId === set.setId && destroyed.generation === set.generation ? [destroyed] : [],
  );
  const gone = done.flatMap(({ legacy }) => legacy);
  const [, threshold = '1', total] = SHARES.exec(set.legacy) ?? [];
  const numbers =
    total === undefined ? [0] : Array.from({ length: Number(total) }, (_, n) => n + 1);
  return {
    threshold: Number(threshold),
    pieces: numbers.map((number) => {
      const given = own?.given.find((one) => one.numbers.includes(number));
      return {
        number,
        by: given?.by ?? null,
        source: given?.source ?? null,
        gone: gone.includes(number),
      };
    }),
    proved:
      own?.proved === true || wasUsed(set, read) || receipts.some((one) => provesKey(one, set)),
    made: newLegacyKept(own?.made ?? null, done),
  };
}

function newLegacyKept(
  made: NewLegacyMade | null,
  done: readonly DestroyFacts[],
): NewLegacyKept | null {
  if (made === null) return null;
  const { threshold, count, written } = made;
  // Two sticks may have the same description: each destruction takes one of them off the list.
  const left = done.flatMap(({ newLegacy }) => newLegacy);
  const pieces = written.map((piece) => {
    const at = left.findIndex(
      ({ number, description }) => number === piece.number && description === piece.description,
    );
    if (at !== -1) left.splice(at, 1);
    return { ...piece, gone: at !== -1 };
  });
  return { threshold, count, pieces };
}

/**
 * A survey key of CheckTick's own kind was recovered with the set, and sync took it.
 *
 * SECURITY: a sealed one opens with whatever key the set gives, because it was sealed to what came of
 * that; and an organisation's entry may have been wrapped anew with it. Only what CheckTick stored under
 * its platform key shows that this is the one. A receipt does not say which kind it was.
 */
function wasUsed({ manifestDigest }: LedgerSet, read: readonly LogFacts[]): boolean {
  return read.some(
    ({ log, ceremony, manifests }) =>
      ceremony.kind === 'recover' &&
      ceremony.outcome === 'committed' &&
      manifests.some(({ digest }) => digest === manifestDigest) &&
      entries(log).some(
        (entry) =>
          fact(entry, 'kind') === 'kek-opened' &&
          fact(entry, 'escrow') === undefined &&
          !isWithheld(entry),
      ),
  );
}

/** Sync says that the adoption proved the key. */
function provesKey({ body }: ReceiptDocument, { ceremonyId }: LedgerSet): boolean {
  return (
    body.outcome === 'committed' &&
    body.kind === 'adopt' &&
    body.ceremonyId === ceremonyId &&
    body.adopted !== undefined &&
    body.adopted.proof !== 'none'
  );
}

/** What is still to be destroyed, as the things of a destruction. */
export function legacyRemnants(kept: LegacyKept): Remnant[] {
  return [...oldRemnants(kept), ...newLegacyRemnants(kept.made)];
}

/** Of new legacy shares alone: they open the key of a set that is void as well. */
export function newLegacyRemnants(made: NewLegacyKept | null): Remnant[] {
  return (made?.pieces ?? []).map(({ number, by, description, gone }, at): Remnant => ({
    id: `new legacy ${at + 1}`,
    index: newLegacyPlace(number),
    custodian: by,
    gone,
    what: 'legacy',
    number,
    made: true,
    description,
  }));
}

function oldRemnants({ pieces }: LegacyKept): Remnant[] {
  return pieces.map(({ number, by, source, gone }): Remnant => {
    const name = number === 0 ? 'the component that was never split' : `legacy share ${number}`;
    return {
      id: `legacy ${number}`,
      index: Math.max(1, number),
      custodian: by ?? `Whoever has ${name}`,
      gone,
      what: 'legacy',
      number,
      description: source === null ? name : `${name}, brought to the adoption as ${source}`,
    };
  });
}

/** The same of new legacy shares; a sentence, or '' where there never were any. */
export function newLegacyLeftInWords(made: {
  readonly left: number;
  readonly of: number;
  readonly threshold: number;
}): string {
  const { left, of, threshold } = made;
  if (of === 0) return '';
  if (left === 0) return 'The new legacy shares of the adoption were destroyed before a witness.';
  const sticks =
    left === 1 ? 'stick with a new legacy share is' : 'sticks with new legacy shares are';
  return `${left} ${sticks} listed as there: any ${threshold} new legacy shares open this key without Conclave, until they are destroyed.`;
}

/** How many are left, and whether they still open the key; a sentence. */
export function legacyLeftInWords(left: number, of: number, threshold: number): string {
  const unlisted = 'Copies that nobody listed open it as well.';
  if (left === of) {
    return of === 1
      ? 'The component that was never split opens this key as well, until it is destroyed.'
      : `Any ${threshold} of ${of} legacy shares open this key as well, until they are destroyed.`;
  }
  if (left === 0) {
    return `What opened this key before was destroyed before a witness. ${unlisted}`;
  }
  const gone = `${of - left} of ${of} legacy shares were destroyed before a witness.`;
  return left >= threshold
    ? `${gone} The ${left} that are left still open this key: any ${threshold} are enough.`
    : `${gone} Fewer are left (${left}) than open this key (${threshold}). ${unlisted}`;
}
