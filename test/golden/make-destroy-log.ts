/**
 * Makes the golden log of a destruction. It was run once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-destroy-log.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODES, type Mode } from '../../shared/mode.ts';
import { head } from '../../shared/transcript/log.ts';
import { makeDestroyLog } from '../support/destroy-log.ts';
import { makeCast, seededRandom } from '../support/people.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const put = (name: string, content: Uint8Array | string) =>
    writeFileSync(path.join(here, 'v1', mode, `log-destroy${name}`), content);
  if (existsSync(path.join(here, 'v1', mode, 'log-destroy.jsonl'))) {
    throw new Error('golden files are never made again.');
  }
  const random = seededRandom(`golden destroy log ${mode}`);
  const cast = makeCast(mode, 4, random);
  const set = { setId: 'a1'.repeat(16), generation: 1, label: '2024 A' };
  const { log, bytes } = await makeDestroyLog({ mode, cast }, set, {
    random,
    media: ['A4 sheet 1', 'A4 sheet 2'],
    slot: { serial: 12_345_678, empty: true },
    left: { serial: 23_456_789 },
  });
  put('.jsonl', bytes);
  const expected = { head: head(log), witness: cast.witness.signer.keyid };
  put('-expected.json', `${JSON.stringify(expected, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
