/**
 * Reading back: from the medium itself, with the words typed again. Only what came from there goes
 * on; what was generated is never compared with, nor used instead. Of several sheets only the one
 * that is being checked is taken: all of them hold the same bytes.
 * @module
 */
import { readShareFile } from '../../media/usb/share-file.ts';
import type { EntryWay } from '../../../shared/ipc/entry.ts';
import type { Identity } from '../../../shared/identity/identity.ts';
import { identitySigner } from '../../../shared/identity/identity.ts';
import { refuseKeyEnvelope } from '../../../shared/sharing/key-envelope-refusals.ts';
import {
  decodeKeyEnvelope,
  encodeKeyEnvelope,
  keyEnvelopeDigest,
  type KeyEnvelope,
} from '../../../shared/sharing/key-envelope.ts';
import { refuseShare, shareName } from '../../../shared/sharing/refusals.ts';
import { askPassphrase, askSheet } from '../asking.ts';
import type { EntrySession } from '../entry.ts';
import type { CommandInput } from '../protocol.ts';
import type { ReadHow } from '../sheets.ts';
import { refuseWorker } from '../refusals.ts';
import { keepShare } from '../shares.ts';
import type { WorkerState } from '../state.ts';
import { findFile, findVolume, identityFileName, readAgeFile, volumeName } from '../volumes.ts';
import { readEnvelopeFile } from '../../media/yubikey/envelope-file.ts';
import { KeyHolder } from '../keys/holder.ts';
import { readLockedBack } from '../keys/open.ts';
import { checkReadBack } from './check-share.ts';
import type { Context, Handler } from '../context.ts';
import { openLockedIdentity } from './seat.ts';
import { findShareFile } from './share-on-stick.ts';

type Input = CommandInput<'read-back'>;

/** The public keys of what was read. */
interface ReadKeys {
  readonly shareKey: string | null;
  /** Of an OTP key: SHA-256 in hex. */
  readonly envelope?: string;
}

export const readBack: Handler<'read-back'> = async (input, context) => {
  const { state } = context;
  const { how } = input;
  if (input.key !== undefined) {
    const read = await fromKey(input, context);
    return { identityKey: state.needIdentity().publicKey, ...read };
  }
  const { shareKey } =
    how === 'usb' ? await fromStick(input, context) : await fromPaper({ ...input, how }, context);
  return { identityKey: state.needIdentity().publicKey, shareKey };
};

async function fromStick(input: Input, { state, entry }: Context): Promise<ReadKeys> {
  const seat = state.needSeat();
  const share = state.seatShare();
  const { publicKey, name } = state.needIdentity();
  const volume = await findVolume(state.mode, input.volumeId, input.rehearsalFolder);
  const identityFile = input.withIdentity
    ? await findFile(volume, identityFileName(name, publicKey))
    : null;
  if (identityFile === undefined) throw refuseWorker('identity-file-missing', volume.label);
  const shareFile =
    share === null
      ? null
      : await findShareFile(
          volume,
          {
            ...wantedShare(state, share.facts.index),
            label: 'that is being made',
            known: null,
          },
          'passphrase',
        );
  if (shareFile === null && identityFile === null) {
    throw refuseWorker('worker-out-of-order', 'something that was written');
  }
  const what = titles(state, share?.facts.index ?? null, input.withIdentity).join(' and ');
  const opened = await askPassphrase(
    entry(),
    { person: seat.turn.name, opens: `${what} on ${volumeName(volume)}` },
    async (words) => {
      const wire =
        shareFile === null ? null : await readShareFile(volume.path, shareFile.name, words);
      try {
        const shareKey = wire === null ? null : checkSeatShare(wire, state);
        const identity =
          identityFile === null
            ? null
            : await openIdentityOf(
                publicKey,
                await readAgeFile(volume.path, identityFile),
                words,
                state,
              );
        return { shareKey, identity, wire: wire?.slice() ?? null };
      } finally {
        wire?.fill(0);
      }
    },
  );
  const { shareKey, identity, wire } = opened.value;
  keepRead(state, wire, identity);
  state.keepPassphrase(opened.passphrase);
  return { shareKey };
}

