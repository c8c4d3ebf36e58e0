/**
 * What is left of a share set that is over: every medium that was ever written, every slot of a
 * YubiKey, and which of them were destroyed before a witness.
 * @module
 */
import { plainDay } from '../encoding/dates.ts';
import { ENVELOPE_ON, envelopeSheets, onAnotherSheet } from '../sharing/key-carriers.ts';
import type { LedgerMedium, LedgerSet, Remnant } from './ledger.ts';
import type { BackupsGone } from './read-destroyed.ts';
import type { LogFacts } from './read-log.ts';
import type { SplitFacts } from './read-split.ts';
import type { RegisteredSlot } from './read-slots.ts';
import { logsOf, sheetsLeft, type SheetsLeft } from './sheets-left.ts';
import { slotInWords } from './slot-words.ts';

/** Everything of a set, by share: what its log wrote, or else what its manifest lists. */
export function remnantsOf(set: LedgerSet, read: readonly LogFacts[]): Remnant[] {
  const own = read.find(({ ceremony }) => ceremony.ceremonyId === set.ceremonyId)?.split ?? null;
  const done = read.flatMap(({ destroyed }) =>
    destroyed?.setId === set.setId && destroyed.generation === set.generation ? [destroyed] : [],
  );
  const media = done.flatMap((one) => one.media);
  const erased = done.flatMap((one) => one.slots);
  const logs = logsOf(set, read);
  return set.shares.flatMap(({ index, custodian, media: listed }): Remnant[] => {
    const whose = { index, custodian };
    // Two copies may have the same description: each destruction takes one of them off the list.
    const left = media
      .filter((one) => one.index === index)
      .map(({ description }) => thingItself(description));
    const slots =
      own === null
        ? slotsDescribed(listed)
        : own.slots.filter((slot) => slot.index === index).map(registered);
    const isGone = ({ serial, slot }: Slot): boolean => {
      const at = erased.findIndex(
        (one) =>
          one.index === index &&
          one.serial === serial &&
          // Which one it is may be known on another laptop, that erased it.
          (slot === null || one.slot === slot),
      );
      // Keys that hide their numbers look alike: each that was left takes one of them off the list.
      if (at !== -1 && serial === null) erased.splice(at, 1);
      return at !== -1;
    };
    return [
      ...slots.map((slot, at): Remnant => {
        const id = `${index} slot ${at + 1}`;
        return { id, ...whose, gone: isGone(slot), what: 'slot', ...slot };
      }),
      ...carriersOf(index, own, listed, sheetsLeft(logs, index)).map((one): Remnant => {
        const { id, kind, description } = one;
        const found = left.indexOf(thingItself(description));
        if (found !== -1) left.splice(found, 1);
        const gone = one.gone || found !== -1;
        return { id: `${index} ${id}`, ...whose, gone, what: 'medium', kind, description };
      }),
    ];
  });
}

type Slot = Omit<
  Extract<Remnant, { what: 'slot' }>,
  'id' | 'index' | 'custodian' | 'gone' | 'what'
>;

function registered({ serial, model, slot, programmed, perhaps, verifiers }: RegisteredSlot): Slot {
  return { serial, model, slot, programmed, verifiers, ...(perhaps ? { perhaps } : {}) };
}

/** Without the log of the ceremony that made the set: the keys by number, and not which slot. */
function slotsDescribed(media: LedgerSet['shares'][number]['media']): Slot[] {
  const slots = media
    .filter(({ kind }) => kind === 'yubikey-otp')
    .flatMap(({ description }) => keysIn(description))
    .map((key): Slot => ({ ...key, slot: null, programmed: false, verifiers: [] }));
  // A second copy of the envelope is for the same keys.
  const isFirst = ({ serial }: Slot, at: number) =>
    serial === null || slots.findIndex((one) => one.serial === serial) === at;
  return slots.filter(isFirst);
}

/** `YubiKey 5C NFC 12345678 and backup 23456789`: a backup's model, or its number. */
function keysIn(description: string): Pick<Slot, 'serial' | 'model'>[] {
  const [keys = ''] = description.split(ENVELOPE_ON);
  return keys.split(AND_BACKUP).map((key) => {
    const [serial = null] = serialsIn(key);
    const model = serial === null ? key : key.replace(`${serial}`, '').trim();
    return { serial, model: model === '' ? 'YubiKey' : model };
  });
}

interface Carrier extends LedgerMedium {
  readonly id: string;
  /** A sheet that was said to be destroyed when a new one took its place. */
  readonly gone: boolean;
}

