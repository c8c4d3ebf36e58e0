/**
 * Makes the golden files of an adoption whose key was proved by what an organisation keeps, because no
 * stored survey key opened: package, bundle, receipt. It was run once; the files must decode for ever
 * (shared/bundle/adopt.test.ts).
 *
 *     npx tsx test/golden/make-adopt-organisation.ts
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { receiptType } from '../../shared/bundle/receipt.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import {
  foundSame,
  makeAdoptBundle,
  makeAdoptPackage,
  secretsSame,
} from '../support/adopt-documents.ts';
import { makeReceipt } from '../support/receipts.ts';
import { seededRandom } from '../support/people.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const folder = path.join(here, 'v1', mode, 'adopt-organisation');
  if (existsSync(folder)) throw new Error(`${folder} exists: golden files are never made again.`);
  mkdirSync(folder);
  const put = (name: string, bytes: Uint8Array) => writeFileSync(path.join(folder, name), bytes);
  const random = seededRandom(`golden adopt-organisation ${mode}`);
  const set = await makeShareSet({ mode, random });
  const [found] = foundSame('v1').versions;
  const [secrets] = secretsSame(set);
  if (found === undefined || secrets === undefined) throw new Error('one version was found');
  const encryptedKeks = [bytesToHex(random(60))];
  const organisationKeks = [0, 1].map(() => bytesToHex(random(60)));
  const organisationKeys = [
    { surveyId: 33, organisationId: 4, teamId: 9 },
    { surveyId: 34, organisationId: 5, teamId: null },
  ];
  const source = await makeAdoptPackage(set, {
    random,
    found: {
      ...foundSame('v1'),
      sample: 'there',
      versions: [{ ...found, organisationKeys }],
    },
    secrets: [{ ...secrets, encryptedKeks, organisationKeks }],
  });
  const { document } = await makeAdoptBundle(set, {
    random,
    package: source.document,
    said: {
      proof: 'organisation',
      organisationKeys: organisationKeys.slice(0, 1),
      unopened: [{ userId: 7, surveyId: 31 }],
    },
  });
  const receipt = await makeReceipt(
    set,
    { document },
    { adopted: { legacy: document.body.legacy, proof: document.body.proof } },
  );
  put('package.json', packageType.toBytes(source.document));
  put('bundle.json', bundleType.toBytes(document));
  put('receipt.json', receiptType.toBytes(receipt));
  const expected = {
    package: source.document.body,
    bundle: document.body,
    receipt: receipt.body,
    sync: { audience: set.sync.audience, publicKey: set.sync.publicKey },
    encryptedKeks,
    organisationKeks,
    ticketPrivateKey: bytesToHex(source.ticket.keys.privateKey),
  };
  put('expected.json', new TextEncoder().encode(`${JSON.stringify(expected, null, 1)}\n`));
}

for (const mode of MODES) await make(mode);
