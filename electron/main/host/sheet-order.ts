/**
 * What the worker has to know to print a seat's sheets.
 * @module
 */
import type { Turn } from '../../../shared/ceremony/types.ts';
import type { SheetContext, SheetOrder } from '../../worker/sheets.ts';
import type { EffectContext } from './effect-context.ts';
import { PDF_FOLDER } from './readiness.ts';

const dateWords = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** `3 May 2026` */
export function dateInWords(instant: Date): string {
  return dateWords.format(instant);
}

/** Where a sheet comes out; a rehearsal may keep PDF files instead. */
export function sheetOrder(
  { role }: Turn,
  {
    printerId,
    page,
    sheetNumber,
  }: Pick<SheetOrder, 'page' | 'sheetNumber'> & {
    readonly printerId: string;
  },
  context: EffectContext,
): SheetOrder {
  const { platform, mode } = context;
  const inFolder = printerId === PDF_FOLDER && mode === 'rehearsal';
  return {
    printer: inFolder ? null : printerId,
    folder: inFolder ? platform.rehearsalFolder : null,
    page,
    sheetNumber,
    sheet: context.sheet() ?? emptySheet(context),
    roles: [role],
  };
}

function emptySheet({ ceremonyId, platform }: EffectContext): SheetContext {
  return {
    setLabel: '',
    setId: '',
    keyVersion: '',
    ceremonyId,
    threshold: 0,
    count: 0,
    date: dateInWords(platform.now()),
  };
}
