/**
 * One entry of a ceremony's transcript: facts as salted leaves, chained by hash.
 *
 *     leaf  = SHA-256(`conclave/v1/leaf` ‖ u16 len ‖ path ‖ u16 len ‖ type ‖ 16 random salt bytes ‖ value)
 *     entry = SHA-256(`conclave/v1/entry` ‖ 16-byte ceremony id ‖ mode byte ‖ u32 n ‖ previous (32)
 *                     ‖ u16 number of leaves ‖ for each leaf: u16 len ‖ path ‖ leaf hash (32))
 *
 * `value` is canonical JSON in UTF-8. Leaves stand in the order of their paths; a path occurs
 * once. Because the entry's hash holds leaf hashes, a leaf can later be withheld (its name and
 * hash stay) and the chain still verifies.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { ByteWriter } from '../encoding/byte-writer.ts';
import { bytesToHex, u32, utf8ToBytes } from '../encoding/bytes.ts';
import { digest, id16, z } from '../encoding/schema.ts';
import { modeByte, type Mode } from '../mode.ts';
import { randomBytes, type RandomSource } from '../secret/random.ts';

export const LEAF_TYPES = ['text', 'integer', 'boolean', 'digest', 'time'] as const;
export type LeafType = (typeof LEAF_TYPES)[number];
export type LeafValue = string | number | boolean;

export const LEAF_PATH = /^[a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*$/;

const path = z.string().regex(LEAF_PATH).max(80);

const openLeaf = z.strictObject({
  path,
  salt: id16,
  type: z.enum(LEAF_TYPES),
  value: z.union([z.string().max(4000), z.int(), z.boolean()]),
});
const withheldLeaf = z.strictObject({ path, withheld: digest });

export type Leaf = z.infer<typeof openLeaf>;

export const entrySchema = z.strictObject({
  n: z.int().min(0),
  previous: digest,
  leaves: z
    .array(z.union([openLeaf, withheldLeaf]))
    .min(2)
    .max(400),
  hash: digest,
});

export type Entry = z.infer<typeof entrySchema>;

/** Before the first entry. */
export const GENESIS = '0'.repeat(64);

/** Facts by path. Strings are text unless a type is given. */
export type Facts = Readonly<Record<string, LeafValue | { type: LeafType; value: LeafValue }>>;

const LEAF_LABEL = utf8ToBytes('conclave/v1/leaf');
const ENTRY_LABEL = utf8ToBytes('conclave/v1/entry');

const leafBytes = new ByteWriter();
const entryBytes = new ByteWriter();

function leafHash({ path: at, type, salt, value }: Leaf): Uint8Array {
  leafBytes.reset().raw(LEAF_LABEL).field(at).field(type).hex(salt);
  // Canonical JSON of a text, a whole number or a truth value is what JSON.stringify gives (RFC 8785, 3.2.2).
  return sha256(leafBytes.text(JSON.stringify(value)).written());
}

export function entryHash(
  chain: { readonly mode: Mode; readonly ceremonyId: string },
  entry: Omit<Entry, 'hash'>,
): string {
  entryBytes.reset().raw(ENTRY_LABEL).hex(chain.ceremonyId).byte(modeByte(chain.mode));
  entryBytes.raw(u32(entry.n)).hex(entry.previous).u16(entry.leaves.length);
  for (const leaf of entry.leaves) {
    entryBytes.field(leaf.path);
    if ('withheld' in leaf) entryBytes.hex(leaf.withheld);
    else entryBytes.raw(leafHash(leaf));
  }
  return bytesToHex(sha256(entryBytes.written()));
}

/** The next entry of a chain. Throws on a doubled path or an empty one: a programming error. */
export function makeEntry(
  chain: { readonly mode: Mode; readonly ceremonyId: string },
  last: Entry | undefined,
  facts: Facts,
  random: RandomSource = randomBytes,
): Entry {
  const leaves = Object.keys(facts)
    .sort()
    .map((key): Leaf => {
      const given = facts[key] as Facts[string];
      const { type, value } =
        typeof given === 'object' ? given : { type: typeOf(given), value: given };
      return { path: key, salt: bytesToHex(random(16)), type, value };
    });
  const body = {
    n: last === undefined ? 0 : last.n + 1,
    previous: last?.hash ?? GENESIS,
    leaves,
  };
  return entrySchema.parse({ ...body, hash: entryHash(chain, body) });
}

function typeOf(value: LeafValue): LeafType {
  if (typeof value === 'number') return 'integer';
  if (typeof value === 'boolean') return 'boolean';
  return 'text';
}

/** The entry with one leaf withheld: its hash stays, salt and value go. */
export function withholdLeaf(entry: Entry, pathToHide: string): Entry {
  return {
    ...entry,
    leaves: entry.leaves.map((leaf) =>
      leaf.path === pathToHide && !('withheld' in leaf)
        ? { path: leaf.path, withheld: bytesToHex(leafHash(leaf)) }
        : leaf,
    ),
  };
}

/** The value at a path, undefined when it is absent or withheld. */
export function fact(entry: Entry, pathWanted: string): LeafValue | undefined {
  const leaf = entry.leaves.find(({ path: candidate }) => candidate === pathWanted);
  return leaf === undefined || 'withheld' in leaf ? undefined : leaf.value;
}

/** Whether a leaf of it is withheld: then it may say less than was signed, down to its kind. */
export const isWithheld = ({ leaves }: Entry): boolean => leaves.some((leaf) => 'withheld' in leaf);
