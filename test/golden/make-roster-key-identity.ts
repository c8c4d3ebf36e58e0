/**
 * Makes the golden roster with an identity on a YubiKey, signed by the golden share set. It was run once; the
 * files must decode for ever.
 *
 *     npx tsx test/golden/make-roster-key-identity.ts
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IdentityCredential } from '../../shared/identity/key-identity.ts';
import { parseRoster, rosterType } from '../../shared/identity/roster.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { at } from '../support/people.ts';
import { goldenSigners } from '../support/golden.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, name);
  const read = (name: string) => new Uint8Array(readFileSync(file(name)));
  if (existsSync(file('roster-key-identity.json'))) throw new Error('golden files are never made again.');
  const manifest = parseManifest(read('share-set.json'), mode);
  const before = parseRoster(read('roster.json'), mode, manifest.body);
  const signers = goldenSigners(manifest.body, mode);
  // A credential with a number, and one whose key hides it.
  const credentials: readonly (IdentityCredential | undefined)[] = [
    { id: '5a'.repeat(64), publicKey: `03${'c4'.repeat(32)}`, serial: 12_345_678 },
    undefined,
    { id: 'a7'.repeat(16), publicKey: `02${'1d'.repeat(32)}`, serial: null },
  ];
  const people = before.body.people.map((person, place) => {
    const credential = credentials[place];
    return credential === undefined
      ? person
      : { ...person, publicKey: `${place}e`.repeat(32), credential };
  });
  const document = await rosterType.sign(
    { mode, serial: 2, people, createdAt: at(86_400), previous: before.digest },
    signers,
  );
  writeFileSync(file('roster-key-identity.json'), rosterType.toBytes(document));
  const expected = { digest: document.digest, body: document.body };
  writeFileSync(file('roster-key-identity-expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
