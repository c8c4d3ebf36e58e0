/**
 * The file of a share on a stick: removed, and looked for when the stick was taken out and put back.
 * @module
 */
import type { Remnant } from '../../ledger/ledger.ts';
import { busy, type Step } from '../machine.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat } from '../seat/state.ts';
import { isOnStick, type DestroyState } from './state.ts';

type Next = Step<DestroyState>;

/**
 * Evidence, and no destruction: what was on a stick stays in its cells. So the stick is still to be
 * destroyed before everybody's eyes.
 */
export function removeFile(state: DestroyState, one: Remnant, volumeId: string): Next {
  // SECURITY: the file of a share that is needed may have the same name.
  if (!isOnStick(one) || !state.set.filesTold) throw refuseStep('not-now');
  return {
    state: { ...state, reopening: null, busy: busy('Removing the file of the share') },
    effects: [{ effect: 'remove-share-file', ...fileAsked(state, one, volumeId) }],
  };
}

const fileAsked = (
  { set: { setId, count } }: DestroyState,
  { id, index, kind }: Extract<Remnant, { what: 'medium' }>,
  volumeId: string,
) => ({ id, volumeId, setId, index, count, envelope: kind !== 'usb' });

/** The stick was out and is back. */
export function lookAgain(state: DestroyState, volumeId: string): Next {
  const { reopening } = state;
  const one = state.set.remnants.find(({ id }) => id === reopening?.id);
  if (one === undefined || !isOnStick(one)) throw refuseStep('not-now');
  return {
    state: { ...state, busy: busy('Looking at the stick again') },
    effects: [{ effect: 'look-for-share-file', ...fileAsked(state, one, volumeId) }],
  };
}

export function fileLookedFor(state: DestroyState, { turn }: Seat, left: readonly string[]): Next {
  const { reopening } = state;
  if (reopening === null) throw refuseStep('not-now');
  const { id, where, files } = reopening;
  const isGone = left.length === 0;
  const facts = {
    index: turn.index ?? 0,
    custodian: turn.name,
    where,
    gone: isGone,
    ...Object.fromEntries(files.map((name, at) => [`file.${at + 1}`, name])),
  };
  return {
    state: {
      ...state,
      reopening: null,
      fileGone: isGone ? [...state.fileGone, id] : state.fileGone,
      refusal: isGone ? null : refuseStep('destroy-file-there', where).note(),
    },
    effects: [{ effect: 'record', kind: 'share-file-removed', facts }],
  };
}
