/**
 * Makes the golden log of refreshed shares, with both generations of the set; a place has ended. It was run
 * once; the files must decode, and be judged alike, for ever.
 *
 *     npx tsx test/golden/make-refresh-log.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODES, type Mode } from '../../shared/mode.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { head } from '../../shared/transcript/log.ts';
import { seededRandom } from '../support/people.ts';
import { makeRefreshLog } from '../support/refresh-log.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, `log-refresh${name}`);
  if (existsSync(file('.jsonl'))) throw new Error('golden files are never made again.');
  const random = seededRandom(`golden refresh log ${mode}`);
  const set = await makeShareSet({ mode, random, threshold: 2, count: 4 });
  const { log, bytes, next } = await makeRefreshLog(set, { random, comes: [1, 2, 4] });
  writeFileSync(file('.jsonl'), bytes);
  writeFileSync(file('-before.json'), manifestType.toBytes(set.manifest));
  writeFileSync(file('-share-set.json'), manifestType.toBytes(next.manifest));
  writeFileSync(file('-expected.json'), `${JSON.stringify({ head: head(log) }, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
