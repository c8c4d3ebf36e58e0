/**
 * Makes the golden log of an adoption that wrote new legacy shares too, and the share set that it made.
 * It was run once; the files must decode, and be judged alike, for ever.
 *
 *     npx tsx test/golden/make-new-legacy-log.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODES, type Mode } from '../../shared/mode.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { head } from '../../shared/transcript/log.ts';
import { makeAdoptLog } from '../support/adopt-log.ts';
import { seededRandom } from '../support/people.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, `log-new-legacy${name}`);
  if (existsSync(file('.jsonl'))) throw new Error('golden files are never made again.');
  const random = seededRandom(`golden new legacy log ${mode}`);
  const set = await makeShareSet({ mode, random });
  const { log, bytes } = await makeAdoptLog(set, random, true);
  writeFileSync(file('.jsonl'), bytes);
  writeFileSync(file('-share-set.json'), manifestType.toBytes(set.manifest));
  writeFileSync(file('-expected.json'), `${JSON.stringify({ head: head(log) }, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
