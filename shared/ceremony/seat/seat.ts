/**
 * One sitting at the laptop: hand-over, identity, writing, reading back, another copy, signature.
 * The same for everybody; what it is for decides which steps it has. Each custodian sits down
 * once.
 * @module
 */
import { isKeyMedium, type MediumKind } from '../../sharing/manifest.ts';
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import { busy } from '../machine.ts';
import { refuseStep } from '../refusals.ts';
import { identityOnKey } from './keys.ts';
import { beginRenewal, renewSheet } from './renewal.ts';
import { refreshShare, signRefreshed } from './refresh.ts';
import { useReplaced, watchedUse } from './replaced.ts';
import { notReadBack, readBack, write } from './media.ts';
import { afterRenewal, renewed, renewStick } from './stick.ts';
import {
  identityReady,
  inFront,
  type Reading,
  type Seat,
  type SeatContext,
  type SeatStep,
} from './state.ts';
import type { Busy, SeatPurpose } from '../view.ts';

/** What comes after the hand-over. */
const FIRST = {
  enrol: 'identity',
  share: 'identity',
  'give-share': 'share-in',
  refresh: 'identity',
  destroy: 'destroy',
  sign: 'identity',
} as const satisfies Record<SeatPurpose, Seat['step']>;

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
        seat: { ...seat, step: FIRST[seat.purpose] },
        effects: [],
      };
    case 'handover get-up':
    case 'share-in get-up':
    case 'identity get-up':
    case 'refresh get-up':
      if (event.type !== 'get-up' || !mayGetUp(seat)) break;
      return {
        seat,
        effects: [
          {
            effect: 'record',
            kind: 'exception',
            facts: {
              text: `${turn.name} ${seat.purpose === 'destroy' ? 'did not come to destroy anything' : 'got up without giving a share'}: ${event.reason}`,
            },
          },
        ],
        finished: true,
      };
    case 'share-in read':
    case 'share-in share-accepted':
      return shareIn(seat, event);
    case 'share-in use-replaced':
      if (event.type !== 'use-replaced') break;
      return useReplaced(seat, { reason: event.reason, witness: event.witness }, context);
    case 'refresh continue':
    case 'refresh share-refreshed':
    case 'copy refreshed-signed':
      return refreshShare(seat, event, context);
    case 'renew-stick write-again':
    case 'renew-stick envelope-tried':
    case 'renew-stick continue':
    case 'renew-replug replugged':
    case 'renew-replug continue':
      return renewStick(seat, event);
    case 'renew-print choose-printer':
    case 'renew-print envelope-printed':
    case 'renew-print get-up':
    case 'renew-read read':
    case 'renew-read write-again':
    case 'renew-read envelope-proved':
    case 'renew-read get-up':
    case 'renew-destroy sheets-destroyed':
    case 'renew-destroy get-up':
      return renewSheet(seat, event, context);
    case 'identity identity':
    case 'identity identity-opened':
    case 'identity key-identity-made':
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
      return { seat: { ...seat, step: 'write', written: [] }, effects: notReadBack(seat) };
    case 'write new-words':
    case 'replug new-words':
    case 'read-back new-words':
      if (!seat.withIdentity) break;
      return {
        seat: { ...seat, step: 'words', withIdentity: false, written: [] },
        effects: notReadBack(seat),
      };
    // Another medium than planned: a printer that fails must not end the ceremony.
    case 'write another-copy':
      if (event.type !== 'another-copy' || !maySit(seat, event.medium, context)) break;
      return { seat: { ...seat, medium: event.medium, written: [] }, effects: [] };
    // The copies before this one were read back: nobody has to make one more.
    case 'write continue':
      if (seat.proved.length === 0 || seat.withIdentity) break;
      return { seat: { ...seat, step: 'copy' }, effects: [] };
    case 'read-back read':
    case 'read-back read-back-done':
      return readBack(seat, event);
    case 'copy another-copy':
      // A key has no copy of an identity, and whoever enrols has nothing else to copy.
      if (seat.purpose === 'enrol' && seat.credential !== null) break;
      if (event.type !== 'another-copy' || !maySit(seat, event.medium, context)) break;
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
      if (seat.purpose === 'refresh') return signRefreshed(seat);
      return seat.purpose === 'enrol'
        ? { seat, effects: [], finished: true }
        : { seat: { ...seat, step: 'attest' }, effects: [] };
    case 'attest sign':
      return attest(seat, context);
    case 'attest other-identity':
      if (seat.credential === null) break;
      return {
        seat: { ...seat, step: 'identity', identityKey: null, credential: null },
        effects: [],
      };
    case 'attest sealed':
      return { seat, effects: [], finished: true };
  }
  throw refuseStep('not-now');
}

/**
 * A YubiKey locks shares; a personal identity alone lies on a stick or a sheet.
 * @throws Refusal when the set's rule for its media forbids it
 */
