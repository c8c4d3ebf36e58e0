/**
 * Makes the golden files of an adoption whose package carries several stored survey keys, of which
 * one did not open: package and bundle. It was run once; the files must decode for ever
 * (shared/bundle/adopt.test.ts).
 *
 *     npx tsx test/golden/make-adopt-keys.ts
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
  foundSame,
  makeAdoptBundle,
  makeAdoptPackage,
  secretsSame,
} from '../support/adopt-documents.ts';
import { seededRandom } from '../support/people.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const folder = path.join(here, 'v1', mode, 'adopt-keys');
  if (existsSync(folder)) throw new Error(`${folder} exists: golden files are never made again.`);
  mkdirSync(folder);
  const put = (name: string, bytes: Uint8Array) => writeFileSync(path.join(folder, name), bytes);
  const random = seededRandom(`golden adopt-keys ${mode}`);
  const set = await makeShareSet({ mode, random });
  const [found] = foundSame('v1').versions;
  const [secrets] = secretsSame(set);
  if (found === undefined || secrets === undefined) throw new Error('one version was found');
  const damaged = { userId: 9, surveyId: 32 };
  const encryptedKeks = [0, 1, 2].map(() => bytesToHex(random(60)));
  const more = [damaged, { userId: 7, surveyId: 33 }];
  const source = await makeAdoptPackage(set, {
    random,
    found: { ...foundSame('v1'), versions: [{ ...found, more }] },
    secrets: [{ ...secrets, encryptedKeks }],
  });
  const { document } = await makeAdoptBundle(set, {
    random,
    package: source.document,
    said: { unopened: [damaged] },
  });
  put('package.json', packageType.toBytes(source.document));
  put('bundle.json', bundleType.toBytes(document));
  const expected = {
    package: source.document.body,
    bundle: document.body,
    sync: { audience: set.sync.audience, publicKey: set.sync.publicKey },
    encryptedKeks,
    ticketPrivateKey: bytesToHex(source.ticket.keys.privateKey),
  };
  put('expected.json', new TextEncoder().encode(`${JSON.stringify(expected, null, 1)}\n`));
}

for (const mode of MODES) await make(mode);
