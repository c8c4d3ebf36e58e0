/**
 * Makes the golden log of a change of the roster, by a share set of its own. It was run once; the
 * files must decode, and be authenticated, for ever.
 *
 *     npx tsx test/golden/make-roster-log.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODES, type Mode } from '../../shared/mode.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { wordsOf } from '../../shared/transcript/anchor.ts';
import { head } from '../../shared/transcript/log.ts';
import { seededRandom } from '../support/people.ts';
import { makeRosterLog } from '../support/roster-log.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const put = (name: string, content: Uint8Array | string) =>
    writeFileSync(path.join(here, 'v1', mode, `log-roster${name}`), content);
  if (existsSync(path.join(here, 'v1', mode, 'log-roster.jsonl'))) {
    throw new Error('golden files are never made again.');
  }
  const random = seededRandom(`golden roster log ${mode}`);
  const set = await makeShareSet({ mode, random });
  const { log, bytes } = await makeRosterLog(set, { random });
  put('.jsonl', bytes);
  put('-share-set.json', manifestType.toBytes(set.manifest));
  const expected = { head: head(log), words: wordsOf(set.manifest.digest) };
  put('-expected.json', `${JSON.stringify(expected, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
