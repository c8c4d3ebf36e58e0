/**
 * A custodian whose share is locked to a FIDO2 key has its envelope on a sheet: printed, read back
 * and, after the receipt, given from it in a recovery, through the real host without a window.
 */
import { expect, test } from 'vitest';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { KEY_HOLDER, keyLaptop, pdfPrinter } from '../support/headless-key.ts';
import { readLog } from '../support/headless-steps.ts';

const { laptop, begin, finish, manifestOf, close, recover } = keyLaptop(
  'yubikey-fido2',
  22_222_222,
);

let made: BundleDocument;

test('the envelope is printed, read back from its sheet, and named in manifest and log', async () => {
  const { room } = laptop();
  await begin();
  await room.until((view) => view.screen === 'write' && view.turn?.name === KEY_HOLDER);
  await room.say({ type: 'choose-printer', id: await pdfPrinter(laptop()) });
  expect(room.view).toMatchObject({ screen: 'read-back', medium: 'yubikey-fido2', onSheet: true });
  made = await finish();
  const manifest = await manifestOf(made);
  expect(manifest.body.shares[1]?.media).toEqual([
    {
      kind: 'yubikey-fido2',
      description: expect.stringMatching(/22222222, envelope on A4 sheet 1$/) as string,
    },
  ]);
  const log = await readLog(laptop(), made.body.ceremonyId);
  expect(verifyLog(log, { manifest }).standing).toBe('authenticated');
  await close(made);
});

test('it is given from its sheet, with key and PIN, and stays as it is', async () => {
  const { room } = laptop();
  await recover(made);
  await room.say({ type: 'read', how: 'camera', sheet: 'key-share' });
  expect(room.view.screen).toBe('identity');
  const log = await readLog(laptop(), room.view.ceremonyId);
  const of = (kind: string) => entries(log).filter((entry) => fact(entry, 'kind') === kind);
  expect(of('share-accepted').map((entry) => fact(entry, 'medium'))).toEqual(['yubikey-fido2']);
  expect(of('envelope-renewed')).toEqual([]);
});
