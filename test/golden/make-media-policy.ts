/**
 * Makes the golden manifest with a rule for its media, signed by the golden share set. It was run
 * once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-media-policy.ts
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODES, type Mode } from '../../shared/mode.ts';
import { manifestType, parseManifest } from '../../shared/sharing/manifest.ts';
import { goldenSigners } from '../support/golden.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, name);
  const read = (name: string) => new Uint8Array(readFileSync(file(name)));
  if (existsSync(file('media-policy.json'))) throw new Error('golden files are never made again.');
  const { body } = parseManifest(read('share-set.json'), mode);
  const signers = goldenSigners(body, mode);
  const media = new Set(body.shares.flatMap((share) => share.media.map(({ kind }) => kind)));
  const policy = { allowed: [...media, 'yubikey-fido2' as const], kinds: media.size, apart: false };
  const document = await manifestType.sign({ ...body, policy }, signers);
  writeFileSync(file('media-policy.json'), manifestType.toBytes(document));
  const expected = { digest: document.digest, body: document.body };
  writeFileSync(file('media-policy-expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
