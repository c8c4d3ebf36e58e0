/**
 * Whose key is it? Of what the room may know anyway, so that a key in the wrong hands is named with
 * its custodian: in the sitting from the register, later from the manifest, whose descriptions are
 * written here too.
 * @module
 */
import type { KeyRecord } from '../../../shared/ceremony/types.ts';
import { serialsIn } from '../../../shared/ledger/remnants.ts';
import { ENVELOPE_ON } from '../../../shared/sharing/key-carriers.ts';
import { isKeyMedium, type Manifest } from '../../../shared/sharing/manifest.ts';
import { keyTitle } from '../../media/yubikey/keys.ts';

/** Custodians by the number that is printed on their keys. */
export type KeyOwners = ReadonlyMap<number, string>;

/** `YubiKey 5C NFC 12345678 and backup 23456789, envelope on stick HOME-1 (16 GB)` */
export function describeLocked(keys: readonly KeyRecord[], carrier: string): string {
  return `${describeKeys(keys)}${ENVELOPE_ON}${carrier}`.slice(0, 120);
}

/** `YubiKey 5C NFC 12345678 and backup 23456789` */
export function describeKeys([first, backup]: readonly KeyRecord[]): string {
  const own = first === undefined ? 'YubiKey' : keyTitle(first);
  return `${own}${backup === undefined ? '' : ` and backup ${backup.serial ?? backup.model}`}`;
}

/** Out of the descriptions of a set's media. Only for words on a screen: no check rests on it. */
export function ownersIn({ shares }: Pick<Manifest, 'shares'>): KeyOwners {
  return new Map(
    shares.flatMap(({ custodian, media }) =>
      media
        .filter(({ kind }) => isKeyMedium(kind))
        .flatMap(({ description }) =>
          serialsIn(description).map((serial) => [serial, custodian.name] as const),
        ),
    ),
  );
}
