/**
 * An OTP envelope that came in on a sheet has had its challenge answered: a new one is printed, read
 * back, and only then the old sheet is destroyed. Until a new one was read back the sheet that was
 * given is the one that counts, whatever happens in between.
 * @module
 */
import { MAX_SHEETS } from '../../encoding/line-check.ts';
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import { refuseStep } from '../refusals.ts';
import { requireWitness } from './replaced.ts';
import { afterGiven, inFront, type Seat, type SeatContext, type SeatStep } from './state.ts';
import type { OnSheet, SheetRenewal } from '../types.ts';

/** What the sheet of a share that was accepted begins. */
export function beginRenewal(given: OnSheet): SheetRenewal {
  return { given, printed: [], good: given.sheet };
}

/** Every sheet but the one that counts: to be destroyed. */
export function sheetsOver({ given, printed, good }: SheetRenewal): number[] {
  return [given.sheet, ...printed].filter((sheet) => sheet !== good);
}

/**
 * The number behind those of the share's sheets, and the first free one behind the last number there
 * is. Where each was given out once, the one that was met longest ago; never one of this sitting. Null:
 * there is none.
 * @param known the numbers that sheets of the share have had, the one that was met last at the end
 */
export function nextSheet(
  { given, printed }: SheetRenewal,
  known: readonly number[],
): number | null {
  const taken = new Set([given.sheet, ...printed, ...known]);
  const after = Math.max(given.sheet, ...known);
  for (let step = 0; step < MAX_SHEETS; step += 1) {
    const sheet = ((after + step) % MAX_SHEETS) + 1;
    if (!taken.has(sheet)) return sheet;
  }
  return known.find((sheet) => sheet !== given.sheet && !printed.includes(sheet)) ?? null;
}

/** One step of it. @throws Refusal `not-now`, `renew-sheets-too-many`, `renew-witness` */
export function renewSheet(seat: Seat, event: CeremonyEvent, context: SeatContext): SeatStep {
  const { turn, renewal } = seat;
  if (renewal === null || turn.index === null) throw refuseStep('not-now');
  switch (`${seat.step} ${event.type}` as const) {
    case 'renew-print choose-printer':
      if (event.type !== 'choose-printer') break;
      return print(seat, renewal, event.id, context);
    case 'renew-print envelope-printed':
      if (event.type !== 'envelope-printed') break;
      return {
        seat: { ...seat, step: 'renew-read' },
        effects:
          event.warning === null
            ? []
            : [exception(`${event.warning.happened} ${event.warning.means}`)],
      };
    case 'renew-read read': {
      const sheetNumber = renewal.printed.at(-1);
      if (event.type !== 'read' || event.how === 'usb' || sheetNumber === undefined) break;
      const { how } = event;
      return {
        seat,
        effects: [{ effect: 'prove-envelope', turn, index: turn.index, how, sheetNumber }],
        busy: inFront('Reading the new sheet back'),
      };
    }
    case 'renew-read write-again':
      return {
        seat: { ...seat, step: 'renew-print' },
        effects: [
          exception(
            `${turn.name} prints again: sheet ${renewal.printed.at(-1) ?? ''} was not read back and is to be destroyed; sheet ${renewal.good} counts.`,
          ),
        ],
      };
    case 'renew-read envelope-proved':
      if (event.type !== 'envelope-proved') break;
      return proved(seat, renewal, event.after);
    case 'renew-print get-up':
    case 'renew-read get-up':
      if (event.type !== 'get-up') break;
      return {
        // What was printed and not read back has to go; the sheet that was given stays.
        seat: { ...seat, step: renewal.printed.length === 0 ? afterGiven(seat) : 'renew-destroy' },
        effects: notRenewed(seat, event.reason),
      };
    case 'renew-destroy sheets-destroyed':
      if (event.type !== 'sheets-destroyed') break;
      return destroyed(seat, renewal, event.witness, context);
    case 'renew-destroy get-up':
      if (event.type !== 'get-up') break;
      return {
        seat: { ...seat, step: afterGiven(seat) },
        effects: [exception(leftInWords(turn.name, renewal, event.reason))],
      };
  }
  throw refuseStep('not-now');
}

