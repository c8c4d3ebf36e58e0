/**
 * The part of a sitting in which something is written and read back.
 * @module
 */
import { isSheetNumber, MAX_SHEETS } from '../../encoding/line-check.ts';
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import { busy } from '../machine.ts';
import { refuseStep } from '../refusals.ts';
import { isKeyMedium, type KeyMedium } from '../../sharing/manifest.ts';
import { KEY_AND_SHEET, KEY_AND_STICK, registered } from './keys.ts';
import {
  identityReady,
  inFront,
  seatWrites,
  writesShare,
  type Seat,
  type SeatContext,
  type SeatStep,
} from './state.ts';

/** What is given up before it was read back, as exception entries. */
export function notReadBack({ turn, written }: Seat): Effect[] {
  return written.map(({ description }) => ({
    effect: 'record',
    kind: 'exception',
    facts: {
      text: `${turn.name} writes again: what is on ${description} was not read back and is to be destroyed.`,
    },
  }));
}

/** Whether something may be there after a write that was refused with this code. */
export function perhapsWritten(code: string): boolean {
  return /gone|failed|differs|sheet-not-printed|worker|fault/.test(code);
}

/**
 * A write that was refused. A stick gets a file wholly or not at all, so nothing is left there
 * unless it was pulled; a printer that took nothing printed nothing, so that the number of the
 * sheet is free again. A number that is perhaps on paper is never given twice.
 */
export function afterRefusedWrite(seat: Seat, code: string): Seat {
  if (seat.step !== 'write' || perhapsWritten(code)) return seat;
  const sheets = seat.medium === 'paper' ? Math.max(0, seat.sheets - 1) : seat.sheets;
  return { ...seat, writing: null, sheets };
}

/**
 * Notes that a share is about to be written, before anything is: power that fails in the middle
 * must not leave a medium that no list names.
 */
function beginWriting(
  seat: Seat,
  context: SeatContext,
  withKey = KEY_AND_STICK,
): { seat: Seat; effects: Effect[] } {
  const { turn, medium, everWritten, writing } = seat;
  if (turn.index === null || !writesShare(seat)) return { seat, effects: [] };
  const what = seatWrites(seat, context.count).join(' and ');
  const on = medium === 'paper' ? 'a sheet' : isKeyMedium(medium) ? withKey : 'a stick';
  const isNew = writing !== null && !everWritten.includes(writing);
  return {
    seat: {
      ...seat,
      everWritten: isNew ? [...everWritten, writing] : everWritten,
      writing: `${turn.name}: ${what} on ${on}, not finished: look for it`,
    },
    effects: [
      {
        effect: 'record',
        kind: 'share-writing',
        facts: { index: turn.index, custodian: turn.name, medium },
      },
    ],
  };
}

