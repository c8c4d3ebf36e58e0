/**
 * CTAP status codes (first byte of every CBOR answer) in words.
 * @module
 */
import type { Refusal } from '../../../shared/refusal.ts';
import { refuseFido } from './refusals.ts';

export const STATUS = {
  ok: 0x00,
  keyFull: 0x28,
  operationDenied: 0x27,
  cancelled: 0x2d,
  noCredentials: 0x2e,
  actionTimeout: 0x2f,
  pinInvalid: 0x31,
  pinBlocked: 0x32,
  pinAuthInvalid: 0x33,
  pinAuthBlocked: 0x34,
  pinNotSet: 0x35,
  pinRequired: 0x36,
  pinPolicy: 0x37,
  /** What a real YubiKey answers when nobody touches it, where the specification says 2F. */
  touchTimeout: 0x3a,
} as const;

/** A command that the key refused, before it is in words: the caller may know better ones. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: number;

  constructor(status: number) {
    super(`CTAP status ${status.toString(16)}`);
    this.status = status;
  }
}

/** `doing` names the command; `shortestPin` is counted in characters. */
export function refuseStatus(status: number, doing: string, shortestPin: number): Refusal {
  switch (status) {
    case STATUS.keyFull:
      return refuseFido('fido-key-full');
    case STATUS.operationDenied:
      return refuseFido('fido-denied');
    case STATUS.cancelled:
      return refuseFido('fido-cancelled');
    case STATUS.noCredentials:
      return refuseFido('fido-wrong-key');
    case STATUS.actionTimeout:
    case STATUS.touchTimeout:
      return refuseFido('fido-not-touched');
    case STATUS.pinInvalid:
      return refuseFido('fido-pin-wrong', null);
    case STATUS.pinBlocked:
      return refuseFido('fido-pin-blocked');
    case STATUS.pinAuthBlocked:
      return refuseFido('fido-pin-replug');
    case STATUS.pinNotSet:
      return refuseFido('fido-pin-not-set');
    case STATUS.pinRequired:
      return refuseFido('fido-pin-required');
    case STATUS.pinPolicy:
      return refuseFido('fido-pin-policy', shortestPin);
    default:
      return refuseFido('fido-refused', status, doing);
  }
}
