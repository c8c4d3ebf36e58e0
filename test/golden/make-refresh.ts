/**
 * Makes the golden files of refreshed shares: descriptor, package with the set in force, bundle with its
 * next generation, receipt; a place has ended. It was run once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-refresh.ts
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
import { seededRandom } from '../support/people.ts';
import { makeReceipt } from '../support/receipts.ts';
import {
  makeRefreshBundle,
  makeRefreshed,
  makeRefreshPackage,
} from '../support/refresh-documents.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, 'refresh', `${name}.json`);
  if (existsSync(file('expected'))) throw new Error('golden files are never made again.');
  mkdirSync(path.dirname(file('expected')), { recursive: true });
  const random = seededRandom(`golden refresh ${mode}`);
  const set = await makeShareSet({ mode, random, threshold: 2, count: 4 });
  const source = await makeRefreshPackage(set, random);
  const next = await makeRefreshed(set, source.body.nonce, { random, comes: [1, 2, 4] });
  const { document } = await makeRefreshBundle(set, next, source);
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
  keep('share-set', manifestType, next.manifest);
  keep('bundle', bundleType, document);
  keep('receipt', receiptType, await makeReceipt(set, { document }));
  writeFileSync(file('expected'), `${JSON.stringify({ documents }, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
