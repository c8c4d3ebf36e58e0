/**
 * Printing a seat's sheets: the share in the clear, for a safe; the identity locked with the words.
 *
 * SECURITY: a sheet goes to the printer through a pipe and CUPS's own copy is deleted afterwards.
 * Only a rehearsal writes PDF files, because nothing on them is real.
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediumRecord, PageSize } from '../../../shared/ceremony/types.ts';
import { Refusal, type RefusalNote } from '../../../shared/refusal.ts';
import { writeDurably } from '../../files/durable.ts';
import { renderIdentitySheet } from '../../media/paper/identity-sheet.ts';
import { finish, print } from '../../media/paper/printers.ts';
import type { ShareFacts } from '../../media/paper/share-page.ts';
import { renderShareSheet } from '../../media/paper/sheet.ts';
import type { CommandInput } from '../protocol.ts';
import type { SheetContext, SheetOrder } from '../sheets.ts';
import { refuseWorker } from '../refusals.ts';
import type { WorkerState } from '../state.ts';
import { identityFileName } from '../volumes.ts';
import type { Handler } from '../context.ts';
import { forgetWords } from './write-usb.ts';

type Input = CommandInput<'write-paper'>;

export const writePaper: Handler<'write-paper'> = async (input, { state }) => {
  requirePrinter(input, state);
  const seat = state.needSeat();
  const sheets = await renderSheets(input, state);
  const printed = await printSheets(sheets, input, state);
  forgetWords(seat);
  return printed;
};

/** One page, ready to be printed. SECURITY: wiped when it was. */
export interface ReadySheet {
  readonly name: string;
  readonly pdf: Uint8Array;
}

/** SECURITY: a share in the clear in a file is what this house does not do. */
function isForFolder({ folder }: SheetOrder, { mode }: WorkerState): boolean {
  return folder !== null && mode === 'rehearsal';
}

/** Before anybody types a PIN for a sheet that cannot come out. */
export function requirePrinter(order: SheetOrder, state: WorkerState): void {
  if (!isForFolder(order, state) && order.printer === null) {
    throw refuseWorker('worker-out-of-order', 'a printer');
  }
}

/**
 * Prints them one after the other, or saves them where a rehearsal has no printer.
 * @throws Refusal when none came out; `second-sheet-failed` when some did
 */
export async function printSheets(
  sheets: readonly ReadySheet[],
  order: SheetOrder,
  state: WorkerState,
): Promise<{ readonly records: MediumRecord[]; readonly warning: RefusalNote | null }> {
  const { printer, folder, page, sheetNumber } = order;
  const toFolder = isForFolder(order, state);
  const records: MediumRecord[] = [];
  let warning: RefusalNote | null = null;
  try {
    for (const { name, pdf } of sheets) {
      if (toFolder && folder !== null) await saveSheet(join(folder, name), pdf);
      else if (printer !== null) warning = (await printSheet(pdf, printer, page)) ?? warning;
      records.push({
        kind: 'paper',
        description: `${page} sheet ${sheetNumber}`,
        fileName: toFolder ? name : null,
      });
    }
  } catch (error) {
    // The number of a sheet that came out must not be given to another one.
    if (records.length === 0 || !(error instanceof Refusal)) throw error;
    throw refuseWorker('second-sheet-failed', error.sentences.happened);
  } finally {
    for (const { pdf } of sheets) pdf.fill(0);
  }
  return { records, warning };
}

/**
 * The identity first: if the printer stops there, no share is on paper yet.
 * SECURITY: the share's PDF shows the share; the caller wipes all of them.
 */
async function renderSheets(input: Input, state: WorkerState): Promise<ReadySheet[]> {
  const { page, withIdentity } = input;
  const sheets: ReadySheet[] = withIdentity ? [await identitySheet(input, state)] : [];
  const share = state.seatShare();
  if (share === null) return sheets;
  const facts = seatSheetFacts(input, state);
  const pdf = await share.wire.use((wire) => renderShareSheet(facts, wire, page));
  return [...sheets, { name: sheetFileName('share', facts), pdf }];
}

export async function identitySheet(
  { page, sheet, sheetNumber, roles }: SheetOrder,
  state: WorkerState,
): Promise<ReadySheet> {
  const { identity, lockedIdentity } = state.needSeat();
  if (identity === null || lockedIdentity === null) {
    throw refuseWorker('worker-out-of-order', 'a new personal identity');
  }
  const { name: person, publicKey } = identity;
  const date = isoDay(sheet.date);
  const facts = {
    mode: state.mode,
    person,
    sheet: sheetNumber,
    roles,
    fingerprint: publicKey,
    date,
  };
  const pdf = await renderIdentitySheet(facts, lockedIdentity, page);
  const name = identityFileName(person, publicKey).replace(/\.age$/, '');
  return { name: pdfName(name, sheetNumber), pdf };
}

/** What stands beside the code of the seat's share. */
export function seatSheetFacts(order: SheetOrder, state: WorkerState): ShareFacts {
  const share = state.seatShare();
  if (share === null) throw refuseWorker('worker-out-of-order', 'a share of the new set');
  const { index, publicKey } = share.facts;
  return {
    ...shareFacts(order.sheet, state),
    index,
    sheet: order.sheetNumber,
    custodian: state.needSeat().turn.name,
    date: isoDay(order.sheet.date),
    fingerprint: publicKey,
  };
}

/** @param what `share` or `envelope` */
export function sheetFileName(
  what: 'share' | 'envelope',
  { index, count, setId, generation, sheet }: ShareFacts,
): string {
  // A refreshed share does not take the place of the one before it, which counts until the commit.
  const which = generation === 1 ? '' : `-generation-${generation}`;
  return pdfName(`${what}-${index}-of-${count}-${setId.slice(0, 8)}${which}`, sheet);
}

/** A second sheet does not take the place of the first. */
function pdfName(name: string, sheetNumber: number): string {
  return sheetNumber === 1 ? `${name}.pdf` : `${name}-sheet-${sheetNumber}.pdf`;
}

/** What stands beside the code: the set as it was split, not as it was asked for. */
function shareFacts({ setLabel, keyVersion, ceremonyId }: SheetContext, state: WorkerState) {
  const { setId, generation, threshold, count } = state.needSet();
  return {
    mode: state.mode,
    setLabel,
    setId,
    generation,
    threshold,
    count,
    keyVersion,
    ceremonyId,
  };
}

/** `3 May 2026` to `2026-05-03`. */
export function isoDay(words: string): string {
  return new Date(`${words} UTC`).toISOString().slice(0, 10);
}

export async function saveSheet(path: string, pdf: Uint8Array): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  // A rehearsal prints the same sheet as often as a person asks for it.
  await writeDurably(path, pdf, { existing: 'replace' });
}

/** The sheet is on paper; a note when CUPS kept a copy of it, which does not spoil the paper. */
async function printSheet(
  pdf: Uint8Array,
  printer: string,
  page: PageSize,
): Promise<RefusalNote | null> {
  const job = await print(pdf, printer, page);
  try {
    if (!(await finish(job))) throw refuseWorker('sheet-not-printed', printer);
    return null;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'print-copy-kept') return error.note();
    throw error;
  }
}
