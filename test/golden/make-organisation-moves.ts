/**
 * Makes the golden files of an organisation that moves to another key version: the package that asks
 * for the half, the bundle that brings it, and package and bundle of the organisation. It was run once;
 * the files must decode for ever (shared/golden-organisation-moves.test.ts).
 *
 *     npx tsx test/golden/make-organisation-moves.ts
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { makeMoveBundle, makeMovePackage } from '../support/move-documents.ts';
import {
  makeHalf,
  makeMovingBundle,
  makeMovingPackage,
  OWN_WORDS,
} from '../support/organisation-moves.ts';
import { randomId, seededRandom } from '../support/people.ts';
import { makeShareSet } from '../support/share-sets.ts';
import { makeNextVersion } from '../support/version-documents.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const folder = path.join(here, 'v1', mode, 'organisation-moves');
  if (existsSync(folder)) throw new Error(`${folder} exists: golden files are never made again.`);
  mkdirSync(folder);
  const put = (name: string, bytes: Uint8Array) => writeFileSync(path.join(folder, name), bytes);
  const random = seededRandom(`golden organisation-moves ${mode}`);
  const set = await makeShareSet({ mode, random });
  const next = await makeNextVersion(set, { random });
  const asks = await makeMovePackage(set, next, [], { random, change: { handsOver: true } });
  const where = { ceremonyId: randomId(random), nonce: asks.document.body.nonce };
  const half = await makeHalf(set, next, where);
  const change = { ceremonyId: where.ceremonyId, organisationHalf: half.sealed };
  const brings = await makeMoveBundle(set, next, asks, [], { random, change });
  const source = await makeMovingPackage(set, next, { random, half });
  const { document, entries } = await makeMovingBundle(set, next, source, { random });
  put('half-package.json', packageType.toBytes(asks.document));
  put('half-bundle.json', bundleType.toBytes(brings.document));
  put('package.json', packageType.toBytes(source.document));
  put('bundle.json', bundleType.toBytes(document));
  const expected = {
    halfPackage: asks.document.body,
    halfBundle: brings.document.body,
    package: source.document.body,
    bundle: document.body,
    sync: { audience: set.sync.audience, publicKey: set.sync.publicKey },
    passphrase: OWN_WORDS,
    entries: entries.map(bytesToHex),
    secrets: {
      platformKey: bytesToHex(set.platformKey),
      nextPlatformKey: bytesToHex(next.platformKey),
      ticketPrivateKey: bytesToHex(source.ticket.keys.privateKey),
      recipientPrivateKey: bytesToHex(next.sync.recipient.privateKey),
      keks: source.keks.map(bytesToHex),
    },
  };
  put('expected.json', new TextEncoder().encode(`${JSON.stringify(expected, null, 1)}\n`));
}

for (const mode of MODES) await make(mode);
