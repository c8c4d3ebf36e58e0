/**
 * CTAP2 status codes that the software key answers with.
 * @module
 */

export const CODE = {
  invalidCommand: 0x01,
  invalidParameter: 0x02,
  invalidLength: 0x03,
  unexpectedType: 0x11,
  invalidCbor: 0x12,
  missingParameter: 0x14,
  limitExceeded: 0x15,
  excluded: 0x19,
  unsupportedAlgorithm: 0x26,
  keyFull: 0x28,
  unsupportedOption: 0x2b,
  invalidOption: 0x2c,
  cancelled: 0x2d,
  noCredentials: 0x2e,
  pinInvalid: 0x31,
  pinBlocked: 0x32,
  pinAuthInvalid: 0x33,
  pinAuthBlocked: 0x34,
  pinNotSet: 0x35,
  pinRequired: 0x36,
  pinPolicy: 0x37,
  tooLarge: 0x39,
  touchTimeout: 0x3a,
  invalidSubcommand: 0x3e,
  unauthorizedPermission: 0x40,
} as const;

/** Ends a command with this status. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: keyof typeof CODE) {
    super(status);
    this.status = CODE[status];
  }
}
