/**
 * Makes the golden files of a change of the roster: package, bundle with two new admins, receipt, by
 * a share set of their own. It was run once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-roster-change.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { receiptType } from '../../shared/bundle/receipt.ts';
import type { DocumentType, Parsed } from '../../shared/encoding/document.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { makeNewAdmins, makeRosterBundle, makeRosterPackage } from '../support/roster-documents.ts';
import { makeReceipt } from '../support/receipts.ts';
import { makeShareSet } from '../support/share-sets.ts';
import { seededRandom } from '../support/people.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, `roster-change-${name}.json`);
  if (existsSync(file('expected'))) throw new Error('golden files are never made again.');
  const random = seededRandom(`golden roster change ${mode}`);
  const set = await makeShareSet({ mode, random });
  const source = await makeRosterPackage(set, true, random);
  const admins = makeNewAdmins(random);
  const { document } = await makeRosterBundle(set, { random, admins, document: source });
  const receipt = await makeReceipt(set, { document, package: source, roster: set.roster });
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
  keep('share-set', manifestType, set.manifest);
  keep('package', packageType, source);
  keep('bundle', bundleType, document);
  keep('receipt', receiptType, receipt);
  writeFileSync(file('expected'), `${JSON.stringify(documents, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
