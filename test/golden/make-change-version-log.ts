/**
 * Makes the golden logs of another active key version and of the end of one, with the share set that
 * signed. It was run once; the files must decode, and be judged alike, for ever.
 *
 *     npx tsx test/golden/make-change-version-log.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODES, type Mode } from '../../shared/mode.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { head } from '../../shared/transcript/log.ts';
import { makeChangeLog } from '../support/change-version-log.ts';
import { seededRandom } from '../support/people.ts';
import { makeShareSet } from '../support/share-sets.ts';
import { makeNextVersion } from '../support/version-documents.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, `log-change-version${name}`);
  if (existsSync(file('-expected.json'))) throw new Error('golden files are never made again.');
  const random = seededRandom(`golden change-version log ${mode}`);
  const set = await makeShareSet({ mode, random });
  const other = await makeNextVersion(set, { random, threshold: 2 });
  const heads: Record<string, string> = {};
  for (const kind of ['activate', 'retire'] as const) {
    const { log, bytes } = await makeChangeLog(kind, set, other, { random });
    writeFileSync(file(`-${kind}.jsonl`), bytes);
    heads[kind] = head(log);
  }
  writeFileSync(file('-share-set.json'), manifestType.toBytes(set.manifest));
  writeFileSync(file('-expected.json'), `${JSON.stringify({ heads }, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
