/**
 * The checksum of the OTP interface: CRC-16 with the reflected polynomial 0x8408, from 0xffff.
 * @module
 */

/** What {@link crc16} gives over bytes that are followed by their own inverted checksum. */
const RESIDUAL = 0xf0b8;

/** 16 bits, not inverted. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  }
  return crc;
}

/** Whether the last two bytes are the inverted checksum, low byte first, of those before. */
export const isWhole = (bytes: Uint8Array): boolean => crc16(bytes) === RESIDUAL;
