/**
 * Makes the golden log of a recovery in which shares come from sheets of OTP keys. It was run once;
 * the files must decode, and be authenticated, for ever.
 *
 *     npx tsx test/golden/make-otp-sheet-log.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODES, type Mode } from '../../shared/mode.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { head } from '../../shared/transcript/log.ts';
import { makeRecoverLog } from '../support/logs.ts';
import { seededRandom } from '../support/people.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const put = (name: string, content: Uint8Array | string) =>
    writeFileSync(path.join(here, 'v1', mode, `log-otp-sheet${name}`), content);
  if (existsSync(path.join(here, 'v1', mode, 'log-otp-sheet.jsonl'))) {
    throw new Error('golden files are never made again.');
  }
  const random = seededRandom(`golden otp sheet log ${mode}`);
  const set = await makeShareSet({ mode, random });
  const { log, bytes } = await makeRecoverLog(set, { random, sheets: true });
  put('.jsonl', bytes);
  put('-share-set.json', manifestType.toBytes(set.manifest));
  put('-expected.json', `${JSON.stringify({ head: head(log) }, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
