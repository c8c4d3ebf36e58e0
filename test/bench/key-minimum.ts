/**
 * The fewest reports that the protocols allow for one exchange with a key, counted from their text
 * and from nothing of ours.
 * @module
 */

/**
 * OTP interface. A command is a frame of 70 bytes in ten reports of seven: 64 of payload, the slot, a
 * checksum of two, three zeros. Reports of zeros only are left out, but for the first and the last;
 * before each the key is read once to see that it is not busy. The answer comes seven bytes a report
 * with its checksum of two, then an empty report that ends it, then one report resets the interface;
 * a write is answered by one status.
 * (Yubico, ykcore of yubikey-personalization; yubikit/core/otp.py.)
 * @param payload up to 64 bytes
 * @param answer bytes of the answer without its checksum; null for a write
 */
export function fewestOtp(payload: Uint8Array, answer: number | null): number {
  const pieces = Array.from({ length: 9 }, (_, at) => payload.subarray(at * 7, at * 7 + 7));
  const full = pieces.filter((piece, at) => at > 0 && piece.some((byte) => byte !== 0)).length;
  const out = 2 * (full + 2);
  return out + (answer === null ? 1 : Math.ceil((answer + 2) / 7) + 2);
}

/** What the OTP interface says whenever it is read: its status. */
export const FEWEST_STATUS = 1;

/** Bytes of one message to a FIDO2 key and of its answer, without CTAPHID's headers. */
export interface Exchange {
  readonly sent: number;
  readonly received: number;
}

/**
 * CTAPHID: the first report of a message holds 57 bytes, each further one 59.
 * (FIDO Alliance, CTAP 2.1, 11.2.4.) A key that waits for a touch sends more, which are not counted.
 */
export function fewestFido(exchanges: readonly Exchange[]): number {
  const reports = (bytes: number) => 1 + Math.max(0, Math.ceil((bytes - 57) / 59));
  return exchanges.reduce((sum, { sent, received }) => sum + reports(sent) + reports(received), 0);
}
