/**
 * The atoms of every schema: digests, keys, times, names. All strict.
 * @module
 */
import { z } from 'zod';
import { MODES } from '../mode.ts';
import { isMailAddress } from './mail-address.ts';

// SECURITY: zod's compiler probes `new Function`, which the app's Content-Security-Policy refuses.
z.config({ jitless: true });

export { z };

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));

/** 16 random bytes in lower-case hex: set id, component id, ceremony id, nonce, audience. */
export const id16 = hex(16);
/** SHA-256 in lower-case hex: digest of a document's payload, head of a chain. */
export const digest = hex(32);
/** Ed25519 public key, 32 bytes in lower-case hex; also the key id of its signatures. */
export const publicKey = hex(32);
/** A check value: 16 bytes in lower-case hex. */
export const checkValueHex = hex(16);
/** UTC to the second: `2026-05-03T09:30:00Z`. */
export const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  .refine((text) => !Number.isNaN(Date.parse(text)));
export const mode = z.enum(MODES);
/** A name that people read: 1 to 60 characters, trimmed, no control characters. */
export const name = z
  .string()
  .min(1)
  .max(60)
  .refine((text) => text === text.trim() && !/\p{Cc}|\p{Cf}/u.test(text));
export const mailAddress = z.string().refine(isMailAddress);
/** CheckTick's version id, varchar(20): `v1`. */
export const keyVersion = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$/);
/** A database id: a positive integer that JavaScript holds exactly. */
export const rowId = z.int().min(1);
/** Standard base64 with padding, at most `bytes` bytes. */
export const base64 = (bytes: number) =>
  z
    .string()
    .max(Math.ceil(bytes / 3) * 4)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/)
    .refine(({ length }) => length % 4 === 0);

/** Now, or any instant, in the format of {@link time}. */
export function formatTime(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`;
}
