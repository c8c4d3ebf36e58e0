/**
 * Makes the golden manifest with an escrow key, signed by the golden share set, and says from which
 * platform key that comes. It was run once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-escrow-key.ts
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesToHex, hexToBytes } from '../../shared/encoding/bytes.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import {
  escrowKeyDigest,
  escrowPrivateKey,
  escrowPublicKey,
} from '../../shared/sharing/escrow-key.ts';
import { manifestType, parseManifest } from '../../shared/sharing/manifest.ts';
import { goldenSigners } from '../support/golden.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, name);
  const read = (name: string) => new Uint8Array(readFileSync(file(name)));
  if (existsSync(file('escrow-key.json'))) throw new Error('golden files are never made again.');
  const { body } = parseManifest(read('share-set.json'), mode);
  const signers = goldenSigners(body, mode);
  const { secrets } = JSON.parse(new TextDecoder().decode(read('expected.json'))) as {
    secrets: { platformKey: string };
  };
  const platformKey = hexToBytes(secrets.platformKey);
  const { keyVersion } = body;
  const escrowKey = await escrowPublicKey(platformKey, { mode, keyVersion });
  const document = await manifestType.sign({ ...body, escrowKey }, signers);
  writeFileSync(file('escrow-key.json'), manifestType.toBytes(document));
  const expected = {
    digest: document.digest,
    body: document.body,
    platformKey: secrets.platformKey,
    privateKey: bytesToHex(escrowPrivateKey(platformKey, { mode, keyVersion })),
    escrowKeyDigest: escrowKeyDigest(escrowKey),
  };
  writeFileSync(file('escrow-key-expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
