/**
 * What is left of the ceremonies on a laptop: logs, which hold no secret.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseLog } from '../../shared/transcript/log.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { textHolds } from '../support/leaks.ts';
import { seen } from './cast.ts';

/** @param data `CONCLAVE_DATA` of the laptop */
export async function logs(data: string): Promise<Uint8Array[]> {
  const folder = path.join(data, 'rehearsal', 'ceremonies');
  const files = (await readdir(folder)).map((name) => readFile(path.join(folder, name)));
  return (await Promise.all(files)).map((bytes) => new Uint8Array(bytes));
}

/** As the auditor reads them. */
export async function transcripts(data: string): Promise<string> {
  return (await logs(data)).flatMap((bytes) => narrateLog(parseLog(bytes))).join('\n');
}

/**
 * Nothing of it on the laptops' disks, in what main said to the window, in what processes wrote.
 * @param name somebody's, which must be found there: else nothing was looked through
 */
export async function secretsStayAway(
  laptops: readonly string[],
  { secrets, name }: { readonly secrets: readonly string[]; readonly name: string },
): Promise<void> {
  const places = [...seen.said, ...seen.output];
  for (const data of laptops) {
    const kept = (await logs(data)).map((bytes) => Buffer.from(bytes).toString('latin1'));
    assert(kept.some((text) => text.includes(name)));
    places.push(...kept, await transcripts(data));
  }
  for (const secret of secrets) {
    const bytes = new TextEncoder().encode(secret);
    // What main says is JSON, which spells bytes as numbers.
    assert(textHolds(JSON.stringify({ secret: bytes }), bytes));
    assert(!places.some((text) => textHolds(text, bytes)));
  }
}
