/**
 * Who holds Vault's unseal keys, as somebody said it on this laptop, and the file in which it is kept.
 * No log tells, nobody signs it, and nothing depends on it but warnings: it is there so that the laptop
 * can say by itself when the same people reach both halves of a key.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, equalBytes } from '../encoding/bytes.ts';
import { decodeJson, encodeJson } from '../encoding/json.ts';
import { digest, mode, name, time, z } from '../encoding/schema.ts';
import type { Mode } from '../mode.ts';
import { refusals } from '../refusal.ts';

/** Vault splits its key into 255 shares at most. */
const MOST_KEYS = 255;
/** Bytes. */
export const UNSEAL_KEYS_LIMIT = 64 * 1024;

const fields = {
  /** Names; who holds several keys stands there once for each. */
  holders: z.array(name).min(1).max(MOST_KEYS),
  /** So many keys unseal Vault. */
  needed: z.int().min(1).max(MOST_KEYS),
};
const enough = ({ holders, needed }: { holders: readonly string[]; needed: number }) =>
  needed <= holders.length;

/** What a person says. */
export const unsealKeysSaid = z.strictObject(fields).refine(enough);
export type UnsealKeysSaid = z.infer<typeof unsealKeysSaid>;

const schema = z
  .strictObject({
    conclave: z.literal('unseal-keys'),
    version: z.literal(1),
    mode,
    /** By this laptop's clock. */
    saidAt: time,
    ...fields,
  })
  .refine(enough);
const file = z.strictObject({ said: schema, sha256: digest });

/** What was said, and when. */
export type KeptUnsealKeys = Readonly<Omit<z.infer<typeof schema>, 'conclave' | 'version'>>;

const refuse = refusals({
  'unseal-keys-file': (why: string) => ({
    happened: `What was said here of Vault’s unseal keys, in unseal-keys.json, cannot be read: ${why}.`,
    means:
      'The file was damaged or changed. As long as it is so, this laptop does not warn of people who hold both halves of a key. Nothing else depends on it.',
    next: 'Say it again under “Whom does it take?”.',
    culprit: 'unseal-keys.json',
  }),
});

/**
 * Canonical JSON, with the SHA-256 of what was said: one changed letter would be another person. It
 * protects against damage, not against whoever can write there.
 */
export function encodeUnsealKeys(kept: KeptUnsealKeys): Uint8Array {
  const { mode: of, saidAt, holders, needed } = kept;
  const said = { conclave: 'unseal-keys', version: 1, mode: of, saidAt, holders, needed };
  return encodeJson({ said, sha256: bytesToHex(sha256(encodeJson(said))) });
}

/** @throws Refusal `unseal-keys-file` */
export function parseUnsealKeys(bytes: Uint8Array, of: Mode): KeptUnsealKeys {
  if (bytes.length === 0) throw refuse('unseal-keys-file', 'it is empty');
  if (bytes.length > UNSEAL_KEYS_LIMIT) throw refuse('unseal-keys-file', 'it is too long');
  const parsed = file.safeParse(jsonOf(bytes));
  if (!parsed.success) throw refuse('unseal-keys-file', 'it is not in its form');
  const { said, sha256: digestOf } = parsed.data;
  const same = bytesToHex(sha256(encodeJson(said))) === digestOf;
  if (!same || !equalBytes(encodeJson(parsed.data), bytes)) {
    throw refuse('unseal-keys-file', 'its digest is another one');
  }
  if (said.mode !== of) throw refuse('unseal-keys-file', `it is of a ${said.mode}`);
  const { saidAt, holders, needed } = said;
  return { mode: said.mode, saidAt, holders, needed };
}

/** Undefined: it is no canonical JSON. */
function jsonOf(bytes: Uint8Array): unknown {
  try {
    return decodeJson(bytes);
  } catch {
    return undefined;
  }
}
