/**
 * Makes the golden log of another set of the same platform key, with the set whose shares were given and the one that joined it. It was run
 * once; the files must decode, and be judged alike, for ever.
 *
 *     npx tsx test/golden/make-add-set-log.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODES, type Mode } from '../../shared/mode.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { head } from '../../shared/transcript/log.ts';
import { seededRandom } from '../support/people.ts';
import { makeFurtherSet } from '../support/add-set-documents.ts';
import { makeAddSetLog } from '../support/rotate-log.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, `log-add-set${name}`);
  if (existsSync(file('.jsonl'))) throw new Error('golden files are never made again.');
  const random = seededRandom(`golden add-set log ${mode}`);
  const set = await makeShareSet({ mode, random });
  const next = await makeFurtherSet(set, { random });
  const { log, bytes } = await makeAddSetLog(set, next, random);
  writeFileSync(file('.jsonl'), bytes);
  writeFileSync(file('-before.json'), manifestType.toBytes(set.manifest));
  writeFileSync(file('-share-set.json'), manifestType.toBytes(next.manifest));
  writeFileSync(file('-expected.json'), `${JSON.stringify({ head: head(log) }, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
