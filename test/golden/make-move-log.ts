/**
 * Makes the golden log of survey keys that moved, in two ceremonies, with the share set that signed. It was
 * run once; the files must decode, and be judged alike, for ever.
 *
 *     npx tsx test/golden/make-move-log.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MovedSurveyKey } from '../../shared/bundle/move-batch.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { head } from '../../shared/transcript/log.ts';
import { makeMovePackage } from '../support/move-documents.ts';
import { makeMoveLog } from '../support/move-log.ts';
import { seededRandom } from '../support/people.ts';
import { makeShareSet } from '../support/share-sets.ts';
import { makeNextVersion } from '../support/version-documents.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, `log-move${name}`);
  if (existsSync(file('-expected.json'))) throw new Error('golden files are never made again.');
  const random = seededRandom(`golden move log ${mode}`);
  const set = await makeShareSet({ mode, random });
  const next = await makeNextVersion(set, { random });
  const moved = (surveyId: number, surveyKey: 'fits' | 'not-compared'): MovedSurveyKey => ({
    userId: 7,
    surveyId,
    sealed: random(1_215),
    surveyKey,
  });
  const results: MovedSurveyKey[][] = [
    [moved(31, 'fits'), { userId: 8, surveyId: 32, stays: 'not-opened' }],
    [moved(33, 'not-compared')],
    [{ userId: 9, surveyId: 34, stays: 'sealed-without-hash' }],
  ];
  const stored = results.map((keys) =>
    keys.map(({ userId, surveyId }) => ({
      userId,
      surveyId,
      kind: 'checktick' as const,
      bytes: random(60),
      keyHash: null,
    })),
  );
  const source = await makeMovePackage(set, next, stored, { random });
  const cut = await makeMoveLog(set, next, source, results, { random, cutAfter: 2 });
  const kept = cut.files.slice(0, 1);
  const whole = await makeMoveLog(set, next, source, results, { random, kept });
  writeFileSync(file('-cut.jsonl'), cut.bytes);
  writeFileSync(file('.jsonl'), whole.bytes);
  writeFileSync(file('-share-set.json'), manifestType.toBytes(set.manifest));
  const expected = { cut: head(cut.log), head: head(whole.log), package: source.document.digest };
  writeFileSync(file('-expected.json'), `${JSON.stringify({ ...expected, kept }, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
