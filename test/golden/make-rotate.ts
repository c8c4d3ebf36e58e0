/**
 * Makes the golden files of a rotation: descriptor, ticket, package with the set of before,
 * bundle with the new one, receipt. It was run once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-rotate.ts
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
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
import { seededRandom } from '../support/people.ts';
import { makeReceipt } from '../support/receipts.ts';
import { makeNextSet, makeRotateBundle, makeRotatePackage } from '../support/rotate-documents.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, 'rotate-shares', `${name}.json`);
  if (existsSync(file('expected'))) throw new Error('golden files are never made again.');
  mkdirSync(path.dirname(file('expected')), { recursive: true });
  const random = seededRandom(`golden rotate-shares ${mode}`);
  const set = await makeShareSet({ mode, random });
  const next = await makeNextSet(set, { random, threshold: 2, count: 4 });
  const source = await makeRotatePackage(set, random);
  const { document } = await makeRotateBundle(set, next, { random, package: source.document });
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
  keep('ticket', ticketType, source.ticket.document);
  keep('package', packageType, source.document);
  keep('bundle', bundleType, document);
  keep('receipt', receiptType, receipt);
  const expected = {
    documents,
    secrets: {
      ticketPrivateKey: bytesToHex(source.ticket.keys.privateKey),
      recipientPrivateKey: bytesToHex(set.sync.recipient.privateKey),
      vaultComponent: bytesToHex(set.vaultComponent),
      newVaultComponent: bytesToHex(next.vaultComponent),
    },
  };
  writeFileSync(file('expected'), `${JSON.stringify(expected, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
