/**
 * Makes the golden files of a recovery of a sealed escrow: package and bundle, with what is in them.
 * It was run once; the files must decode for ever (shared/golden.test.ts).
 *
 *     npx tsx test/golden/make-recover-sealed.ts
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { makeBundle, makeRecoverPackage, makeSealedEscrow, saidOf } from '../support/documents.ts';
import { seededRandom } from '../support/people.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const folder = path.join(here, 'v1', mode, 'recover-sealed');
  if (existsSync(folder)) throw new Error(`${folder} exists: golden files are never made again.`);
  mkdirSync(folder);
  const put = (name: string, bytes: Uint8Array) => writeFileSync(path.join(folder, name), bytes);
  const random = seededRandom(`golden recover-sealed ${mode}`);
  const set = await makeShareSet({ mode, random });
  const kek = random(32);
  const sealedEscrow = await makeSealedEscrow(set, kek, { salt: random(16) });
  const emails = { escrowed: null, account: 'seven@example.org', stated: null };
  const source = await makeRecoverPackage(set, { random, emails, sealedEscrow });
  const { document, secret } = await makeBundle(set, {
    kind: 'recover',
    package: source,
    random,
    secret: kek,
    escrowedEmail: { outcome: 'none', account: 'none', stated: 'none', reason: null },
    escrow: { kind: 'sealed', digest: saidOf(sealedEscrow).digest, surveyKey: 'fits' },
  });
  put('package.json', packageType.toBytes(source.document));
  put('bundle.json', bundleType.toBytes(document));
  const expected = {
    package: source.document.body,
    bundle: document.body,
    sync: { audience: set.sync.audience, publicKey: set.sync.publicKey },
    secrets: {
      platformKey: bytesToHex(set.platformKey),
      ticketPrivateKey: bytesToHex(source.ticket?.keys.privateKey ?? new Uint8Array()),
      recipientPrivateKey: bytesToHex(set.sync.recipient.privateKey),
      kek: bytesToHex(secret),
      escrow: bytesToHex(sealedEscrow.bytes),
      keySalt: bytesToHex(sealedEscrow.keyHash?.salt ?? new Uint8Array()),
      keyHash: bytesToHex(sealedEscrow.keyHash?.hash ?? new Uint8Array()),
    },
  };
  put('expected.json', new TextEncoder().encode(`${JSON.stringify(expected, null, 1)}\n`));
}

for (const mode of MODES) await make(mode);
