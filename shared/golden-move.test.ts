/** The golden files of survey keys that move still decode, and what moved opens under the other version. */
import { expect, test } from 'vitest';
import { goldenFile, goldenJson } from '../test/support/golden.ts';
import { bundleType, verifyBundle } from './bundle/bundle.ts';
import { parseDescriptor } from './bundle/descriptor.ts';
import { answersMove } from './bundle/move.ts';
import {
  openMoveBatch,
  openMovedBatch,
  parseMoveBatch,
  parseMovedBatch,
} from './bundle/move-batch.ts';
import { moveTarget } from './bundle/move-target.ts';
import { setBytes, verifyPackagedSet } from './bundle/packaged-set.ts';
import { parsePackage } from './bundle/package.ts';
import { parseReceipt } from './bundle/receipt.ts';
import { openRotatePackage } from './bundle/rotate-package.ts';
import { parseTicket } from './bundle/ticket.ts';
import { bytesToHex, hexToBytes } from './encoding/bytes.ts';
import { openEscrow } from './escrow/escrow.ts';
import { MODES } from './mode.ts';
import { escrowPrivateKey } from './sharing/escrow-key.ts';

interface Expected {
  readonly documents: Record<string, { digest: string; body: unknown }>;
  readonly secrets: Record<
    'ticketPrivateKey' | 'recipientPrivateKey' | 'vaultComponent' | 'nextPlatformKey',
    string
  >;
  readonly stored: string[][];
  readonly results: string[][];
}

test.each(MODES)('survey keys that move, %s', async (mode) => {
  const wanted = goldenJson(mode, 'move/expected.json') as Expected;
  const { secrets } = wanted;
  const file = (name: string) => goldenFile(mode, `move/${name}.json`);
  const sync = parseDescriptor(file('descriptor'), mode).body;
  const source = parsePackage(file('package'), mode, sync);
  const bundle = bundleType.parse(file('bundle'), mode);
  const found = {
    ticket: parseTicket(file('ticket'), mode),
    package: source,
    bundle,
    receipt: parseReceipt(file('receipt'), mode, sync),
  };
  for (const [name, { body, digest }] of Object.entries(found)) {
    expect({ body, digest }).toEqual(wanted.documents[name]);
  }
  if (source.body.kind !== 'migrate-escrows' || bundle.body.kind !== 'migrate-escrows') {
    throw new Error('another kind');
  }
  const packaged = verifyPackagedSet(setBytes(source.body), mode);
  expect(verifyBundle(bundle, packaged.manifest.body, packaged.roster.body).shares).toHaveLength(3);
  expect(answersMove(source.body, bundle.body)).toBe(true);
  const component = await openRotatePackage(source.body, hexToBytes(secrets.ticketPrivateKey));
  expect(bytesToHex(component)).toBe(secrets.vaultComponent);
  const { move } = moveTarget(source.body, packaged);
  const privateKey = escrowPrivateKey(hexToBytes(secrets.nextPlatformKey), {
    mode,
    keyVersion: move.to,
  });
  const { audience, nonce, files } = source.body;
  for (const [at, digest] of files.entries()) {
    const place = { mode, audience, nonce, at, of: files.length };
    const out = parseMoveBatch(file(`out-${at + 1}`), place);
    expect(out.digest).toBe(digest);
    const stored = await openMoveBatch(out, hexToBytes(secrets.ticketPrivateKey));
    expect(stored.map(({ bytes }) => bytesToHex(bytes))).toEqual(wanted.stored[at]);
    const back = parseMovedBatch(file(`back-${at + 1}`), place);
    expect(back.digest).toBe(bundle.body.files[at]);
    const results = await openMovedBatch(back, hexToBytes(secrets.recipientPrivateKey));
    expect(results.map((one) => ('stays' in one ? one.stays : bytesToHex(one.sealed)))).toEqual(
      wanted.results[at],
    );
    for (const one of results) {
      if ('stays' in one) continue;
      const { userId, surveyId } = one;
      const where = { mode, audience, keyVersion: move.to, userId, surveyId };
      expect(await openEscrow(privateKey, where, one.sealed)).toHaveLength(32);
    }
  }
});
