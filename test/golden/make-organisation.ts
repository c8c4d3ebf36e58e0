/**
 * Makes the golden files for an owner who forgot the passphrase: package and bundle, with what is in
 * them. It was run once; the files must decode for ever (shared/golden-organisation.test.ts).
 *
 *     npx tsx test/golden/make-organisation.ts
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import {
  makeOrganisationBundle,
  makeOrganisationPackage,
  NEW_WORDS,
} from '../support/organisation-documents.ts';
import { seededRandom } from '../support/people.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const folder = path.join(here, 'v1', mode, 'migrate-organisation');
  if (existsSync(folder)) throw new Error(`${folder} exists: golden files are never made again.`);
  mkdirSync(folder);
  const put = (name: string, bytes: Uint8Array) => writeFileSync(path.join(folder, name), bytes);
  const random = seededRandom(`golden migrate-organisation ${mode}`);
  const set = await makeShareSet({ mode, random });
  const source = await makeOrganisationPackage(set, { random });
  const { document, entries } = await makeOrganisationBundle(set, source, { random });
  put('package.json', packageType.toBytes(source.document));
  put('bundle.json', bundleType.toBytes(document));
  const expected = {
    package: source.document.body,
    bundle: document.body,
    sync: { audience: set.sync.audience, publicKey: set.sync.publicKey },
    passphrase: NEW_WORDS,
    entries: entries.map(bytesToHex),
    secrets: {
      platformKey: bytesToHex(set.platformKey),
      ticketPrivateKey: bytesToHex(source.ticket.keys.privateKey),
      recipientPrivateKey: bytesToHex(set.sync.recipient.privateKey),
      keks: source.keks.map(bytesToHex),
    },
  };
  put('expected.json', new TextEncoder().encode(`${JSON.stringify(expected, null, 1)}\n`));
}

for (const mode of MODES) await make(mode);
