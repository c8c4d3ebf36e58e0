/**
 * What a plan may keep things on, as the screens say it.
 * @module
 */
import type { IdentityMedium, MediumKind, PlainMedium } from '../../shared/sharing/media-kinds.ts';

export interface MediumChoice<Medium extends MediumKind = MediumKind> {
  readonly id: Medium;
  readonly label: string;
}

/** For personal identities that are files. */
export const PLAIN_CHOICES: readonly MediumChoice<PlainMedium>[] = [
  { id: 'usb', label: 'on a stick' },
  { id: 'paper', label: 'on paper' },
];

/** For personal identities. */
export const IDENTITY_CHOICES: readonly MediumChoice<IdentityMedium>[] = [
  ...PLAIN_CHOICES,
  { id: 'yubikey-fido2', label: 'on a YubiKey' },
];

/** What it means that a YubiKey makes an identity; said before anybody chooses it. */
export const KEY_IDENTITY_MEANS =
  'The YubiKey (5 or newer) signs, with its PIN and a touch. There is no file and no copy: if the key is lost or dead, or its PIN is blocked, nobody signs as this person until a change of the roster gives a new identity. Shares are not touched by that.';

/** For shares. */
export const SHARE_CHOICES: readonly MediumChoice[] = [
  ...PLAIN_CHOICES,
  { id: 'yubikey-otp', label: 'YubiKey (OTP)' },
  { id: 'yubikey-fido2', label: 'YubiKey (FIDO2)' },
];

/** What the custodian needs, and what a loss means. */
export const MEDIA_MEANINGS: Readonly<Record<MediumKind, string>> = {
  usb: 'The custodian keeps a stick, and six words on a paper of their own. If one of the two is lost, the share is lost.',
  paper:
    'The custodian keeps a printed sheet. It is not locked: whoever sees it has the share. If it is lost, the share is lost.',
  'yubikey-otp':
    'The custodian keeps a YubiKey, a stick or a printed sheet, and six words on paper: the share lies on the stick or the sheet and opens with all three. If one of them is lost, the share is lost. There is no PIN and no backup key, and a sheet is printed anew each time the share is given. Almost every YubiKey can do it.',
  'yubikey-fido2':
    'The custodian keeps a YubiKey, a stick or a printed sheet, and the PIN of the key in mind: the share lies locked on the stick or the sheet and opens with all three. Eight wrong PINs block the key for good, and the share on it is lost. A second YubiKey can be set up as a backup in the same sitting. Needs a YubiKey 5 or newer.',
};
