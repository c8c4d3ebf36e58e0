/**
 * Why a share was not locked to, read from or erased on a YubiKey: what concerns this medium. What
 * the key itself refuses has the codes of devices/yubikey-otp and devices/ctap; what the envelope
 * refuses those of shared/sharing/key-envelope-refusals.ts.
 * @module
 */
import { refusals } from '../../../shared/refusal.ts';

const nothing = 'Nothing was changed on it.';

export const refuseKey = refusals({
  'key-other': (found: string, wanted: string) => ({
    happened: `This is the ${found}, and the ${wanted} is asked for.`,
    means: `Each share opens with its own key only. ${nothing}`,
    next: `Take it out and put in the ${wanted}.`,
    culprit: found,
  }),
  'key-taken': (found: string) => ({
    happened: `The ${found} belongs to somebody else of this ceremony already, or is the first key of this share.`,
    means: `Two people’s shares or signatures on one key are in one hand, and a key is no backup of itself. ${nothing}`,
    next: 'Take it out and put in your own YubiKey.',
    culprit: found,
  }),
  'key-credential-gone': (found: string, title: string) => ({
    happened: `This is the ${found}, but what opened ${title} is not on it any more.`,
    means: `The key was reset since the share was locked with it, or the envelope is damaged. ${nothing}`,
    next: 'Use another copy of the envelope or of the share, the backup key, or another person’s share.',
    culprit: found,
  }),
  'key-slot-erased': (found: string, title: string, slot: number) => ({
    happened: `This is the ${found}, but its slot ${slot}, which opened ${title}, is empty.`,
    means: `The slot was erased since, or swapped with the other one. ${nothing}`,
    next: 'If its slots were swapped, swap them back with Yubico’s own program. Otherwise use a copy, or another person’s share.',
    culprit: found,
  }),
  'key-slot-changed': (found: string, title: string, slot: number) => ({
    happened: `This is the ${found}, but its slot ${slot} does not answer as it did when ${title} was locked with it.`,
    means: `The slot was programmed anew since, or swapped with the other one, or the envelope is damaged. ${nothing}`,
    next: 'If its slots were swapped, swap them back with Yubico’s own program. Otherwise use another copy of the envelope or of the share, or another person’s share.',
    culprit: found,
  }),
  'key-slot-empty': (slot: number) => ({
    happened: `Slot ${slot} of this YubiKey is empty.`,
    means: `It cannot be used as it is. ${nothing}`,
    next: 'Have it programmed, or use the other slot.',
    culprit: `slot ${slot}`,
  }),
  'key-slot-choice': (slot: number) => ({
    happened: `Slot ${slot} of this YubiKey is in use.`,
    means: `Programming it destroys for good what it holds. ${nothing}`,
    next: 'Type the serial number that is printed on the key if that may go, or use the slot as it is.',
    culprit: `slot ${slot}`,
  }),
  'key-slot-live': (slot: number, opens: string) => ({
    happened: `Slot ${slot} of this YubiKey opens ${opens}.`,
    means: `Overwriting it would lose that share for good, so it is not done while the share may be needed. ${nothing}`,
    next: 'Use the slot as it is, use another slot, or take another YubiKey.',
    culprit: `slot ${slot}`,
  }),
  'key-slot-unknown': (slot: number) => ({
    happened: `Slot ${slot} of this YubiKey is in use, and the key hides its number.`,
    means: `Nobody can look up whether it opens somebody’s share, so it is never overwritten. ${nothing}`,
    next: 'Use the slot as it is, use another slot, or take another YubiKey.',
    culprit: `slot ${slot}`,
  }),
  'key-identity-differs': (who: string) => ({
    happened: `The YubiKey answered, but what it makes is not the personal identity of ${who}.`,
    means:
      'The roster says which identity this key makes, and the two do not fit: the roster was changed, or the key does not answer as it must. Nothing was signed.',
    next: 'Open an exception sheet with “Something is wrong”, and do not use this key here. A change of the roster gives a new identity.',
    culprit: who,
  }),
  'key-slot-other': (slot: number) => ({
    happened: `Slot ${slot} of this YubiKey answers no challenges any more.`,
    means: `It was set up for something else since the share was locked with it. ${nothing}`,
    next: 'Cancel, leave the slot as it is, and say why. The envelope is what must be destroyed.',
    culprit: `slot ${slot}`,
  }),
  'key-slot-other-secret': (slot: number, title: string) => ({
    happened: `Slot ${slot} of this YubiKey answers, but not with the secret that was drawn for ${title}.`,
    means: `It was set up for something else since, or swapped with the other slot. ${nothing}`,
    next: 'If its slots were swapped, swap them back with Yubico’s own program. Otherwise cancel, leave the slot as it is, and say why. The envelope is what must be destroyed.',
    culprit: `slot ${slot}`,
  }),
  'key-number-hidden': (wanted: number) => ({
    happened: 'This YubiKey hides its number.',
    means: `Nobody can tell whether it is the YubiKey ${wanted}. ${nothing}`,
    next: 'Make its number readable with Yubico’s own program, or cancel, leave the slot as it is, and say why.',
  }),
  'key-number-differs': (typed: number) => ({
    happened: `${typed} is not the number of the YubiKey that is asked for.`,
    means: `It was mistyped, or it stands on another key. ${nothing}`,
    next: 'Read the number off this key, and type it again.',
    culprit: `number ${typed}`,
  }),
  'key-swapped': (found: string, wanted: string, title: string) => ({
    happened: `Plugged in: ${found}. It does not answer as the key that opened ${title} a moment ago. Wanted: ${wanted}, which opened it.`,
    means: `Another key was put in, or the keys were swapped in one socket. Nothing was locked to it, and the envelope of before still opens the share. ${nothing}`,
    next: `Take it out, put in the key that opened it, and try again. If there is no other, go on without a new envelope.`,
    culprit: found,
  }),
  'key-exchanged': (found: string, shown: string) => ({
    happened: `The page was about the ${shown}, and the ${found} is plugged in now.`,
    means:
      'The keys were exchanged while the page stood, or this one does not say its number just now. Nothing was changed on either of them.',
    next: 'Put in the key that is to keep the share, and compare its number with the page before you go on.',
    culprit: found,
  }),
  'key-answers-otherwise': (found: string, title: string) => ({
    happened: `Plugged in: ${found}. It is the right key, but it does not answer as when it opened ${title} a moment ago.`,
    means: `The new envelope is not taken, and the envelope of before still opens the share. ${nothing}`,
    next: 'Put the key into another socket and try once more. If it stays so, go on without a new envelope, and plan a new split soon.',
    culprit: found,
  }),
  'key-unsteady': () => ({
    happened: 'The YubiKey did not answer as it must.',
    means: 'A share that is locked with such an answer could be lost. It was not locked with it.',
    next: 'Use another YubiKey, and do not use this one for anything that matters.',
  }),
});
