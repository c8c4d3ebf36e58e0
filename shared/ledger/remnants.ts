/**
 * What is left of a share set that is over: every medium that was ever written, every slot of a
 * YubiKey, and which of them were destroyed before a witness.
 * @module
 */
import { ENVELOPE_ON, onAnotherSheet } from '../sharing/key-carriers.ts';
import { isKeyMedium } from '../sharing/manifest.ts';
import type { LedgerSet, Remnant } from './ledger.ts';
import type { EnvelopeRenewed } from './read-envelopes.ts';
import type { LogFacts } from './read-log.ts';
import { slotInWords } from './slot-words.ts';

/** Everything of a set, by share: what its log wrote, or else what its manifest lists. */
export function remnantsOf(set: LedgerSet, read: readonly LogFacts[]): Remnant[] {
  const own = read.find(({ ceremony }) => ceremony.ceremonyId === set.ceremonyId)?.split ?? null;
  const done = read.flatMap(({ destroyed }) =>
    destroyed?.setId === set.setId && destroyed.generation === set.generation ? [destroyed] : [],
  );
  const media = done.flatMap((one) => one.media);
  const slots = done.flatMap((one) => one.slots);
  const renewed = renewalsOf(set, read);
  return set.shares.flatMap(({ index, custodian, media: listed }): Remnant[] => {
    const unfinished = own?.unfinished.get(index);
    const written = [
      ...(own?.media.get(index) ?? listed).map(({ kind, description }) => ({
        kind,
        description: isKeyMedium(kind) ? now(description, index, renewed) : description,
      })),
      ...(unfinished === undefined
        ? []
        : [{ kind: unfinished.kind, description: unfinished.where }]),
    ];
    // Two copies may have the same description: each destruction takes one of them off the list.
    const left = media.filter((one) => one.index === index).map(({ description }) => description);
    return [
      ...(own?.slots ?? [])
        .filter((slot) => slot.index === index)
        .map(({ serial, model, slot, programmed, perhaps, verifiers }, at): Remnant => {
          const gone = slots.some(
            (one) => one.index === index && one.serial === serial && one.slot === slot,
          );
          const id = `${index} slot ${at + 1}`;
          const what = 'slot';
          const known = { verifiers, ...(perhaps ? { perhaps } : {}) };
          const found = { serial, model, slot, programmed, ...known };
          return { id, index, custodian, gone, what, ...found };
        }),
      ...written.map(({ kind, description }, at): Remnant => {
        const found = left.indexOf(description);
        if (found !== -1) left.splice(found, 1);
        const id = `${index} medium ${at + 1}`;
        return { id, index, custodian, gone: found !== -1, what: 'medium', kind, description };
      }),
    ];
  });
}

/** Which sheets took the place of others when shares of the set were given, in the order of time. */
function renewalsOf(set: LedgerSet, read: readonly LogFacts[]): readonly EnvelopeRenewed[] {
  return read
    .filter(
      ({ ceremony, manifests }) =>
        // In its own ceremony nobody gave a share of it: there those of the set before are renewed.
        ceremony.ceremonyId !== set.ceremonyId &&
        manifests.some(({ digest }) => digest === set.manifestDigest),
    )
    .flatMap(({ envelopes }) => envelopes.renewed)
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

/** What lies there today, sheet after sheet. */
function now(description: string, index: number, renewed: readonly EnvelopeRenewed[]): string {
  return renewed
    .filter((one) => one.index === index)
    .reduce(
      (words, { oldSheet, sheet }) =>
        oldSheet === null || sheet === null ? words : onAnotherSheet(words, oldSheet, sheet),
      description,
    );
}

/**
 * `slot 2 of the YubiKey 5C NFC 12345678`; what it lies on; of an envelope that first, so that nobody
 * destroys the key instead: `envelope on stick HOME-1 (16 GB), for YubiKey 5C NFC 12345678`.
 */
export function remnantInWords(one: Remnant): string {
  if (one.what === 'medium') {
    const [key, carrier] = one.description.split(ENVELOPE_ON);
    return carrier === undefined ? one.description : `envelope on ${carrier}, for ${key ?? ''}`;
  }
  return one.what === 'legacy' ? one.description : slotInWords(one);
}

/** Whether the description of a medium names a second key. */
export function hasBackup(description: string): boolean {
  const [keys = ''] = description.split(ENVELOPE_ON);
  return keys.includes(' and backup ');
}

/** The numbers of YubiKeys in the description of a medium; those of models have fewer digits. */
export function serialsIn(description: string): number[] {
  const [keys = ''] = description.split(ENVELOPE_ON);
  return [...keys.matchAll(/\b\d{5,10}\b/g)].map(([serial]) => Number(serial));
}

/** How many shares are not destroyed: a slot alone, without its envelope, is none. */
export function sharesLeft({ remnants }: Pick<LedgerSet, 'remnants'>): number {
  const left = remnants.filter(({ what, gone }) => what === 'medium' && !gone);
  return new Set(left.map(({ index }) => index)).size;
}

/** Of a set that was replaced: whether what is left of it still opens the key; a sentence. */
export function replacedInWords(left: number, threshold: number): string {
  if (left === 0) return 'None of its shares is left, as far as this laptop knows.';
  const are = left === 1 ? 'share is' : 'shares are';
  return left >= threshold
    ? `${left} ${are} not destroyed: any ${threshold} still open the key with a backup of the old vault component.`
    : `${left} ${are} not destroyed: fewer than open the key (${threshold}).`;
}
