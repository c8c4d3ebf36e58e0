/**
 * The media, and what people call them. Apart from the manifest, because the window has use for it
 * without a parser.
 * @module
 */

/** Where the file of a personal identity lies. */
export const PLAIN_MEDIA = ['paper', 'usb'] as const;
/** Where a share lies: a share that is locked to a YubiKey has its envelope on a stick or a sheet. */
export const MEDIA_KINDS = [...PLAIN_MEDIA, 'yubikey-otp', 'yubikey-fido2'] as const;
/** Where a personal identity may be planned to be: on a FIDO2 key it has no file at all. */
export const IDENTITY_MEDIA = [...PLAIN_MEDIA, 'yubikey-fido2'] as const;
export type IdentityMedium = (typeof IDENTITY_MEDIA)[number];
export type MediumKind = (typeof MEDIA_KINDS)[number];
export type PlainMedium = (typeof PLAIN_MEDIA)[number];
/** Shares on these open with a YubiKey only. */
export type KeyMedium = Exclude<MediumKind, PlainMedium>;

export function isKeyMedium(kind: MediumKind): kind is KeyMedium {
  return kind === 'yubikey-otp' || kind === 'yubikey-fido2';
}

/** Out of a log; what is not known there is paper, as it always was. */
export function mediumKind(text: string): MediumKind {
  return MEDIA_KINDS.find((kind) => kind === text) ?? 'paper';
}

/** In words: `USB stick`, `YubiKey (OTP)`. */
export const MEDIUM_NAMES = {
  paper: 'paper',
  usb: 'USB stick',
  'yubikey-otp': 'YubiKey (OTP)',
  'yubikey-fido2': 'YubiKey (FIDO2)',
} as const satisfies Record<MediumKind, string>;
