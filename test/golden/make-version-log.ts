/**
 * Makes the golden log of a new platform key, with the share set of the version before and the one that it made. It was run
 * once; the files must decode, and be judged alike, for ever.
 *
 *     npx tsx test/golden/make-version-log.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODES, type Mode } from '../../shared/mode.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { head } from '../../shared/transcript/log.ts';
import { seededRandom } from '../support/people.ts';
import { makeNextVersion } from '../support/version-documents.ts';
import { makeVersionLog } from '../support/rotate-log.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, `log-version${name}`);
  if (existsSync(file('.jsonl'))) throw new Error('golden files are never made again.');
  const random = seededRandom(`golden version log ${mode}`);
  const set = await makeShareSet({ mode, random });
  const next = await makeNextVersion(set, { random, threshold: 2 });
  const { log, bytes } = await makeVersionLog(set, next, random);
  writeFileSync(file('.jsonl'), bytes);
  writeFileSync(file('-before.json'), manifestType.toBytes(set.manifest));
  writeFileSync(file('-share-set.json'), manifestType.toBytes(next.manifest));
  writeFileSync(file('-expected.json'), `${JSON.stringify({ head: head(log) }, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
