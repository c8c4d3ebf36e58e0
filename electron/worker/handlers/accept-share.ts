/**
 * One share that comes in, from paper, a stick or a YubiKey: checked alone against the manifest.
 * @module
 */
import { knownSets } from '../../../shared/ceremony/known-sets.ts';
import type { OnSheet, OtpGiven, Renewal } from '../../../shared/ceremony/types.ts';
import type { Mode } from '../../../shared/mode.ts';
import { wipingAfter } from '../../../shared/secret/secret.ts';
import { acceptShare, type Acceptance } from '../../../shared/sharing/accept.ts';
import { refuseKeyEnvelope } from '../../../shared/sharing/key-envelope-refusals.ts';
import { decodeKeyEnvelope, type KeyEnvelope } from '../../../shared/sharing/key-envelope.ts';
import type { MediumKind } from '../../../shared/sharing/manifest.ts';
import { refuseShare, shareName } from '../../../shared/sharing/refusals.ts';
import { readShareFile } from '../../media/usb/share-file.ts';
import { readEnvelopeFile } from '../../media/yubikey/envelope-file.ts';
import { askPassphrase, askSheet } from '../asking.ts';
import { KeyHolder } from '../keys/holder.ts';
import { ownersIn } from '../keys/owners.ts';
import { openWithPin, openWithSlot } from '../keys/open.ts';
import { renewOnStick } from '../keys/renew-stick.ts';
import type { CommandInput } from '../protocol.ts';
import type { ReadHow } from '../sheets.ts';
import { keepShare } from '../shares.ts';
import type { StickFile, StickGiven } from '../otp-given.ts';
import { findVolume, volumeName } from '../volumes.ts';
import type { Context, Handler } from '../context.ts';
import { requireNotOver } from './over-envelope.ts';
import { findShareFile } from './share-on-stick.ts';

export const accept: Handler<'accept-share'> = async (input, context) => {
  const { state } = context;
  const { manifest, index } = input;
  if (input.alone === true) state.takeOneAtATime(index);
  const wanted: Acceptance = {
    mode: state.mode,
    manifest,
    known: knownSets(input.known),
    // The one that is asked for may come again: main could not write down that it was accepted.
    accepted: new Set([...state.accepted.keys()].filter((other) => other !== index)),
    only: index,
  };
  const check = (wire: Uint8Array) => {
    const share = acceptShare(wire, wanted);
    share.y.fill(0);
    return { wire: wire.slice() };
  };
  state.keepOtpGiven(null);
  const { wire, medium, renewal, onSheet, otp } = await (input.how === 'usb'
    ? acceptFromStick(input, wanted, check, context)
    : acceptFromSheet({ ...input, how: input.how }, check, context));
  keepShare(state.accepted, index, wire);
  wire.fill(0);
  return {
    index,
    medium,
    renewal,
    ...(onSheet === undefined ? {} : { onSheet }),
    ...(otp === undefined ? {} : { otp }),
  };
};

/** A share that came in. The caller wipes `wire`. */
interface Came {
  readonly wire: Uint8Array;
  readonly medium: MediumKind;
  readonly renewal: Renewal | null;
  readonly onSheet?: OnSheet;
  readonly otp?: OtpGiven;
}

type Check = (wire: Uint8Array) => { readonly wire: Uint8Array };

async function acceptFromSheet(
  input: CommandInput<'accept-share'> & { readonly how: Exclude<ReadHow, 'usb'> },
  check: Check,
  context: Context,
): Promise<Came> {
  const { person, manifest, index, ways, how, sheet = 'share' } = input;
  const title = shareName(index, manifest.count);
  const asked = { person, kind: sheet, title, ways, first: how };
  if (sheet === 'share') {
    const { wire } = await askSheet(context.entry(), asked, check);
    return { wire, medium: 'paper', renewal: null };
  }
  const { heldBack } = context.state;
  const isHere = input.usesReplaced === true && heldBack?.envelope.index === index;
  if (isHere && heldBack.sheet !== null) {
    return acceptLocked(input, heldBack.envelope, heldBack.sheet, check, context);
  }
  const read = await askSheet(context.entry(), asked, (bytes, number) => ({
    envelope: decodeKeyEnvelope(bytes.slice()),
    number,
  }));
  return acceptLocked(input, read.envelope, read.number, check, context);
}

