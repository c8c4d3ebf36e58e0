/**
 * The OTP envelope of a share that was given from a stick, made anew on that stick. When anything
 * fails, the stick is looked at before anybody is told what it holds.
 * @module
 */
import type { Renewal, RenewalFailed } from '../../../shared/ceremony/types.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import type { Mode } from '../../../shared/mode.ts';
import { Refusal, type RefusalNote } from '../../../shared/refusal.ts';
import { encodeKeyEnvelope, keyEnvelopeDigest } from '../../../shared/sharing/key-envelope.ts';
import { listVolumes, sameVolume, type Volume } from '../../media/usb/volumes.ts';
import { lookAtEnvelope, replaceEnvelopeFile } from '../../media/yubikey/envelope-file.ts';
import type { Noted } from '../protocol.ts';
import { refuseWorker } from '../refusals.ts';
import type { StickGiven } from '../otp-given.ts';
import type { KeyHolder } from './holder.ts';
import { renew, type LockAnewOptions } from './renew.ts';

interface RenewOnStickOptions extends LockAnewOptions {
  /** Waits until main has written it down. @throws Refusal `not-noted` */
  readonly note: (about: Noted) => Promise<void>;
}

/**
 * @param wire the share; the caller wipes it
 * @returns what became of it, also when the window was closed on the way: never a refusal
 */
export async function renewOnStick(
  holder: KeyHolder,
  given: StickGiven,
  ceremonyId: string,
  wire: Uint8Array,
  options: RenewOnStickOptions,
): Promise<Renewal> {
  const { envelope, stick } = given;
  // What an earlier try left is not there: the stick was looked at before this one.
  given.made = null;
  try {
    await renew(holder, envelope, ceremonyId, given, wire, options, (next, opens) => {
      given.made = encodeKeyEnvelope(next);
      return replaceEnvelopeFile(stick.volume, stick.fileName, next, async (readBack) => {
        await opens(readBack);
        // Before the rename: power that fails at it must not leave an old envelope that looks new.
        const { before, after } = digestsOf(given);
        if (after !== null)
          await options.note({ about: 'envelope-making', facts: { before, after } });
      });
    });
    const { before, after } = digestsOf(given);
    if (after === null) throw new Error('An envelope that was written was made before.');
    return { done: true, before, after };
  } catch (error) {
    const isLeft = holder.entry.signal.aborted;
    return failed(given, isLeft ? refuseWorker('renewal-left').note() : noteOf(error));
  }
}

export interface Looked {
  /** Done, if the new envelope is on the stick; else which one is, and why it is not known. */
  readonly renewal: Renewal;
  /** The stick answers, and the new one is not on it: it can be written again from memory. */
  readonly canWrite: boolean;
}

/** What the stick holds now. */
export async function lookAgain(given: StickGiven): Promise<Looked> {
  const { holds, answers, why } = await look(given);
  const { before, after } = digestsOf(given);
  if (holds === 'new' && after !== null) {
    return { renewal: { done: true, before, after }, canWrite: false };
  }
  const note = why ?? refuseWorker('envelope-neither').note();
  return { renewal: { done: false, note, holds, before, after }, canWrite: answers };
}

async function failed(given: StickGiven, note: RefusalNote): Promise<RenewalFailed> {
  const { holds } = await look(given);
  return { done: false, note, holds, ...digestsOf(given) };
}

interface Seen {
  readonly holds: RenewalFailed['holds'];
  /** With an envelope, with something else, or with nothing under that name. */
  readonly answers: boolean;
  /** What a stick that does not answer was refused for. */
  readonly why: RefusalNote | null;
}

async function look(given: StickGiven): Promise<Seen> {
  const { envelope, made, stick } = given;
  const { mode } = envelope;
  try {
    stick.volume = await findAgain(stick.volume, mode);
    const found = await lookAtEnvelope(stick.volume, stick.fileName, mode);
    if (made !== null && equalBytes(found, made)) return { holds: 'new', answers: true, why: null };
    const isOld = equalBytes(found, encodeKeyEnvelope(envelope));
    return { holds: isOld ? 'old' : 'unknown', answers: true, why: null };
  } catch (error) {
    const why = noteOf(error);
    return { holds: 'unknown', answers: await holdsNone(why, stick.volume, mode), why };
  }
}

/** Refusals of a file that is missing, or cannot be an envelope. */
const NO_ENVELOPE: ReadonlySet<string> = new Set(['file-gone', 'file-empty', 'file-too-large']);

/** A file that cannot be reached is missing if its stick is still there. */
async function holdsNone(why: RefusalNote, volume: Volume, mode: Mode): Promise<boolean> {
  if (!NO_ENVELOPE.has(why.code)) return false;
  return findAgain(volume, mode).then(
    () => true,
    () => false,
  );
}

/** It may be somewhere else after it was put in again. */
async function findAgain(volume: Volume, mode: Mode): Promise<Volume> {
  const volumes = await listVolumes({ mode, folders: [volume.path] });
  const found = volumes.find((one) => sameVolume(one, volume));
  if (found === undefined) throw refuseWorker('volume-missing');
  return found;
}

function digestsOf({ envelope, made }: StickGiven) {
  return {
    before: keyEnvelopeDigest(encodeKeyEnvelope(envelope)),
    after: made === null ? null : keyEnvelopeDigest(made),
  };
}

function noteOf(error: unknown): RefusalNote {
  return (error instanceof Refusal ? error : refuseWorker('worker-fault')).note();
}
