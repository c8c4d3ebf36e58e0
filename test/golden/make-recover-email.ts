/**
 * Makes the golden files of a recovery whose escrow keeps an e-mail address: package and bundle,
 * with what is in them. It was run once; the files must decode for ever (shared/golden.test.ts).
 *
 *     npx tsx test/golden/make-recover-email.ts
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { packageType } from '../../shared/bundle/package.ts';
import type { PackageEmails } from '../../shared/bundle/recover-package.ts';
import { sealEscrowEmail } from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { makeBundle, makeRecoverPackage } from '../support/documents.ts';
import { makeShareSet } from '../support/share-sets.ts';
import { seededRandom } from '../support/people.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const folder = path.join(here, 'v1', mode, 'recover-email');
  if (existsSync(folder)) throw new Error(`${folder} exists: golden files are never made again.`);
  mkdirSync(folder);
  const put = (name: string, bytes: Uint8Array) => writeFileSync(path.join(folder, name), bytes);
  const random = seededRandom(`golden recover-email ${mode}`);
  const set = await makeShareSet({ mode, random });
  const emails: PackageEmails = {
    escrowed: await sealEscrowEmail(set.platformKey, 7, 'user.seven@example.org'),
    account: 'seven@example.org',
    stated: 'User.Seven@example.org',
  };
  const source = await makeRecoverPackage(set, { random, emails });
  const { document, secret } = await makeBundle(set, {
    kind: 'recover',
    package: source,
    random,
    escrowedEmail: {
      outcome: 'differs',
      account: 'differs',
      stated: 'same',
      reason: 'The department was renamed, and personnel confirmed both addresses.',
    },
  });
  put('package.json', packageType.toBytes(source.document));
  put('bundle.json', bundleType.toBytes(document));
  const expected = {
    package: source.document.body,
    bundle: document.body,
    emails,
    sync: { audience: set.sync.audience, publicKey: set.sync.publicKey },
    secrets: {
      platformKey: bytesToHex(set.platformKey),
      ticketPrivateKey: bytesToHex(source.ticket?.keys.privateKey ?? new Uint8Array()),
      recipientPrivateKey: bytesToHex(set.sync.recipient.privateKey),
      kek: bytesToHex(secret),
    },
  };
  put('expected.json', new TextEncoder().encode(`${JSON.stringify(expected, null, 1)}\n`));
}

for (const mode of MODES) await make(mode);
