/**
 * Makes the golden chain that brings ceremony logs: of an adoption, and of the destruction of two of its
 * legacy shares. It was run once; the file must decode for ever.
 *
 *     npx tsx test/golden/make-chain-logs.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODES, type Mode } from '../../shared/mode.ts';
import { head } from '../../shared/transcript/log.ts';
import { makeAdoptLog } from '../support/adopt-log.ts';
import { makeDestroyLog } from '../support/destroy-log.ts';
import { seededRandom } from '../support/people.ts';
import { makeChain } from '../support/receipts.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, `chain-logs${name}.json`);
  if (existsSync(file(''))) throw new Error('golden files are never made again.');
  const random = seededRandom(`golden chain with logs ${mode}`);
  const set = await makeShareSet({ mode, random });
  const adopted = await makeAdoptLog(set, random, true);
  const { setId, generation, label } = set.manifest.body;
  const of = { setId, generation, label };
  const destroyed = await makeDestroyLog(set, of, { random, media: [], legacy: [1, 3] });
  const receipts = adopted.receipt === null ? [] : [adopted.receipt];
  writeFileSync(file(''), makeChain(set, receipts, [adopted.bytes, destroyed.bytes]));
  const heads = [adopted.log, destroyed.log].map(head);
  writeFileSync(file('-expected'), `${JSON.stringify({ heads }, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
