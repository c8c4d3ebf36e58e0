/**
 * What lies on the table of a rehearsal: sheets as PDF files, folders as sticks. Opened here as
 * anybody could who has them and their words.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openAge } from '../../electron/media/age.ts';
import { readPaperFile } from '../../electron/media/paper/read-file.ts';
import type { Manifest } from '../../shared/sharing/manifest.ts';
import { decodeShare, type Share } from '../../shared/sharing/envelope.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import type { People } from './people.ts';

/** Files of a folder whose names fit, by name. */
export async function filesIn(folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function shareOf(
  people: People,
  name: string,
  stick: string | undefined,
): Promise<Share | null> {
  const { person, sheets } = people.get(name);
  if (sheets.share !== undefined) {
    return decodeShare((await readPaperFile(sheets.share.slice())).bytes);
  }
  const [file] = stick === undefined ? [] : await filesIn(stick, /^conclave-.*share.*\.age$/);
  if (file === undefined) return null;
  return decodeShare(await openAge(new Uint8Array(await readFile(file)), person.words));
}

/**
 * The custodian component out of k of the media, without Conclave's host: what CheckTick's side
 * of a rehearsal needs to escrow a survey.
 * @param sticks folders by the name of the person who brings one
 */
export async function componentFromMedia(
  people: People,
  { componentId, checks, shares, threshold }: Manifest,
  sticks: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const found: Share[] = [];
  try {
    for (const { custodian } of shares.slice(0, threshold)) {
      const share = await shareOf(people, custodian.name, sticks[custodian.name]);
      if (share !== null) found.push(share);
    }
    return await combineShares(found, {
      what: 'custodian-component',
      componentId,
      checkValue: checks.custodianComponent,
    });
  } finally {
    for (const { y } of found) y.fill(0);
  }
}