/** An envelope as it was read from its own stick or sheet, and the new identity beside it. */
interface ReadEnvelope {
  readonly envelope: KeyEnvelope;
  /** Null where the identity is not new. */
  readonly identity: Uint8Array | null;
  /** `the stick HOME-1` */
  readonly where: string;
}

async function envelopeOnStick(input: Input, { state }: Context): Promise<ReadEnvelope> {
  const { publicKey, name } = state.needIdentity();
  const index = state.needSeat().turn.index ?? 0;
  const volume = await findVolume(state.mode, input.volumeId, input.rehearsalFolder);
  const identityFile = input.withIdentity
    ? await findFile(volume, identityFileName(name, publicKey))
    : null;
  if (identityFile === undefined) throw refuseWorker('identity-file-missing', volume.label);
  const wanted = { ...wantedShare(state, index), label: 'that is being made', known: null };
  const { name: file } = await findShareFile(volume, wanted, 'yubikey');
  return {
    envelope: await readEnvelopeFile(volume.path, file),
    identity: identityFile === null ? null : await readAgeFile(volume.path, identityFile),
    where: volumeName(volume),
  };
}

/** Only the sheet that was printed last: earlier ones hold another envelope, or the same. */
async function envelopeOnSheet(
  { how, withIdentity, sheetNumber }: Input,
  { state, entry }: Context,
): Promise<ReadEnvelope> {
  if (sheetNumber === null || how === 'usb') {
    throw refuseWorker('worker-out-of-order', 'a printed sheet');
  }
  const { name: person, index } = state.needSeat().turn;
  const session = entry();
  const title = `the envelope of ${shareName(index ?? 0, state.needSet().count)}`;
  const file: EntryWay[] = how === 'file' ? ['file'] : [];
  const { envelope } = await askSheet(
    session,
    {
      person,
      kind: 'key-share',
      title,
      ways: [...file, 'camera', 'typed'],
      first: how,
      sheet: sheetNumber,
    },
    (bytes) => ({ envelope: decodeKeyEnvelope(bytes.slice()) }),
  );
  requireOwn(envelope, state);
  session.accepted('The envelope was read from its sheet.');
  const identity = withIdentity ? await identityOnSheet(how, sheetNumber, person, session) : null;
  return { envelope, identity, where: 'the sheet' };
}

/** The outside, before a key is asked; the opened share decides. */
function requireOwn({ mode, setId, index, count }: KeyEnvelope, state: WorkerState): void {
  const wanted = state.needSeat().turn.index ?? 0;
  if (mode !== state.mode) throw refuseKeyEnvelope('key-envelope-other-mode', mode, index, count);
  if (setId !== state.needSet().setId) {
    throw refuseShare('share-of-another-set', index, count, setId, 'that is being made');
  }
  if (index !== wanted) throw refuseShare('share-wrong-custodian', index, count, wanted);
}

/** @returns the age file, still locked */
async function identityOnSheet(
  how: ReadHow,
  sheet: number,
  person: string,
  session: EntrySession,
): Promise<Uint8Array> {
  const ways: EntryWay[] = how === 'file' ? ['file', 'camera'] : ['camera'];
  const title = 'your personal identity';
  const { locked } = await askSheet(
    session,
    { person, kind: 'identity', title, ways, first: ways[0] ?? 'camera', sheet },
    (bytes) => ({ locked: bytes.slice() }),
  );
  session.accepted('The identity sheet was read.');
  return locked;
}

/**
 * A share that is locked to a YubiKey, from its stick or sheet and with each of its keys; then the
 * identity, if it is new. The words that open both are typed once.
 */
