/**
 * One sitting at the laptop: hand-over, identity, writing, reading back, another copy, signature.
 * The same for everybody; what it is for decides which steps it has. Each custodian sits down
 * once.
 * @module
 */
import type { MediumKind } from '../sharing/manifest.ts';
import { shareName } from '../sharing/refusals.ts';
import type { Effect } from './effects.ts';
import type { CeremonyEvent } from './events.ts';
import { busy } from './machine.ts';
import { refuseStep } from './refusals.ts';
import type { MediumRecord, PageSize, Turn } from './types.ts';
import type { Busy, SeatPurpose } from './view.ts';

export interface Seat {
  readonly turn: Turn;
  readonly purpose: SeatPurpose;
  readonly step:
    | 'handover'
    | 'share-in'
    | 'identity'
    | 'words'
    | 'write'
    | 'replug'
    | 'read-back'
    | 'copy'
    | 'attest';
  /** The medium of the copy at hand. */
  readonly medium: MediumKind;
  /** A new identity still has to be written and read back. */
  readonly withIdentity: boolean;
  readonly identityKey: string | null;
  readonly volume: { readonly id: string; readonly label: string } | null;
  /** What the copy at hand was written on. */
  readonly written: readonly MediumRecord[];
  /** Every copy that was read back. */
  readonly proved: readonly { readonly kind: MediumKind; readonly description: string }[];
  /** Everything this sitting ever wrote, in words, for the list of a void ceremony. */
  readonly everWritten: readonly string[];
  /** A write that was begun and not reported as done: what it may have left, in words. */
  readonly writing: string | null;
}

/** What a sitting may need to know of its ceremony. */
export interface SeatContext {
  readonly page: PageSize;
  readonly count: number;
  /** The public key of the seat's share, when it writes one. */
  readonly shareKey: string | null;
  /** Checks an opened identity; throws a Refusal when it may not sign here. */
  admit(person: { readonly name: string; readonly publicKey: string }): void;
  /** Whether this sitting may go on without an identity. */
  readonly maySkip: boolean;
  readonly statement: string;
}

export interface SeatStep {
  readonly seat: Seat;
  readonly effects: readonly Effect[];
  readonly busy?: Busy;
  /** True when the person may get up. */
  readonly finished?: boolean;
}

export function newSeat(turn: Turn, purpose: SeatPurpose, medium: MediumKind): Seat {
  return {
    turn,
    purpose,
    step: 'handover',
    medium,
    withIdentity: false,
    identityKey: null,
    volume: null,
    written: [],
    proved: [],
    everWritten: [],
    writing: null,
  };
}

const inFront = (doing: string) => busy(doing, { entryWindow: true });

/** What this sitting writes, in words. */
export function seatWrites(seat: Seat, count: number): string[] {
  return [
    ...(seat.turn.index === null || seat.purpose !== 'share'
      ? []
      : [shareName(seat.turn.index, count)]),
    ...(seat.withIdentity ? ['personal identity'] : []),
  ];
}

export function seatTransition(seat: Seat, event: CeremonyEvent, context: SeatContext): SeatStep {
  const { turn } = seat;
  switch (`${seat.step} ${event.type}` as const) {
    case 'handover seated':
      return {
        seat,
        effects: [
          { effect: 'record', kind: 'person-seated', facts: { name: turn.name, role: turn.role } },
          { effect: 'begin-seat', turn },
        ],
        busy: busy('Clearing the screen for the next person'),
      };
    case 'handover seat-ready':
      return {
        seat: { ...seat, step: seat.purpose === 'give-share' ? 'share-in' : 'identity' },
        effects: [],
      };
    case 'handover get-up':
    case 'share-in get-up':
      if (event.type !== 'get-up' || seat.purpose !== 'give-share') break;
      return {
        seat,
        effects: [
          {
            effect: 'record',
            kind: 'exception',
            facts: { text: `${turn.name} got up without giving a share: ${event.reason}` },
          },
        ],
        finished: true,
      };
    case 'share-in read':
    case 'share-in share-accepted':
      return shareIn(seat, event);
    case 'identity identity':
    case 'identity identity-opened':
    case 'identity skip-identity':
      return identity(seat, event, context);
    case 'words continue':
      return {
        seat,
        effects: [{ effect: 'new-identity', turn }],
        busy: inFront('Showing six words to write down'),
      };
    case 'words words-written-down':
      return { seat: { ...seat, withIdentity: true, step: 'write' }, effects: [] };
    case 'write choose-volume':
    case 'write choose-printer':
    case 'write written':
      return write(seat, event, context);
    case 'replug replugged':
      return {
        seat: {
          ...seat,
          step: 'read-back',
          volume:
            event.type === 'replugged' && seat.volume !== null
              ? { id: event.volumeId, label: seat.volume.label }
              : seat.volume,
        },
        effects: [],
      };
    case 'replug write-again':
    case 'read-back write-again':
      return {
        seat: { ...seat, step: 'write', written: [] },
        effects: seat.written.map(({ description }) => ({
          effect: 'record',
          kind: 'exception',
          facts: {
            text: `${turn.name} writes again: what is on ${description} was not read back and is to be destroyed.`,
          },
        })),
      };
    case 'read-back read':
    case 'read-back read-back-done':
      return readBack(seat, event);
    case 'copy another-copy':
      if (event.type !== 'another-copy') break;
      return {
        seat: {
          ...seat,
          step: 'write',
          medium: event.medium,
          written: [],
          // Who enrols has nothing else to copy.
          withIdentity: seat.purpose === 'enrol',
        },
        effects: [],
      };
    case 'copy continue':
      return seat.purpose === 'enrol'
        ? { seat, effects: [], finished: true }
        : { seat: { ...seat, step: 'attest' }, effects: [] };
    case 'attest sign':
      return attest(seat, context);
    case 'attest sealed':
      return { seat, effects: [], finished: true };
  }
  throw refuseStep('not-now');
}

