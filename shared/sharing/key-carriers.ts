/**
 * Where the envelope of a YubiKey lies, out of the words that describe a medium in transcript and
 * manifest: `YubiKey 5C NFC 12345678, envelope on A4 sheet 1`. For what a screen offers and how sheets
 * are numbered; no check rests on it.
 * @module
 */
import { isSheetNumber } from '../encoding/line-check.ts';
import { isKeyMedium, type MediumKind } from './media-kinds.ts';

/** Between the key and what its envelope lies on. */
export const ENVELOPE_ON = ', envelope on ';

export type KeyCarrier = 'stick' | 'sheet';

interface Described {
  readonly kind: MediumKind;
  readonly description: string;
}

/** In order, each once. Words that do not say it leave both open. */
export function keyCarriers(media: readonly Described[]): KeyCarrier[] {
  const found = media
    .filter(({ kind }) => isKeyMedium(kind))
    .flatMap(({ description }): KeyCarrier[] => {
      if (!description.includes(ENVELOPE_ON)) return ['stick', 'sheet'];
      return [sheetOf(description) === null ? 'stick' : 'sheet'];
    });
  return [...new Set(found)];
}

/** The numbers of the sheets with envelopes. */
export function envelopeSheets(media: readonly Described[]): number[] {
  return media.flatMap(({ kind, description }) =>
    isKeyMedium(kind) ? (sheetOf(description) ?? []) : [],
  );
}

/** The same medium after its envelope was made anew on another sheet; as it is, if it is not that. */
export function onAnotherSheet(description: string, before: number, after: number): string {
  return sheetOf(description) === before
    ? description.replace(/ sheet \d{1,2}$/, ` sheet ${after}`)
    : description;
}

/** Null: it is not a sheet. */
function sheetOf(description: string): number | null {
  const [, number = ''] = /, envelope on (?:A4|Letter) sheet (\d{1,2})$/.exec(description) ?? [];
  const sheet = Number(number);
  return isSheetNumber(sheet) ? sheet : null;
}
