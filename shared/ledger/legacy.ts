/**
 * What opened an adopted key before its share set did, and what of it was destroyed before a witness.
 * @module
 */
import type { ReceiptDocument } from '../bundle/receipt.ts';
import type { LedgerSet, LegacyKept, Remnant } from './ledger.ts';
import type { LogFacts } from './read-log.ts';

const SHARES = /^any (\d{1,3}) of (\d{1,3}) legacy shares$/;

/** Null where the key of the set was not adopted. */
export function legacyKept(
  set: LedgerSet,
  read: readonly LogFacts[],
  receipts: readonly ReceiptDocument[],
): LegacyKept | null {
  if (set.legacy === null) return null;
  const own = read.find(({ ceremony }) => ceremony.ceremonyId === set.ceremonyId)?.legacy ?? null;
  const gone = read.flatMap(({ destroyed }) =>
    destroyed?.setId === set.setId && destroyed.generation === set.generation
      ? destroyed.legacy
      : [],
  );
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
  };
}

/** A survey key was recovered with the set, and sync took it. */
function wasUsed({ manifestDigest }: LedgerSet, read: readonly LogFacts[]): boolean {
  return read.some(
    ({ ceremony, manifests }) =>
      ceremony.kind === 'recover' &&
      ceremony.outcome === 'committed' &&
      manifests.some(({ digest }) => digest === manifestDigest),
  );
}

/** Sync says that a stored survey key opened with the key of the set. */
function provesKey({ body }: ReceiptDocument, { ceremonyId, keyVersion }: LedgerSet): boolean {
  if (body.outcome !== 'committed') return false;
  return body.kind === 'adopt'
    ? body.ceremonyId === ceremonyId && body.adopted?.proof === 'escrow'
    : body.kind === 'recover' && body.keyVersion === keyVersion;
}

/** What is still to be destroyed, as the things of a destruction. */
export function legacyRemnants({ pieces }: LegacyKept): Remnant[] {
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