/**
 * With its YubiKey. An OTP envelope that lies on a stick is made anew; when that fails, the share is
 * accepted all the same. What is needed to make one anew later is kept until the person gets up.
 * @param carrier the stick, or the number of the sheet
 */
async function acceptLocked(
  input: CommandInput<'accept-share'>,
  envelope: KeyEnvelope,
  carrier: StickFile | number,
  check: Check,
  context: Context,
): Promise<Came> {
  const { state, entry, keys, random, seal } = context;
  const { person, ceremonyId, index, manifest } = input;
  requireAskedFor(envelope, state.mode, manifest, index);
  const holder = new KeyHolder(entry(), keys, person, ownersIn(manifest));
  // Who gives an old share may leave the key in its socket, where the next one gets a new share.
  const isTheirs = () => {
    for (const { serial } of envelope.keys) if (serial !== null) state.gaveWith.set(serial, person);
  };
  if (envelope.method === 'fido2') {
    const { wire } = (await openWithPin(holder, envelope, null, check)).value;
    isTheirs();
    return { wire, medium: 'yubikey-fido2', renewal: null };
  }
  const medium = 'yubikey-otp';
  const otp = await requireNotOver(
    input,
    envelope,
    typeof carrier === 'number' ? carrier : null,
    context,
  );
  const where = typeof carrier === 'number' ? 'the sheet' : volumeName(carrier.volume);
  const { value, passphrase, key } = await openWithSlot(holder, envelope, where, check);
  isTheirs();
  const { wire } = value;
  const opened = { envelope, passphrase, key, made: null };
  if (typeof carrier === 'number') {
    state.keepOtpGiven({ ...opened, stick: null });
    const onSheet = { sheet: carrier, envelope: otp.envelope };
    return { wire, medium, renewal: null, onSheet, otp };
  }
  const given: StickGiven = { ...opened, stick: carrier };
  state.keepOtpGiven(given);
  holder.entry.accepted('The share was read. Now it is locked anew, for the next time.');
  const renewal = await renewOnStick(holder, given, ceremonyId, wire, {
    random,
    ...seal,
    note: context.note,
  });
  if (renewal.done) state.keepOtpGiven(null);
  return { wire, medium, renewal, otp };
}

/** What stands on the outside, before a key is asked: the opened share decides. */
function requireAskedFor(
  { mode, setId, index, count }: KeyEnvelope,
  wantedMode: Mode,
  manifest: CommandInput<'accept-share'>['manifest'],
  wantedIndex: number,
): void {
  if (mode !== wantedMode) throw refuseKeyEnvelope('key-envelope-other-mode', mode, index, count);
  if (setId !== manifest.setId) {
    throw refuseShare('share-of-another-set', index, count, setId, manifest.label);
  }
  if (index !== wantedIndex) {
    throw refuseShare('share-wrong-custodian', index, count, wantedIndex);
  }
}

async function acceptFromStick(
  input: CommandInput<'accept-share'>,
  { known }: Acceptance,
  check: Check,
  context: Context,
): Promise<Came> {
  const { state, entry } = context;
  const { manifest, index, person } = input;
  const { setId, label, count } = manifest;
  const volume = await findVolume(state.mode, input.volumeId, input.rehearsalFolder);
  const wanted = { mode: state.mode, setId, label, index, count, known };
  const { name: fileName, lock } = await findShareFile(volume, wanted);
  if (lock === 'yubikey') {
    const envelope = await readEnvelopeFile(volume.path, fileName);
    return acceptLocked(input, envelope, { volume, fileName }, check, context);
  }
  const opens = `${shareName(index, count)} on ${volumeName(volume)}`;
  const opened = await askPassphrase(entry(), { person, opens }, async (words) => {
    const wire = await readShareFile(volume.path, fileName, words);
    return wipingAfter([wire], () => check(wire));
  });
  opened.passphrase.wipe();
  return { wire: opened.value.wire, medium: 'usb', renewal: null };
}
