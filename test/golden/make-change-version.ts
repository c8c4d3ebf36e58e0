/**
 * Makes the golden files of another active version and of the end of one: package, bundle, receipt of
 * each. It was run once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-change-version.ts
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
import { seededRandom } from '../support/people.ts';
import { makeReceipt } from '../support/receipts.ts';
import { makeShareSet } from '../support/share-sets.ts';
import { makeChangeBundle, makeChangePackage } from '../support/version-documents.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, 'change-version', `${name}.json`);
  if (existsSync(file('expected'))) throw new Error('golden files are never made again.');
  mkdirSync(path.dirname(file('expected')), { recursive: true });
  const random = seededRandom(`golden change-version ${mode}`);
  const set = await makeShareSet({ mode, random });
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
  for (const kind of ['activate', 'retire'] as const) {
    const source = await makeChangePackage(set, kind, 'v2', random);
    const { document } = await makeChangeBundle(set, source, { random });
    keep(`${kind}-package`, packageType, source);
    keep(`${kind}-bundle`, bundleType, document);
    keep(`${kind}-receipt`, receiptType, await makeReceipt(set, { document }));
  }
  writeFileSync(file('expected'), `${JSON.stringify({ documents }, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
