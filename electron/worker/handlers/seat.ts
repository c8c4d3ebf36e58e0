/**
 * Who sits at the laptop: their personal identity and the words that protect it.
 * @module
 */
import {
  createIdentity,
  decodeIdentity,
  encodeIdentity,
  type Identity,
} from '../../../shared/identity/identity.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { Secret } from '../../../shared/secret/secret.ts';
import { shareName } from '../../../shared/sharing/refusals.ts';
import { basename } from 'node:path';
import { openAge, sealAge } from '../../media/age.ts';
import { askPassphrase, askSheet, type Opened } from '../asking.ts';
import { choosePassphrase } from '../choosing.ts';
import type { EntrySession } from '../entry.ts';
import { refuseWorker } from '../refusals.ts';
import type { WorkerState } from '../state.ts';
import { findIdentityFiles, identityFileName, readAgeFile } from '../volumes.ts';
import type { CommandInput } from '../protocol.ts';
import type { Handler } from '../context.ts';

const YOUR_IDENTITY = 'your personal identity';

export const beginSeat: Handler<'begin-seat'> = ({ turn }, { state }) => {
  state.forgetPerson();
  // Who signs for a full drill sits where no share is any more, whatever became of the test escrow.
  if (turn.index === null && state.drill !== null) state.endDrill();
  state.seat = { turn, identity: null, lockedIdentity: null, passphrase: null };
  return null;
};

export const endSeat: Handler<'end-seat'> = (_, { state }) => {
  state.endSeat();
  return null;
};

export const newIdentity: Handler<'new-identity'> = async (input, context) => {
  const { state, random, seal } = context;
  const seat = state.needSeat();
  const entry = context.entry();
  const protects = input.protects ?? protectedBy(state);
  const words = await choosePassphrase(
    entry,
    { person: seat.turn.name, protects, first: input.first ?? [] },
    random,
  );
  try {
    entry.busy('Locking your identity with it');
    const identity = createIdentity(state.mode, seat.turn.name, random);
    const plain = encodeIdentity(identity);
    try {
      seat.lockedIdentity = await sealAge(plain, words, seal);
    } finally {
      plain.fill(0);
    }
    state.keepPassphrase(new Secret(words.slice()));
    return { publicKey: state.keepIdentity(identity).publicKey };
  } finally {
    words.fill(0);
  }
};

function protectedBy(state: WorkerState): string[] {
  const share = state.seatShare();
  if (share === null) return [YOUR_IDENTITY];
  const name = shareName(share.facts.index, state.needSet().count);
  return [YOUR_IDENTITY, `${name}, where words lock it`];
}

export const openIdentity: Handler<'open-identity'> = async (input, context) => {
  const { state } = context;
  const { name: person } = state.needSeat().turn;
  const entry = context.entry();
  const opened =
    input.how === 'usb'
      ? await fromStick(entry, person, input.volumePath, state)
      : await fromSheet(entry, person, input.ways, state);
  state.keepPassphrase(opened.passphrase);
  const { name, publicKey } = state.keepIdentity(opened.value);
  return { name, publicKey };
};

async function fromStick(
  entry: EntrySession,
  person: string,
  path: string | null,
  { mode }: WorkerState,
): Promise<Opened<Identity>> {
  if (path === null) throw refuseWorker('volume-missing');
  const label = basename(path);
  const own = identityFileName(person, '').slice(0, -'.age'.length);
  // The person's own first: each wrong guess costs a second.
  const found = await findIdentityFiles(path, label);
  const files = [
    ...found.filter((name) => name.startsWith(own)),
    ...found.filter((name) => !name.startsWith(own)),
  ];
  if (files.length === 0) throw refuseWorker('identity-file-missing', label);
  const opens = `${YOUR_IDENTITY} on the stick ${label}`;
  return askPassphrase(entry, { person, opens }, async (passphrase) => {
    let last: unknown;
    for (const name of files.slice(0, 16)) {
      try {
        return await openLockedIdentity(await readAgeFile(path, name), passphrase, mode);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        // One that does not open must not hide one that does; a wrong passphrase may be retyped.
        last = error.code === 'age-wrong-passphrase' ? error : (last ?? error);
      }
    }
    throw last;
  });
}

async function fromSheet(
  entry: EntrySession,
  person: string,
  ways: CommandInput<'open-identity'>['ways'],
  { mode }: WorkerState,
): Promise<Opened<Identity>> {
  const { locked } = await askSheet(
    entry,
    { person, kind: 'identity', title: YOUR_IDENTITY, ways, first: ways[0] ?? 'camera' },
    (bytes) => ({ locked: bytes.slice() }),
  );
  entry.accepted('The identity sheet was read.');
  const opens = `${YOUR_IDENTITY} on the sheet`;
  return askPassphrase(entry, { person, opens }, (passphrase) =>
    openLockedIdentity(locked, passphrase, mode),
  );
}

/** An age file to the identity in it. The caller wipes the seed. */
export async function openLockedIdentity(
  file: Uint8Array,
  passphrase: Uint8Array,
  mode: WorkerState['mode'],
): Promise<Identity> {
  const plain = await openAge(file, passphrase);
  try {
    return decodeIdentity(plain, mode);
  } finally {
    plain.fill(0);
  }
}
