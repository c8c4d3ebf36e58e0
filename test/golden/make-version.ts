/**
 * Makes the golden files of a new key version: descriptor, ticket, package with the set of the active version,
 * bundle with the set of the next one, receipt. It was run once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-version.ts
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
import { makeNextVersion, makeVersionBundle, makeVersionPackage } from '../support/version-documents.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, 'new-version', `${name}.json`);
  if (existsSync(file('expected'))) throw new Error('golden files are never made again.');
  mkdirSync(path.dirname(file('expected')), { recursive: true });
  const random = seededRandom(`golden new-version ${mode}`);
  const set = await makeShareSet({ mode, random });
  const next = await makeNextVersion(set, { random, threshold: 2, count: 4 });
  // A third version that is trusted, too, so that the package names it.
  const other = await makeShareSet({ mode, random, keyVersion: 'v0', sync: set.sync });
  const source = await makeVersionPackage(set, { random, others: [other] });
  const { document } = await makeVersionBundle(set, next, { random, package: source.document });
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
