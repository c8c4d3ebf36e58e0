/**
 * Makes the golden files of survey keys that move: descriptor, ticket, package with its files, bundle
 * with those that come back, receipt. It was run once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-move.ts
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import type { MovedSurveyKey } from '../../shared/bundle/move-batch.ts';
import { moveTarget } from '../../shared/bundle/move-target.ts';
import { setBytes, verifyPackagedSet } from '../../shared/bundle/packaged-set.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { receiptType } from '../../shared/bundle/receipt.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import {
  readKekBlob,
  sealKekBlob,
  userRecoveryKey,
  vaultPaths,
} from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { DocumentType, Parsed } from '../../shared/encoding/document.ts';
import { moveSurveyKeys, type StoredSurveyKey } from '../../shared/escrow/move.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { makeMoveBundle, makeMovePackage } from '../support/move-documents.ts';
import { seededRandom } from '../support/people.ts';
import { makeReceipt } from '../support/receipts.ts';
import { makeShareSet } from '../support/share-sets.ts';
import { makeNextVersion } from '../support/version-documents.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, 'move', `${name}.json`);
  if (existsSync(file('expected'))) throw new Error('golden files are never made again.');
  mkdirSync(path.dirname(file('expected')), { recursive: true });
  const random = seededRandom(`golden move ${mode}`);
  const set = await makeShareSet({ mode, random });
  const next = await makeNextVersion(set, { random });
  const stored = async (surveyId: number): Promise<StoredSurveyKey> => {
    const user = await userRecoveryKey(set.platformKey, 7);
    const blob = await sealKekBlob(user, vaultPaths.userSurveyRecoveryKek(7, surveyId), random(32));
    return { userId: 7, surveyId, kind: 'checktick', bytes: readKekBlob(blob), keyHash: null };
  };
  const damaged = new Uint8Array(60).fill(1);
  const batches: StoredSurveyKey[][] = [
    [await stored(31), { ...(await stored(32)), bytes: damaged }],
    [await stored(33)],
  ];
  const source = await makeMovePackage(set, next, batches, { random });
  const packaged = verifyPackagedSet(setBytes(source.document.body), mode);
  const { move } = moveTarget(source.document.body, packaged);
  const results: MovedSurveyKey[][] = [];
  for (const batch of batches) {
    const moved = await moveSurveyKeys(set.platformKey, move, batch, { atOnce: 1 });
    results.push(
      batch.map(({ userId, surveyId }, at) => {
        const one = moved[at];
        if (one === undefined) throw new Error('no answer');
        return { userId, surveyId, ...one };
      }),
    );
  }
  const bundle = await makeMoveBundle(set, next, source, results, { random });
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
  keep('bundle', bundleType, bundle.document);
  keep('receipt', receiptType, await makeReceipt(set, bundle));
  for (const [at, one] of source.files.entries()) writeFileSync(file(`out-${at + 1}`), one);
  for (const [at, one] of bundle.files.entries()) writeFileSync(file(`back-${at + 1}`), one);
  const expected = {
    documents,
    secrets: {
      ticketPrivateKey: bytesToHex(source.ticket.keys.privateKey),
      recipientPrivateKey: bytesToHex(set.sync.recipient.privateKey),
      vaultComponent: bytesToHex(set.vaultComponent),
      nextPlatformKey: bytesToHex(next.platformKey),
    },
    stored: batches.map((batch) => batch.map(({ bytes }) => bytesToHex(bytes))),
    results: results.map((batch) =>
      batch.map((one) => ('stays' in one ? one.stays : bytesToHex(one.sealed))),
    ),
  };
  writeFileSync(file('expected'), `${JSON.stringify(expected, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
