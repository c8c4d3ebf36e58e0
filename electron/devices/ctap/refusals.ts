/**
 * How a FIDO2 key is refused, or refuses: each reason its own code, in words for the person who
 * holds it. "The YubiKey" in these sentences may be another make; people here hold YubiKeys.
 * @module
 */
import { Refusal, refusals } from '../../../shared/refusal.ts';
import { UDEV_RULE } from '../yubikey-otp/hid/udev-rule.ts';

const unharmed = 'Nothing on it was changed.';
const again = 'Take the YubiKey out, put it in again, and repeat the step.';

/** `5 more tries`, or what is true when the key did not say. */
function triesLeft(left: number | null): string {
  if (left === null) return 'One of its tries was used; it did not say how many are left.';
  if (left === 0) return 'No try is left: the PIN is blocked.';
  return `${left === 1 ? 'One more try is' : `${left} more tries are`} left before it is blocked for good.`;
}

export const refuseFido = refusals({
  'fido-pin-wrong': (left: number | null) => ({
    happened: 'The YubiKey says that the PIN is wrong.',
    means: triesLeft(left),
    next: 'Look at how the PIN is written down, then type it again. Conclave never tries it by itself.',
  }),
  'fido-pin-replug': () => ({
    happened: 'The PIN was wrong three times since the YubiKey was put in.',
    means: 'It takes no PIN until it is taken out and put in again. Its PIN is not blocked yet.',
    next: 'Take it out, put it in again, and be sure of the PIN: every wrong one brings it nearer to being blocked for good.',
  }),
  'fido-pin-blocked': () => ({
    happened: 'The PIN of this YubiKey is blocked for good.',
    means:
      'Too many wrong PINs were typed. What this key protects cannot be opened with it any more.',
    next: 'Use a backup key, a copy or another person. A reset makes the key usable again, but never for what it protects now.',
  }),
  'fido-pin-not-set': () => ({
    happened: 'This YubiKey has no PIN yet.',
    means: `Without a PIN anybody who holds it could use it. ${unharmed}`,
    next: 'Set a PIN on it first, then repeat the step.',
  }),
  'fido-pin-set-already': () => ({
    happened: 'This YubiKey has a PIN already.',
    means: `A PIN is set only where there is none. ${unharmed}`,
    next: 'Use the PIN that it has, or another YubiKey.',
  }),
  'fido-pin-required': () => ({
    happened: 'This YubiKey does nothing here without its PIN.',
    means: `A PIN is set on it, and none was typed. ${unharmed}`,
    next: 'Repeat the step and type the PIN.',
  }),
  'fido-pin-policy': (shortest: number) => ({
    happened: 'This cannot be the PIN of this YubiKey.',
    means: `A PIN has at least ${shortest} characters and at most 63 bytes, and the key may ask for a new one. No try was used for a PIN of the wrong length.`,
    next: 'Choose or type a PIN of the right length. If it is refused again, change the PIN with Yubico’s own tool first.',
  }),
  'fido-not-touched': () => ({
    happened: 'The YubiKey was not touched in time.',
    means: `It waits for about half a minute, then gives up. ${unharmed}`,
    next: 'Repeat the step and touch the metal when it blinks.',
  }),
  'fido-denied': () => ({
    happened: 'The YubiKey says that it was told not to do this.',
    means: unharmed,
    next: 'Repeat the step, and touch the metal when it blinks.',
  }),
  'fido-wrong-key': () => ({
    happened: 'What is asked for was not made on this YubiKey.',
    means: `It was made on another key, or this one was reset since. ${unharmed}`,
    next: 'Take this one out and put in the YubiKey that is asked for, or its backup if there is one.',
  }),
  'fido-cancelled': () => ({
    happened: 'This was cancelled before the YubiKey was touched.',
    means: unharmed,
    next: 'Repeat the step when you are ready.',
  }),
  'fido-key-full': () => ({
    happened: 'The YubiKey has no room left.',
    means: `Its store of credentials is full. ${unharmed}`,
    next: 'Use another YubiKey, or delete what is not needed with Yubico’s own tool.',
  }),
  'fido-not-fido2': () => ({
    happened: 'This key does not speak FIDO2.',
    means: 'It is too old, or FIDO2 is switched off on it.',
    next: 'Use a YubiKey 5 or newer, or switch FIDO2 on with Yubico’s own tool.',
  }),
  'fido-no-hmac-secret': () => ({
    happened: 'This key cannot keep a secret for Conclave.',
    means: 'It speaks FIDO2, but not the extension hmac-secret.',
    next: 'Use a YubiKey 5 or newer.',
  }),
  'fido-no-pin-protocol': () => ({
    happened: 'This key takes a PIN in no way that Conclave knows.',
    means: 'It offers neither PIN protocol 1 nor 2.',
    next: 'Use a YubiKey 5 or newer, or update Conclave.',
  }),
  'fido-busy': () => ({
    happened: 'The YubiKey is busy with another program.',
    means: `It took nothing from Conclave. ${unharmed}`,
    next: 'Close the other program, then repeat the step.',
  }),
  'fido-silent': () => ({
    happened: 'The YubiKey stopped answering.',
    means: 'What it was asked to do may or may not have been done; repeating is safe.',
    next: again,
  }),
  'fido-gone': () => ({
    happened: 'The YubiKey was taken out.',
    means: 'The step was not finished. Repeating it is safe.',
    next: 'Put it in again, and leave it in until the screen says that it is done.',
  }),
  'fido-no-permission': () => ({
    happened: 'The YubiKey is there, but this account may not use it.',
    means: 'Linux lets nobody but root open it until a rule says otherwise. The key is unharmed.',
    next: `Have an administrator write ${UDEV_RULE} into /etc/udev/rules.d/70-conclave-yubikey.rules and run “udevadm control --reload”, then put the key in again.`,
  }),
  'fido-unreachable': (what: string) => ({
    happened: `The YubiKey is there, but could not be ${what}.`,
    means: 'Another program may hold it for itself, or its plug is loose. Repeating is safe.',
    next: `Close other programs that use it. ${again}`,
  }),
  'fido-unavailable': (why: string) => ({
    happened: 'YubiKeys cannot be used on this laptop now.',
    means: `Paper and sticks work as always. ${why}`,
    next: 'Install what is missing, or choose paper or a stick.',
  }),
  'fido-refused': (status: number, doing: string) => ({
    happened: `The YubiKey refused (${doing}, status ${status.toString(16).padStart(2, '0')}).`,
    means: 'It understood, and said no for a reason that has no own words here.',
    next: again,
  }),
  'fido-nonsense': (detail: string) => ({
    happened: `What the YubiKey answered makes no sense: ${detail}.`,
    means:
      'The key or something between is faulty, or it is not what it says it is. Nothing of the answer was used.',
    next: `${again} If it happens twice, use another YubiKey.`,
  }),
  'fido-forged': (detail: string) => ({
    happened: `The answer of the YubiKey does not prove what it must: ${detail}.`,
    means:
      'It was not made by the key that it claims, or was changed on the way. Nothing of it was used.',
    next: 'Do not use this YubiKey. Take another one, and tell whoever looks after security.',
  }),
});

/** Closed: every code that this library refuses with. */
export type FidoRefusalCode = Parameters<typeof refuseFido>[0];

/** The code of one of this library's refusals; null for any other error. */
export function fidoCode(error: unknown): FidoRefusalCode | null {
  if (!(error instanceof Refusal) || !error.code.startsWith('fido-')) return null;
  return error.code as FidoRefusalCode;
}

/** For answers that break the protocol. `detail` is a clause without a full stop. */
export function nonsense(detail: string): Refusal {
  return refuseFido('fido-nonsense', detail);
}