function shareIn(seat: Seat, event: CeremonyEvent): SeatStep {
  const { turn } = seat;
  if (event.type === 'read' && turn.index !== null) {
    return {
      seat,
      effects: [
        {
          effect: 'accept-share',
          index: turn.index,
          how: event.how,
          volumeId: event.volumeId ?? null,
        },
      ],
      busy: inFront('Reading the share'),
    };
  }
  if (event.type === 'share-accepted') {
    return {
      seat: { ...seat, step: 'identity' },
      effects: [
        {
          effect: 'record',
          kind: 'share-accepted',
          facts: { index: event.index, medium: event.medium, custodian: turn.name },
        },
      ],
    };
  }
  throw refuseStep('not-now');
}

function identity(seat: Seat, event: CeremonyEvent, context: SeatContext): SeatStep {
  const { turn } = seat;
  if (event.type === 'identity') {
    if (event.how === 'new') {
      // A new identity needs a medium and a roster that lists it: only where people enrol.
      if (seat.purpose !== 'enrol' && seat.purpose !== 'share') throw refuseStep('not-now');
      return { seat: { ...seat, step: 'words' }, effects: [] };
    }
    const how = event.how === 'existing-usb' ? 'usb' : 'paper';
    return {
      seat,
      effects: [{ effect: 'open-identity', turn, how, volumeId: event.volumeId ?? null }],
      busy: inFront('Opening the personal identity'),
    };
  }
  if (event.type === 'identity-opened') {
    context.admit(event);
    const ready = { ...seat, identityKey: event.publicKey };
    const effects: Effect[] = [identityReady(turn, event.publicKey, 'opened')];
    if (seat.purpose === 'enrol') return { seat: ready, effects, finished: true };
    return { seat: { ...ready, step: seat.purpose === 'share' ? 'write' : 'attest' }, effects };
  }
  if (event.type === 'skip-identity' && context.maySkip) {
    return {
      seat,
      effects: [
        {
          effect: 'record',
          kind: 'exception',
          facts: { text: `${turn.name} gives no personal signature: ${event.reason}` },
        },
      ],
      finished: true,
    };
  }
  throw refuseStep('not-now');
}

function identityReady(turn: Turn, publicKey: string, how: string): Effect {
  return {
    effect: 'record',
    kind: 'identity-ready',
    facts: {
      name: turn.name,
      role: turn.role,
      publicKey: { type: 'digest', value: publicKey },
      how,
    },
  };
}

/**
 * Notes that a share is about to be written, before anything is: power that fails in the middle
 * must not leave a medium that no list names.
 */
function beginWriting(seat: Seat, context: SeatContext): { seat: Seat; effects: Effect[] } {
  const { turn, medium, everWritten, writing } = seat;
  if (turn.index === null || seat.purpose !== 'share') return { seat, effects: [] };
  const what = seatWrites(seat, context.count).join(' and ');
  const on = medium === 'usb' ? 'a stick' : 'a sheet';
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

function write(seat: Seat, event: CeremonyEvent, context: SeatContext): SeatStep {
  const { turn, withIdentity, medium } = seat;
  if (event.type === 'choose-volume' && medium === 'usb') {
    const begun = beginWriting(seat, context);
    return {
      seat: begun.seat,
      effects: [...begun.effects, { effect: 'write-usb', turn, volumeId: event.id, withIdentity }],
      busy: busy('Writing to the stick and locking it with the six words', { seconds: 5 }),
    };
  }
  if (event.type === 'choose-printer' && medium === 'paper') {
    const begun = beginWriting(seat, context);
    return {
      seat: begun.seat,
      effects: [
        ...begun.effects,
        { effect: 'write-paper', turn, printerId: event.id, page: context.page, withIdentity },
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
        step: medium === 'usb' ? 'replug' : 'read-back',
        writing: null,
        written: event.records,
        volume:
          event.volumeId === null
            ? null
            : { id: event.volumeId, label: event.volumeLabel ?? description },
        everWritten: [...seat.everWritten, `${turn.name}: ${writes} on ${place}`],
      },
      effects: [
        ...(turn.index === null || seat.purpose !== 'share'
          ? []
          : [
              {
                effect: 'record' as const,
                kind: 'share-written' as const,
                facts: { index: turn.index, custodian: turn.name, medium, description },
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

function readBack(seat: Seat, event: CeremonyEvent): SeatStep {
  const { turn, withIdentity, medium } = seat;
  if (event.type === 'read') {
    if ((event.how === 'usb') !== (medium === 'usb')) throw refuseStep('not-now');
    return {
      seat,
      effects: [
        {
          effect: 'read-back',
          turn,
          how: event.how,
          volumeId: seat.volume?.id ?? null,
          withIdentity,
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
                },
              },
            ]),
      ],
    };
  }
  throw refuseStep('not-now');
}

function attest(seat: Seat, context: SeatContext): SeatStep {
  const { turn } = seat;
  const isLast = seat.purpose === 'sign' && turn.role === 'operator';
  return {
    seat,
    effects: [
      ...(turn.index === null
        ? []
        : [
            {
              effect: 'record' as const,
              kind: 'share-attested' as const,
              facts: { index: turn.index, custodian: turn.name, statement: context.statement },
            },
          ]),
      { effect: 'seal', withQuorum: isLast },
    ],
    busy: busy('Signing'),
  };
}