/** Everything that was written, with the sheets of today; then every other sheet that may be there. */
function carriersOf(
  index: number,
  own: SplitFacts | null,
  listed: readonly LedgerMedium[],
  sheets: SheetsLeft,
): Carrier[] {
  const shown = new Set<number>();
  const written = [...(own?.media.get(index) ?? listed)].flatMap((one, at): Carrier[] => {
    const id = `medium ${at + 1}`;
    const [before] = one.kind === 'yubikey-otp' ? envelopeSheets([one]) : [];
    if (before === undefined) return [{ ...one, id, gone: false }];
    const sheet = sheets.now(before);
    // Two of the prints of before came to the same sheet of today.
    if (shown.has(sheet)) return [];
    shown.add(sheet);
    const description = onAnotherSheet(one.description, before, sheet);
    return [{ kind: one.kind, description, id, gone: sheets.destroyed.has(sheet) }];
  });
  const unfinished = own?.unfinished.get(index);
  const keys = [...(own?.media.get(index) ?? listed)].find(
    (one) => one.kind === 'yubikey-otp' && envelopeSheets([one]).length > 0,
  )?.description;
  const others = sheets.left
    .filter((sheet) => !shown.has(sheet))
    .map((sheet): Carrier => {
      const [before = 0] = keys === undefined ? [] : envelopeSheets([otp(keys)]);
      const description = onAnotherSheet(keys ?? `YubiKey${ENVELOPE_ON}A4 sheet 0`, before, sheet);
      const isUnseen = !sheets.counts.has(sheet);
      return {
        ...otp(`${description}${isUnseen ? NOT_SEEN : ''}`),
        id: `sheet ${sheet}`,
        gone: false,
      };
    });
  return [
    ...written,
    ...(unfinished === undefined
      ? []
      : [
          {
            kind: unfinished.kind,
            description: unfinished.where,
            id: `medium ${(own?.media.get(index) ?? listed).length + 1}`,
            gone: false,
          },
        ]),
    ...others,
  ];
}

const NOT_SEEN = ', which nobody saw destroyed';

/** Without what was known of it on the day when it was listed. */
const thingItself = (description: string) => description.replace(NOT_SEEN, '');

const otp = (description: string) => ({ kind: 'yubikey-otp' as const, description });

/**
 * `slot 2 of the YubiKey 5C NFC 12345678`; what it lies on; of an envelope that first, so that nobody
 * destroys the key instead: `envelope on stick HOME-1 (16 GB), for YubiKey 5C NFC 12345678`.
 */
export function remnantInWords(one: Remnant): string {
  if (one.what === 'medium') {
    const [key, carrier] = one.description.split(ENVELOPE_ON);
    return carrier === undefined ? one.description : `envelope on ${carrier}, for ${key ?? ''}`;
  }
  if (one.what !== 'legacy') return slotInWords(one);
  return one.made === true
    ? `new legacy share ${one.number} on ${one.description}`
    : one.description;
}

const AND_BACKUP = ' and backup ';

/** Whether the description of a medium names a second key. */
export function hasBackup(description: string): boolean {
  const [keys = ''] = description.split(ENVELOPE_ON);
  return keys.includes(AND_BACKUP);
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

/**
 * Of a set that was replaced: whether what is left of it still opens the key; a sentence.
 * @param over when sync committed another half of the key, UTC: backups of before hold the one that
 *   fits; null: the shares were refreshed, and sync's half of today fits. `gone`: none of them is left
 */
export function replacedInWords(
  left: number,
  threshold: number,
  over: { readonly since: string | null; readonly gone?: BackupsGone | null } | null,
): string {
  if (left === 0) return 'None of its shares is left, as far as this laptop knows.';
  const are = left === 1 ? 'share is' : 'shares are';
  if (left < threshold) {
    return `${left} ${are} not destroyed: fewer than open the key (${threshold}).`;
  }
  if (over === null) {
    return `${left} ${are} not destroyed: any ${threshold} still open the key with sync’s half of today, as those do that took their place.`;
  }
  const { since, gone = null } = over;
  if (gone !== null) {
    return `${left} ${are} not destroyed, and nothing is left that they fit: ${gone.by[0]} and ${gone.by[1]} signed that since ${plainDay(`${gone.on}T00:00:00Z`)} there is no backup with the old other half.`;
  }
  return (
    `${left} ${are} not destroyed: any ${threshold} still open the key with a backup of Vault or of the database ` +
    `${since === null ? 'from before the newer set came into use' : `from ${plainDay(since)} or before`}, which holds the old other half.`
  );
}

/** The same of a set whose key version sync ended: the other half stays in CheckTick's row. */
export function retiredInWords(left: number, threshold: number): string {
  if (left < threshold) return replacedInWords(left, threshold, null);
  const are = left === 1 ? 'share is' : 'shares are';
  return `${left} ${are} not destroyed: any ${threshold} still open its key with the half that CheckTick’s row keeps.`;
}
