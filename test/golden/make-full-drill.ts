/**
 * Makes the golden files of a full drill: descriptor, package with its test escrow, bundle that its key
 * signed, receipt. It was run once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-full-drill.ts
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { signFullDrill } from '../../shared/bundle/full-drill.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { receiptType } from '../../shared/bundle/receipt.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { DocumentType, Parsed } from '../../shared/encoding/document.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { makeDrillBundle, makeFullDrillPackage } from '../support/drill-documents.ts';
import { seededRandom } from '../support/people.ts';
import { makeReceipt } from '../support/receipts.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, 'full-drill', `${name}.json`);
  if (existsSync(file('expected'))) throw new Error('golden files are never made again.');
  mkdirSync(path.dirname(file('expected')), { recursive: true });
  const random = seededRandom(`golden full drill ${mode}`);
  const set = await makeShareSet({ mode, random });
  const { package: source, ticket, seed } = await makeFullDrillPackage(set, random);
  const { audience, nonce } = source.body;
  const { setId, generation } = set.manifest.body;
  const ceremonyId = bytesToHex(random(16));
  const said = { mode, audience, ceremonyId, nonce, setId, generation };
  const signature = await signFullDrill(seed, said);
  const full = { opened: true, signature, restoreMs: 243_000, wholeMs: 3_600_000 } as const;
  const { document } = await makeDrillBundle(set, {
    random,
    package: source,
    proves: [1, 3, 4],
    ceremonyId,
    change: { full },
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
  // Of a set that was made for these files and holds nothing.
  const secrets = {
    ticketPrivateKey: bytesToHex(ticket.keys.privateKey),
    vaultComponent: bytesToHex(set.vaultComponent),
    platformKey: bytesToHex(set.platformKey),
    testKey: bytesToHex(seed),
  };
  writeFileSync(file('expected'), `${JSON.stringify({ documents, secrets }, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
