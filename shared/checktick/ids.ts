/**
 * CheckTick's numbers of users, surveys, organisations and teams. They end up in salts and in
 * Vault paths, where "01", 1.5 or 1e21 would silently give another key.
 * @module
 */
import { refuse } from './refusals.ts';

/** What a number counts; the word that a refusal uses. */
export type IdKind = 'user' | 'survey' | 'organisation' | 'team' | 'administrator';

/**
 * A database id as a safe integer >= 1. Takes canonical decimal text too, because PostgreSQL
 * drivers hand `bigint` columns over as text.
 *
 * @throws Refusal `checktick-id`.
 */
export function checktickId(kind: IdKind, value: unknown): number {
  const id = typeof value === 'string' && /^[1-9][0-9]{0,15}$/.test(value) ? Number(value) : value;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) {
    throw refuse('checktick-id', kind);
  }
  return id;
}
