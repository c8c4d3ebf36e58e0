/**
 * What the screen shows during a sitting.
 * @module
 */
import { seatWrites, type Seat, type SeatContext } from './state.ts';
import { isOnSheet } from './media.ts';
import { nextSheet, sheetsOver } from './renewal.ts';
import type { KeyCarrier } from '../../sharing/key-carriers.ts';
import type { Progress, Spare } from '../types.ts';
import type { MediumKind } from '../../sharing/manifest.ts';
import type { Screen } from '../view.ts';

export interface SeatSurroundings {
  readonly context: SeatContext;
  readonly leaving: string | null;
  readonly progress: Progress | null;
  /** The transcript's head as four words. */
  readonly words: string;
  /** Recover: what the manifest says the share lies on. */
  readonly media: readonly MediumKind[];
  readonly spare: Spare;
  /** Other custodians who got up without giving their share. */
  readonly gotUp: number;
  /** Recover: where, in the manifest's words, envelopes of YubiKeys lie. */
  readonly keyOn: readonly KeyCarrier[];
}

export function seatScreen(seat: Seat, around: SeatSurroundings): Screen {
  const { turn, purpose, medium } = seat;
  const { context, progress } = around;
  switch (seat.step) {
    case 'handover':
      return {
        screen: 'handover',
        arriving: turn,
        leaving: around.leaving,
        purpose,
        media: mediaAsked(seat, around),
        identityOnKey: context.mayUseKey && context.prefersKey,
        progress,
      };
    case 'share-in':
      return {
        screen: 'share-in',
        purpose,
        index: turn.index ?? 0,
        media: around.media,
        keyOn: around.keyOn,
        spare: around.spare,
        count: context.count,
        gotUp: around.gotUp,
        witnesses: context.witnesses,
        remembers: context.remembers,
        progress: progress ?? { done: 0, of: 0 },
      };
    case 'renew-stick': {
      if (seat.stick === null) throw new Error('A renewal that failed begins this step.');
      const { holds, note } = seat.stick;
      return {
        screen: 'renew-stick',
        index: turn.index ?? 0,
        count: context.count,
        holds,
        happened: note.happened,
      };
    }
    case 'renew-replug':
      return { screen: 'renew-replug', index: turn.index ?? 0, count: context.count };
    case 'renew-print':
    case 'renew-read':
    case 'renew-destroy':
      return renewalScreen(seat, seat.step, context);
    case 'destroy':
    case 'refresh':
      throw new Error('The view of the ceremony shows this step itself.');
    case 'identity':
      return {
        screen: 'identity',
        purpose,
        maySkip: context.maySkip,
        watched: context.watched,
        mayUseKey: context.mayUseKey,
        prefersKey: context.mayUseKey && context.prefersKey,
        ...(purpose === 'refresh' ? { mayGetUp: seat.before === null } : {}),
      };
    case 'words':
      return {
        screen: 'words',
        protects: seatWrites({ ...seat, withIdentity: true }, context.count).filter(
          (what) => isLockedByWords(medium) || !what.startsWith('share'),
        ),
      };
    case 'write':
      return {
        screen: 'write',
        medium,
        writes: seatWrites(seat, context.count),
        page: context.page,
        mayLeave: seat.proved.length > 0 && !seat.withIdentity,
        newWords: seat.withIdentity,
      };
    case 'replug':
      return { screen: 'replug', medium, volumeLabel: seat.volume?.label ?? 'the stick' };
    case 'read-back':
      return {
        screen: 'read-back',
        medium,
        onSheet: isOnSheet(seat),
        reads: seatWrites(seat, context.count),
        written: seat.written,
        newWords: seat.withIdentity,
      };
    case 'copy':
      return {
        screen: 'copy',
        written: seat.written,
        onKey: purpose === 'enrol' && seat.credential !== null,
      };
    case 'attest':
      return {
        screen: 'attest',
        statement: context.statement,
        words: around.words,
        onKey: seat.credential !== null,
        mayBeNew: purpose === 'share',
        maySkip: context.maySkip,
      };
  }
}

/** An OTP envelope on a sheet is made anew: which sheet counts stands on each of the three. */
function renewalScreen(
  { renewal, turn }: Seat,
  screen: 'renew-print' | 'renew-read' | 'renew-destroy',
  { count, sheets, witnesses }: SeatContext,
): Screen {
  if (renewal === null) throw new Error('A sheet that was given begins this step.');
  const { good, given, printed } = renewal;
  const common = { index: turn.index ?? 0, count, good };
  switch (screen) {
    case 'renew-print':
      return { screen, ...common, next: nextSheet(renewal, sheets), notReadBack: printed };
    case 'renew-read':
      return { screen, ...common, sheet: printed.at(-1) ?? 0 };
    case 'renew-destroy': {
      const isNew = good !== given.sheet;
      return { screen, ...common, isNew, sheets: sheetsOver(renewal), witnesses };
    }
  }
}

/** What whoever comes brings, or is going to write on. */
function mediaAsked({ purpose, medium }: Seat, { media }: SeatSurroundings): readonly MediumKind[] {
  if (purpose === 'share') return [medium];
  return purpose === 'give-share' || purpose === 'refresh' ? media : [];
}

/** A sheet is not locked, and a FIDO2 key locks with its PIN. */
function isLockedByWords(medium: MediumKind): boolean {
  return medium === 'usb' || medium === 'yubikey-otp';
}
