/**
 * What almost every entry is, told in a tenth of the time that the schema takes: laptops read all
 * their logs whenever home is shown. Whatever this does not know, the schema judges.
 * @module
 */
import { type Entry, LEAF_PATH, LEAF_TYPES } from './entry.ts';

const DIGEST = /^[0-9a-f]{64}$/;
const SALT = /^[0-9a-f]{32}$/;
const TYPES: ReadonlySet<unknown> = new Set(LEAF_TYPES);

/** @returns true only of what `entrySchema` takes, and leaves as it is; see plain-entry.test.ts */
export function isPlainEntry(value: unknown): value is Entry {
  if (!isObjectOf(value, 4)) return false;
  const { n, previous, leaves, hash } = value;
  return (
    Number.isSafeInteger(n) &&
    (n as number) >= 0 &&
    matches(DIGEST, previous) &&
    matches(DIGEST, hash) &&
    Array.isArray(leaves) &&
    leaves.length >= 2 &&
    leaves.length <= 400 &&
    leaves.every(isPlainLeaf)
  );
}

function isPlainLeaf(value: unknown): boolean {
  if (!isObjectOf(value, 4)) return false;
  const { path, salt, type, value: said } = value;
  return (
    matches(LEAF_PATH, path) &&
    path.length <= 80 &&
    matches(SALT, salt) &&
    TYPES.has(type) &&
    (typeof said === 'string'
      ? said.length <= 4000
      : typeof said === 'boolean' || Number.isSafeInteger(said))
  );
}

const matches = (pattern: RegExp, value: unknown): value is string =>
  typeof value === 'string' && pattern.test(value);

/** So many keys of its own; then those that are asked for are all that it has. */
const isObjectOf = (value: unknown, keys: number): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.keys(value).length === keys;
