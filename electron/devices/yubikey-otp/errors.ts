/**
 * Why a YubiKey's OTP interface did not do what it was asked: the closed table of this library.
 * @module
 */
import { HidGone, HidNoPermission, HidUnavailable } from './hid/transport.ts';
import { UDEV_RULE } from './hid/udev-rule.ts';

/** What a person reads: what happened, what it means, what to do now. Each a whole sentence. */
export interface Sentences {
  readonly happened: string;
  readonly means: string;
  readonly next: string;
}

const NOTHING = 'Nothing on the key was changed.';

const table = {
  'otp-not-plugged-in': () => ({
    happened: 'No YubiKey was found.',
    means: 'None is plugged in, or its OTP interface is switched off.',
    next: 'Plug the key in and try again. If it is in, switch OTP on with Yubico’s own program.',
  }),
  'otp-several': (count: number) => ({
    happened: `${count} YubiKeys are plugged in.`,
    means: `It is not clear which of them is meant. ${NOTHING}`,
    next: 'Leave only the one that is meant, and try again.',
  }),
  'otp-no-permission': () => ({
    happened: 'This account may not talk to the YubiKey.',
    means: 'Linux lets nobody but root open it until a rule says otherwise. The key is unharmed.',
    next: `Have an administrator write ${UDEV_RULE} into a file of /etc/udev/rules.d whose name ends in .rules and run “udevadm control --reload”, then plug the key in again.`,
  }),
  'otp-unavailable': (missing: string) => ({
    happened: 'This computer cannot talk to YubiKeys.',
    means: `${missing} Nothing was sent to any key.`,
    next: 'Install what is missing (Debian: libusb-1.0-0).',
  }),
  'otp-too-old': (firmware: string) => ({
    happened: `This YubiKey has the firmware ${firmware}.`,
    means: `HMAC-SHA1 challenge-response came with 2.2. ${NOTHING}`,
    next: 'Use a newer key.',
  }),
  'otp-slot-empty': (slot: number) => ({
    happened: `Slot ${slot} of this YubiKey is empty.`,
    means: 'It was never set up, or it was erased. It may also be the wrong key.',
    next: 'Compare the serial number printed on the key, and use the right one.',
    culprit: `slot ${slot}`,
  }),
  'otp-slot-configured': (slot: number) => ({
    happened: `Slot ${slot} of this YubiKey is already in use.`,
    means: `Writing to it would destroy for good what it holds. ${NOTHING}`,
    next: 'Use the other slot or another key; or type this key’s serial number to say that what the slot holds may go.',
    culprit: `slot ${slot}`,
  }),
  'otp-serial-differs': (typed: number) => ({
    happened: `This is not the YubiKey with the serial number ${typed}.`,
    means: `Another one is plugged in, or the number was mistyped. ${NOTHING}`,
    next: 'Compare the number printed on the key, and type it again.',
    culprit: `serial number ${typed}`,
  }),
  'otp-serial-hidden': () => ({
    happened: 'This YubiKey does not tell its serial number.',
    means: `So nobody can make sure that it is the one that may be changed. ${NOTHING}`,
    next: 'Use another key, or make the serial number readable with Yubico’s own program.',
  }),
  'otp-not-touched': () => ({
    happened: 'The YubiKey was not touched in time.',
    means: 'It blinks for about 15 seconds and then gives up. Nothing was lost.',
    next: 'Try again, and touch the metal contact as soon as it blinks.',
  }),
  'otp-refused': (slot: number) => ({
    happened: `The YubiKey refused to use slot ${slot}.`,
    means:
      'The access code is wrong or missing, or the slot holds something else than a challenge-response secret. Nothing on the key was changed.',
    next: 'Use the access code that the slot was given, or the right slot or key.',
    culprit: `slot ${slot}`,
  }),
  'otp-busy': () => ({
    happened: 'The YubiKey is busy.',
    means:
      'Another program is talking to it or to its smart card, or it has not finished. Nothing on the key was changed.',
    next: 'Close other programs that use the key, take it out, put it back in and try again.',
  }),
  'otp-changed': (slot: number) => ({
    happened: `Slot ${slot} changed while it was being looked at.`,
    means: 'Another program is writing to this key. Nothing was written here.',
    next: 'Close other programs that use the key, then look at the slot again.',
    culprit: `slot ${slot}`,
  }),
  'otp-gone': () => ({
    happened: 'The YubiKey was taken out.',
    means: 'What was being done is done wholly or not at all; which of the two is not known yet.',
    next: 'Put the same key back in; its slots are then read again before anything else.',
  }),
  'otp-protocol': (what: string) => ({
    happened: 'The YubiKey answered with something that makes no sense.',
    means: `${what} The key may be failing, or another program was talking to it.`,
    next: 'Take it out, put it back in and try again. If it stays so, use another key.',
  }),
  'otp-cancelled': () => ({
    happened: 'Waiting for the YubiKey was stopped.',
    means: 'The key no longer waits either. Nothing was lost.',
    next: 'Start again when the key is at hand.',
  }),
};

/** Closed: every code of {@link OtpError}. */
export type OtpErrorCode = keyof typeof table;

/** The one error of this library. `message` is the three sentences in one line. */
export class OtpError extends Error {
  override readonly name = 'OtpError';
  readonly code: OtpErrorCode;
  readonly sentences: Sentences;
  /** What is to blame, in a person's words: `slot 2`. */
  readonly culprit: string | undefined;

  constructor(code: OtpErrorCode, sentences: Sentences, culprit?: string, options?: ErrorOptions) {
    super(`${sentences.happened} ${sentences.means} ${sentences.next}`, options);
    this.code = code;
    this.sentences = sentences;
    this.culprit = culprit;
  }
}

/** The error with this code, in words. */
export function otpError<Code extends OtpErrorCode>(
  code: Code,
  ...facts: Parameters<(typeof table)[Code]>
): OtpError {
  const word = table[code] as (...all: typeof facts) => Sentences & { culprit?: string };
  const { culprit, ...sentences } = word(...facts);
  return new OtpError(code, sentences, culprit);
}

/** Turns what the HID stack throws into this library's error; its own pass through. */
export function asOtpError(cause: unknown): OtpError {
  if (cause instanceof OtpError) return cause;
  if (cause instanceof HidGone) return otpError('otp-gone');
  if (cause instanceof HidNoPermission) return otpError('otp-no-permission');
  if (cause instanceof HidUnavailable) return otpError('otp-unavailable', cause.message);
  return otpError('otp-protocol', 'A report could not be moved.');
}