async function fromKey(input: Input, context: Context): Promise<ReadKeys> {
  const { state, entry, keys } = context;
  const { turn } = state.needSeat();
  const share = state.seatShare();
  if (share === null) throw refuseWorker('worker-out-of-order', 'a share of the new set');
  const { publicKey } = state.needIdentity();
  const {
    envelope,
    identity: identityFile,
    where,
  } = await (input.how === 'usb'
    ? envelopeOnStick(input, context)
    : envelopeOnSheet(input, context));
  const holder = new KeyHolder(entry(), keys, turn.name, state.keyOwners());
  const read = await readLockedBack(
    holder,
    envelope,
    where,
    (wire) => ({
      shareKey: checkSeatShare(wire, state),
      wire: wire.slice(),
    }),
    ({ wire }) => void wire.fill(0),
  );
  const { shareKey, wire } = read.value;
  let { passphrase } = read;
  try {
    let identity: Identity | null = null;
    if (identityFile !== null) {
      const open = (words: Uint8Array) => openIdentityOf(publicKey, identityFile, words, state);
      // The same words locked both, so those that opened the share are tried before anybody types.
      identity = passphrase === null ? null : await passphrase.use(open);
      if (identity === null) {
        const opens = `your personal identity on ${where}`;
        const opened = await askPassphrase(entry(), { person: turn.name, opens }, open);
        identity = opened.value;
        ({ passphrase } = opened);
      }
    }
    keepRead(state, wire.slice(), identity);
    if (passphrase !== null) state.keepPassphrase(passphrase);
    return envelope.method === 'otp-hmac'
      ? { shareKey, envelope: keyEnvelopeDigest(encodeKeyEnvelope(envelope)) }
      : { shareKey };
  } catch (error) {
    passphrase?.wipe();
    throw error;
  } finally {
    wire.fill(0);
  }
}

async function fromPaper(
  { how, withIdentity, sheetNumber }: Input & { readonly how: Exclude<ReadHow, 'usb'> },
  { state, entry }: Context,
): Promise<ReadKeys> {
  if (sheetNumber === null) throw refuseWorker('worker-out-of-order', 'a printed sheet');
  const { turn } = state.needSeat();
  const { publicKey } = state.needIdentity();
  const share = state.seatShare();
  const session = entry();
  const person = turn.name;
  let wire: Uint8Array | null = null;
  try {
    let shareKey: string | null = null;
    if (share !== null) {
      const [title = ''] = titles(state, share.facts.index, false);
      const ways: EntryWay[] = how === 'file' ? ['file', 'camera', 'typed'] : ['camera', 'typed'];
      const read = await askSheet(
        session,
        { person, kind: 'share', title, ways, first: how, sheet: sheetNumber },
        (bytes) => ({ shareKey: checkSeatShare(bytes, state), wire: bytes.slice() }),
      );
      ({ shareKey, wire } = read);
      session.accepted(`${title.replace('s', 'S')} was read back and is right.`);
    }
    if (withIdentity) {
      const locked = await identityOnSheet(how, sheetNumber, person, session);
      const title = 'your personal identity';
      const opened = await askPassphrase(session, { person, opens: `${title} on the sheet` }, (w) =>
        openIdentityOf(publicKey, locked, w, state),
      );
      keepRead(state, null, opened.value);
      state.keepPassphrase(opened.passphrase);
    }
    if (wire !== null) keepRead(state, wire.slice(), null);
    return { shareKey };
  } finally {
    wire?.fill(0);
  }
}

/** Takes ownership of both. */
function keepRead(state: WorkerState, wire: Uint8Array | null, identity: Identity | null): void {
  const { index } = state.needSeat().turn;
  if (wire !== null && index !== null) keepShare(state.readBack, index, wire);
  wire?.fill(0);
  if (identity !== null) state.keepIdentity(identity);
}

function wantedShare(state: WorkerState, index: number) {
  const { setId, count } = state.needSet();
  return { mode: state.mode, setId, index, count };
}

function checkSeatShare(wire: Uint8Array, state: WorkerState): string {
  const wanted = state.needSeat().turn.index ?? 0;
  return checkReadBack(wire, { mode: state.mode, set: state.needSet(), wanted });
}

function titles(state: WorkerState, index: number | null, withIdentity: boolean): string[] {
  return [
    ...(index === null ? [] : [shareName(index, state.needSet().count)]),
    ...(withIdentity ? ['your personal identity'] : []),
  ];
}

/** The identity in an age file, which must be the one that was made in this seat. */
async function openIdentityOf(
  publicKey: string,
  file: Uint8Array,
  words: Uint8Array,
  { mode }: WorkerState,
): Promise<Identity> {
  const identity = await openLockedIdentity(file, words, mode);
  if (identitySigner(identity).keyid === publicKey) return identity;
  identity.seed.fill(0);
  throw refuseWorker('identity-differs');
}
