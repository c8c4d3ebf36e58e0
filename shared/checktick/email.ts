/**
 * E-mail addresses as CheckTick compares them, and as people can be shown them.
 * @module
 */

/**
 * Whether two addresses are the same to CheckTick (`verify_user_identity_email`): equal once both
 * are in small letters. Nothing is trimmed and nothing normalised, so look-alikes differ.
 */
export function sameEmail(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * An address for the eye: whatever is no printable ASCII becomes its code point, `‹U+0430›`.
 * SECURITY: letters of another alphabet, invisible and reversing characters would make two
 * addresses look the same, or one look like another.
 */
export function visibleEmail(address: string): string {
  return address.replaceAll(
    /[^\u0021-\u007e]/gu,
    (character) =>
      `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`,
  );
}
