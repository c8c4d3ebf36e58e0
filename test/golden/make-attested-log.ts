/**
 * Makes the golden log of a Split with FIDO2 keys that attested, and the root of their maker. It was
 * run once; the files must decode, and be judged alike, for ever.
 *
 *     npx tsx test/golden/make-attested-log.ts
 *
 * People and ids come from a seed; keys, certificates and signatures from the platform.
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { judgeBy } from '../../scripts/verify/judge.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { wordsOf } from '../../shared/transcript/anchor.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { makeAttestedLog } from '../support/attested-log.ts';
import { seededRandom } from '../support/people.ts';
import { SOFTWARE_ROOT } from '../support/software-key/fido-applet.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, `log-attested${name}`);
  if (existsSync(file('.jsonl'))) throw new Error('golden files are never made again.');
  const { log, bytes, set } = await makeAttestedLog(
    mode,
    {},
    seededRandom(`golden attested log ${mode}`),
  );
  const root = new X509Certificate(Buffer.from(SOFTWARE_ROOT));
  const { digest: head, attestations } = verifyLog(
    log,
    { manifest: set.manifest },
    judgeBy([root]),
  );
  const expected = { head, words: wordsOf(set.manifest.digest), attestations };
  writeFileSync(file('.jsonl'), bytes);
  writeFileSync(file('-root.pem'), root.toString());
  writeFileSync(file('-expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
