/**
 * Makes the golden files of a further set: descriptor, package with the set in force and another one of
 * the same version, bundle with a third, receipt. It was run once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-add-set.ts
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
import { manifestType } from '../../shared/sharing/manifest.ts';
import { makeAddSetBundle, makeAddSetPackage, makeFurtherSet } from '../support/add-set-documents.ts';
import { seededRandom } from '../support/people.ts';
import { makeReceipt } from '../support/receipts.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, 'add-set', `${name}.json`);
  if (existsSync(file('expected'))) throw new Error('golden files are never made again.');
  mkdirSync(path.dirname(file('expected')), { recursive: true });
  const random = seededRandom(`golden add-set ${mode}`);
  const set = await makeShareSet({ mode, random, threshold: 2, count: 3 });
  const second = await makeFurtherSet(set, { random });
  const { roster } = second;
  const source = await makeAddSetPackage(set, { random, others: [second], roster });
  // Held with the first set: it vouches for the third.
  const third = await makeFurtherSet(
    { ...set, roster, cast: { ...second.cast, custodians: set.cast.custodians } },
    { random, label: 'Abroad' },
  );
  const { document } = await makeAddSetBundle(set, third, source);
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
  keep('share-set', manifestType, third.manifest);
  keep('bundle', bundleType, document);
  keep('receipt', receiptType, await makeReceipt(set, { document }));
  writeFileSync(file('expected'), `${JSON.stringify({ documents }, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