/** Noted before anything is printed: power that fails must not leave a sheet that no list names. */
function print(
  seat: Seat,
  renewal: SheetRenewal,
  printerId: string,
  { sheets }: SeatContext,
): SeatStep {
  const { turn } = seat;
  const index = turn.index ?? 0;
  const sheetNumber = nextSheet(renewal, sheets);
  if (sheetNumber === null) throw refuseStep('renew-sheets-too-many', renewal.good);
  return {
    seat: { ...seat, renewal: { ...renewal, printed: [...renewal.printed, sheetNumber] } },
    effects: [
      {
        effect: 'record',
        kind: 'envelope-printing',
        facts: { index, custodian: turn.name, sheet: sheetNumber },
      },
      { effect: 'print-envelope', turn, index, printerId, sheetNumber },
    ],
    busy: inFront('Locking the share anew, onto a new sheet'),
  };
}

/** The new sheet counts from here on. */
function proved(seat: Seat, renewal: SheetRenewal, after: string): SeatStep {
  const { turn } = seat;
  const good = renewal.printed.at(-1) ?? renewal.good;
  return {
    seat: { ...seat, step: 'renew-destroy', renewal: { ...renewal, good } },
    effects: [
      {
        effect: 'record',
        kind: 'envelope-renewed',
        facts: {
          index: turn.index ?? 0,
          custodian: turn.name,
          before: { type: 'digest', value: renewal.given.envelope },
          after: { type: 'digest', value: after },
          oldSheet: renewal.given.sheet,
          sheet: good,
        },
      },
    ],
  };
}

/** The custodian did it and a witness of the roster saw it: both say so. */
function destroyed(
  seat: Seat,
  renewal: SheetRenewal,
  witness: string,
  { witnesses }: SeatContext,
): SeatStep {
  const { turn } = seat;
  requireWitness(turn, witness, witnesses);
  const over = sheetsOver(renewal);
  const what = `${turn.name} destroyed ${over.length === 1 ? 'sheet' : 'sheets'} ${over.join(', ')} of the envelope of share ${turn.index ?? 0}`;
  return {
    seat: { ...seat, step: afterGiven(seat), watched: [...seat.watched, { witness, what }] },
    effects: [
      {
        effect: 'record',
        kind: 'sheets-destroyed',
        facts: {
          index: turn.index ?? 0,
          custodian: turn.name,
          sheets: over.join(', '),
          good: renewal.good,
          witness,
        },
      },
    ],
  };
}

/** What the transcript says when a sheet that was given is not followed by a new one. */
function notRenewed({ turn, renewal }: Seat, reason: string): Effect[] {
  if (renewal === null) return [];
  return [
    {
      effect: 'record',
      kind: 'envelope-kept',
      facts: {
        index: turn.index ?? 0,
        custodian: turn.name,
        sheet: renewal.given.sheet,
        envelope: { type: 'digest', value: renewal.given.envelope },
        reason,
      },
    },
  ];
}

/**
 * A ceremony that is declared void while a sheet is made anew: which one counts, and which ones are
 * to be destroyed. Nothing of it is on the list of a void set: the good sheet opens a set in use.
 */
export function renewalLeft(seat: Seat, reason: string): Effect[] {
  const { step, turn, renewal } = seat;
  if (renewal === null) return [];
  const left =
    sheetsOver(renewal).length === 0 ? [] : [exception(leftInWords(turn.name, renewal, reason))];
  if (step === 'renew-destroy') return left;
  return step === 'renew-print' || step === 'renew-read'
    ? [...notRenewed(seat, reason), ...left]
    : [];
}

function leftInWords(name: string, renewal: SheetRenewal, reason: string): string {
  const over = sheetsOver(renewal).join(', ');
  return `${name} keeps what is to be destroyed: nobody saw sheet ${over} destroyed; sheet ${renewal.good} counts. ${reason}`;
}

function exception(text: string): Effect {
  return { effect: 'record', kind: 'exception', facts: { text } };
}
