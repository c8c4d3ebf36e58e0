/**
 * Makes the golden files of an adoption: descriptor, ticket, package, bundle, receipt, by a share set
 * of their own. It was run once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-adopt.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { receiptType } from '../../shared/bundle/receipt.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { DocumentType, Parsed } from '../../shared/encoding/document.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { makeAdoptBundle, makeAdoptPackage } from '../support/adopt-documents.ts';
import { ENCRYPTED_KEK } from '../support/documents.ts';
import { makeReceipt } from '../support/receipts.ts';
import { makeShareSet } from '../support/share-sets.ts';
import { seededRandom } from '../support/people.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, `adopt-${name}.json`);
  if (existsSync(file('expected'))) throw new Error('golden files are never made again.');
  const random = seededRandom(`golden adopt ${mode}`);
  const set = await makeShareSet({ mode, random });
  const other = random(32);
  const [first, second] = set.cast.all.map(({ signer }) => signer.keyid);
  if (first === undefined || second === undefined) throw new Error('a cast has people');
  const source = await makeAdoptPackage(set, {
    random,
    found: {
      vault: 'there',
      forms: ['upper-case', 'fields-missing'],
      versions: [
        {
          version: 'v2',
          state: 'waiting',
          compared: 'other-version',
          escrows: 0,
          proof: null,
        },
        {
          version: 'v1',
          state: 'active',
          compared: 'differs',
          escrows: 3,
          proof: { userId: 7, surveyId: 31 },
        },
      ],
    },
    secrets: [
      { version: 'v2', components: [{ place: 'row', bytes: other }], encryptedKeks: [] },
      {
        version: 'v1',
        components: [
          { place: 'row', bytes: random(64) },
          { place: 'vault', bytes: set.vaultComponent },
        ],
        encryptedKeks: [ENCRYPTED_KEK],
      },
    ],
  });
  const { ticket } = source;
  const { document } = await makeAdoptBundle(set, {
    random,
    package: source.document,
    said: { compared: 'differs', component: 'vault', decided: [first, second] },
  });
  const receipt = await makeReceipt(set, { document });
  const documents: Record<string, { digest: string; body: unknown }> = {};
  const keep = <T extends { readonly mode: Mode }>(
    name: string,
    type: DocumentType<T>,
    { body, digest, envelope }: Parsed<T>,
  ) => {
    writeFileSync(file(name), type.toBytes({ body, digest, envelope }));
    documents[name] = { digest, body };
  };
  keep('descriptor', descriptorType, set.sync.descriptor);
  keep('ticket', ticketType, ticket.document);
  keep('package', packageType, source.document);
  keep('bundle', bundleType, document);
  keep('receipt', receiptType, receipt);
  const expected = {
    documents,
    secrets: {
      ticketPrivateKey: bytesToHex(ticket.keys.privateKey),
      vaultComponent: bytesToHex(set.vaultComponent),
      otherVersion: bytesToHex(other),
    },
  };
  writeFileSync(file('expected'), `${JSON.stringify(expected, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
