/**
 * Makes the golden files of a drill: descriptor, package with the set, bundle with two shares proved
 * and one that failed, receipt. It was run once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-drill.ts
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { receiptType } from '../../shared/bundle/receipt.ts';
import type { DocumentType, Parsed } from '../../shared/encoding/document.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { makeDrillBundle, makeDrillPackage } from '../support/drill-documents.ts';
import { seededRandom } from '../support/people.ts';
import { makeReceipt } from '../support/receipts.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, 'drill', `${name}.json`);
  if (existsSync(file('expected'))) throw new Error('golden files are never made again.');
  mkdirSync(path.dirname(file('expected')), { recursive: true });
  const random = seededRandom(`golden drill ${mode}`);
  const set = await makeShareSet({ mode, random });
  const source = await makeDrillPackage(set, random);
  const { document } = await makeDrillBundle(set, {
    random,
    package: source,
    proves: [1, 3],
    failed: [{ index: 4, why: 'unreadable' }],
  });
  const receipt = await makeReceipt(set, { document }, { epoch: document.body.epoch });
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
  keep('package', packageType, source);
  keep('bundle', bundleType, document);
  keep('receipt', receiptType, receipt);
  writeFileSync(file('expected'), `${JSON.stringify({ documents }, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