export function write(seat: Seat, event: CeremonyEvent, context: SeatContext): SeatStep {
  const { turn, withIdentity, medium } = seat;
  if (event.type === 'choose-volume' && medium === 'usb') {
    const begun = beginWriting(seat, context);
    return {
      seat: begun.seat,
      effects: [...begun.effects, { effect: 'write-usb', turn, volumeId: event.id, withIdentity }],
      busy: busy('Writing to the stick and locking it', { seconds: 5 }),
    };
  }
  if (event.type === 'choose-volume' && isKeyMedium(medium) && writesShare(seat)) {
    const begun = beginWriting(seat, context);
    return {
      seat: begun.seat,
      effects: [
        ...begun.effects,
        { effect: 'write-key', turn, medium, volumeId: event.id, withIdentity },
      ],
      busy: inFront('Locking the share to the YubiKey'),
    };
  }
  if (event.type === 'choose-printer' && isKeyMedium(medium) && writesShare(seat)) {
    return printEnvelope(seat, medium, event.id, context);
  }
  if (event.type === 'choose-printer' && medium === 'paper') {
    const sheetNumber = seat.sheets + 1;
    if (!isSheetNumber(sheetNumber)) throw refuseStep('sheets-too-many', MAX_SHEETS);
    const begun = beginWriting({ ...seat, sheets: sheetNumber }, context);
    const { page } = context;
    return {
      seat: begun.seat,
      effects: [
        ...begun.effects,
        {
          effect: 'write-paper',
          turn,
          printerId: event.id,
          page,
          sheetNumber,
          withIdentity,
        },
      ],
      busy: busy('Printing'),
    };
  }
  if (event.type === 'written') {
    const writes = seatWrites(seat, context.count).join(' and ');
    const files = event.records.flatMap(({ fileName }) => fileName ?? []).join(' and ');
    const description = event.records[0]?.description ?? medium;
    const place = files === '' ? description : `${description}, ${files}`;
    return {
      seat: {
        ...seat,
        step: event.volumeId === null ? 'read-back' : 'replug',
        writing: null,
        written: event.records,
        volume:
          event.volumeId === null
            ? null
            : { id: event.volumeId, label: event.volumeLabel ?? description },
        everWritten: [...seat.everWritten, `${turn.name}: ${writes} on ${place}`],
      },
      effects: [
        ...(turn.index === null || !writesShare(seat)
          ? []
          : [
              {
                effect: 'record' as const,
                kind: 'share-written' as const,
                facts: { index: turn.index, custodian: turn.name, medium, description },
              },
            ]),
        ...registered(turn, medium, event.keys ?? []),
        ...(event.warning === undefined || event.warning === null
          ? []
          : [
              {
                effect: 'record' as const,
                kind: 'exception' as const,
                facts: { text: `${event.warning.happened} ${event.warning.means}` },
              },
            ]),
        ...(event.volumeId === null
          ? []
          : [{ effect: 'await-replug' as const, volumeId: event.volumeId }]),
      ],
    };
  }
  throw refuseStep('not-now');
}

/** The envelope of a YubiKey may lie on a sheet; an OTP key's is made anew after each reveal. */
function printEnvelope(
  seat: Seat,
  medium: KeyMedium,
  printerId: string,
  context: SeatContext,
): SeatStep {
  const sheetNumber = seat.sheets + 1;
  if (!isSheetNumber(sheetNumber)) throw refuseStep('sheets-too-many', MAX_SHEETS);
  const { turn, withIdentity } = seat;
  const begun = beginWriting({ ...seat, sheets: sheetNumber }, context, KEY_AND_SHEET);
  const paper = { printerId, page: context.page, sheetNumber };
  return {
    seat: begun.seat,
    effects: [
      ...begun.effects,
      { effect: 'write-key', turn, medium, volumeId: null, paper, withIdentity },
    ],
    busy: inFront('Locking the share to the YubiKey'),
  };
}

/** What was written last is on paper. */
export function isOnSheet({ volume, written }: Seat): boolean {
  return volume === null && written.length > 0;
}

export function readBack(seat: Seat, event: CeremonyEvent): SeatStep {
  const { turn, withIdentity, medium } = seat;
  if (event.type === 'read') {
    const onSheet = isOnSheet(seat);
    if ((event.how === 'usb') === onSheet) throw refuseStep('not-now');
    return {
      seat,
      effects: [
        {
          effect: 'read-back',
          turn,
          ...(isKeyMedium(medium) ? { key: medium } : {}),
          how: event.how,
          volumeId: seat.volume?.id ?? null,
          withIdentity,
          sheetNumber: onSheet ? seat.sheets : null,
        },
      ],
      busy: inFront('Reading it back'),
    };
  }
  if (event.type === 'read-back-done') {
    const description = seat.written[0]?.description ?? medium;
    return {
      seat: {
        ...seat,
        step: 'copy',
        withIdentity: false,
        identityKey: withIdentity ? event.identityKey : seat.identityKey,
        proved: [...seat.proved, { kind: medium, description }],
      },
      effects: [
        ...(withIdentity ? [identityReady(turn, event.identityKey, 'made and read back')] : []),
        ...(turn.index === null || event.shareKey === null
          ? []
          : [
              {
                effect: 'record' as const,
                kind: 'share-read-back' as const,
                facts: {
                  index: turn.index,
                  custodian: turn.name,
                  medium,
                  description,
                  publicKey: { type: 'digest' as const, value: event.shareKey },
                  ...(event.envelope === undefined
                    ? {}
                    : { envelope: { type: 'digest' as const, value: event.envelope } }),
                },
              },
            ]),
      ],
    };
  }
  throw refuseStep('not-now');
}