function maySit({ purpose, proved }: Seat, medium: MediumKind, context: SeatContext): boolean {
  if (purpose !== 'share' && purpose !== 'refresh') return !isKeyMedium(medium);
  context.admitMedia([...proved.map(({ kind }) => kind), medium]);
  return true;
}

function shareIn(seat: Seat, event: CeremonyEvent): SeatStep {
  const { turn } = seat;
  if (event.type === 'read' && turn.index !== null) {
    const reading: Reading = {
      how: event.how,
      volumeId: event.volumeId ?? null,
      ...(event.sheet === undefined ? {} : { sheet: event.sheet }),
    };
    return {
      seat: { ...seat, reading, choice: null },
      effects: [{ effect: 'accept-share', index: turn.index, ...reading }],
      busy: inFront('Reading the share'),
    };
  }
  if (event.type === 'share-accepted') {
    const { onSheet, renewal = null, otp } = event;
    const given = { ...seat, watched: [...seat.watched, ...watchedUse(seat, otp)] };
    return {
      seat:
        onSheet === undefined
          ? afterRenewal(given, renewal)
          : { ...given, step: 'renew-print', renewal: beginRenewal(onSheet) },
      effects: [
        {
          effect: 'record',
          kind: 'share-accepted',
          facts: {
            index: event.index,
            medium: event.medium,
            custodian: turn.name,
            ...(onSheet === undefined ? {} : { sheet: onSheet.sheet }),
            ...(otp === undefined
              ? {}
              : {
                  envelope: { type: 'digest', value: otp.envelope },
                  madeIn: otp.madeIn,
                  standing: otp.standing,
                }),
          },
        },
        ...renewed(turn, renewal),
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
      // Planned for a YubiKey, and on a stick after all.
      const medium = seat.purpose === 'enrol' && isKeyMedium(seat.medium) ? 'usb' : seat.medium;
      return { seat: { ...seat, step: 'words', medium }, effects: [] };
    }
    if (event.how === 'new-key' || event.how === 'existing-key') {
      if (!context.mayUseKey) throw refuseStep('identity-needs-file', turn.name);
    }
    if (event.how === 'new-key') {
      if (seat.purpose !== 'enrol' && seat.purpose !== 'share') throw refuseStep('not-now');
      return {
        seat,
        effects: [{ effect: 'new-key-identity', turn }],
        busy: inFront('Making the personal identity on the YubiKey'),
      };
    }
    const how = WAYS[event.how];
    return {
      seat,
      effects: [{ effect: 'open-identity', turn, how, volumeId: event.volumeId ?? null }],
      busy: inFront('Opening the personal identity'),
    };
  }
  if (event.type === 'identity-opened') {
    context.admit(event);
    const { publicKey, credential = null } = event;
    const ready = { ...seat, identityKey: publicKey, credential };
    const way = credential === null ? 'opened' : 'made by its YubiKey, as it is listed';
    const effects: Effect[] = [identityReady(turn, publicKey, way)];
    if (seat.purpose === 'enrol') return { seat: ready, effects, finished: true };
    return { seat: { ...ready, step: afterIdentity(seat) }, effects };
  }
  if (event.type === 'key-identity-made') {
    const { publicKey, credential, key } = event;
    return {
      seat: {
        ...seat,
        withIdentity: false,
        identityKey: publicKey,
        credential,
        step: seat.purpose === 'enrol' ? 'copy' : 'write',
        written: [],
      },
      effects: [
        identityReady(turn, publicKey, 'made on a YubiKey, and made again after it was out'),
        ...identityOnKey(turn, publicKey, key),
      ],
    };
  }
  if (event.type === 'skip-identity' && context.maySkip) {
    return {
      seat,
      effects: [
        {
          effect: 'record',
          kind: 'exception',
          facts: {
            text: [
              `${turn.name} gives no personal signature: ${event.reason}`,
              ...context.watched.map((what) => `Witness not signed: that ${what}.`),
            ].join(' '),
          },
        },
      ],
      finished: true,
    };
  }
  throw refuseStep('not-now');
}

function afterIdentity({ purpose, before }: Seat): Seat['step'] {
  if (purpose === 'refresh' && before === null) return 'share-in';
  return purpose === 'share' ? 'write' : 'attest';
}

/** Who has given nothing yet, or whose new share is not made, may come again. */
function mayGetUp({ step, purpose, before }: Seat): boolean {
  if (purpose === 'refresh') return before === null;
  return step !== 'identity' && (purpose === 'give-share' || purpose === 'destroy');
}

/** With a YubiKey the window in front asks for PIN and touch. */
export function signing({ credential }: Seat, doing: string): Busy {
  return credential === null ? busy(doing) : inFront(doing);
}

const WAYS = {
  'existing-usb': 'usb',
  'existing-paper': 'paper',
  'existing-key': 'key',
} as const;

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
      { effect: 'seal', withQuorum: isLast && context.withoutQuorum !== true },
    ],
    busy: signing(seat, 'Signing'),
  };
}
