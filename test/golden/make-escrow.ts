/**
 * Makes the golden sealed escrow, under the escrow key of the golden platform key, and says what is
 * in it. It was run once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-escrow.ts
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesToHex, hexToBytes } from '../../shared/encoding/bytes.ts';
import { sealEscrow } from '../../shared/escrow/escrow.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { escrowPublicKey } from '../../shared/sharing/escrow-key.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, name);
  if (existsSync(file('escrow.cbor'))) throw new Error('golden files are never made again.');
  const { platformKey } = JSON.parse(readFileSync(file('escrow-key-expected.json'), 'utf8')) as {
    platformKey: string;
  };
  const place = { mode, audience: 'a1'.repeat(16), keyVersion: 'v1', userId: 7, surveyId: 31 };
  const kek = Uint8Array.from({ length: 32 }, (_, at) => 0xe0 + at);
  const publicKey = await escrowPublicKey(hexToBytes(platformKey), place);
  writeFileSync(file('escrow.cbor'), await sealEscrow(publicKey, place, kek));
  const expected = { ...place, platformKey, surveyKey: bytesToHex(kek) };
  writeFileSync(file('escrow-expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
