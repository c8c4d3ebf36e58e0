/**
 * An OTP envelope that was given, on a stick or on a sheet, until it is made anew or its custodian
 * gets up.
 * @module
 */
import type { Secret } from '../../shared/secret/secret.ts';
import type { PluggedKey } from '../media/yubikey/keys.ts';
import type { OtpEnvelope } from '../media/yubikey/otp.ts';
import type { Volume } from '../media/usb/volumes.ts';
import { refuseWorker } from './refusals.ts';

/** Recover: an OTP envelope that was given, until it was made anew or its custodian gets up. */
export interface OtpGiven {
  /** Public, and what opens the share until a new one does. */
  readonly envelope: OtpEnvelope;
  /** The words that opened it: they lock the new envelope as well. */
  readonly passphrase: Secret;
  readonly key: PluggedKey;
  /** Null: on a sheet. */
  readonly stick: StickFile | null;
  /** Canonical bytes of the envelope that was made last, printed or written; null before. */
  made: Uint8Array | null;
}

/** Where a file was found. */
export interface StickFile {
  /** As it was seen last: it may have been taken out and put in again. */
  volume: Volume;
  readonly fileName: string;
}

export type StickGiven = OtpGiven & { readonly stick: StickFile };

/** What was read, so that nobody shows or types it twice. */
export interface HeldBack {
  readonly envelope: OtpEnvelope;
  readonly digest: string;
  /** Number of the sheet; null: on a stick. */
  readonly sheet: number | null;
}

/** Of the worker’s state what is asked here. */
interface Holding {
  readonly otpGiven: OtpGiven | null;
}

/** @throws Refusal `worker-out-of-order` */
export function needOnSheet({ otpGiven }: Holding, index: number): OtpGiven {
  if (otpGiven?.envelope.index !== index || otpGiven.stick !== null) {
    throw refuseWorker('worker-out-of-order', 'a share that was given from its sheet');
  }
  return otpGiven;
}

/** @throws Refusal `worker-out-of-order` */
export function needOnStick({ otpGiven }: Holding, index: number): StickGiven {
  if (otpGiven === null || otpGiven.envelope.index !== index || !isOnStick(otpGiven)) {
    throw refuseWorker('worker-out-of-order', 'a share that was given from its stick');
  }
  return otpGiven;
}

const isOnStick = (given: OtpGiven): given is StickGiven => given.stick !== null;
