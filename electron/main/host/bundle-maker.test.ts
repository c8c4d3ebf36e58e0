import { expect, test } from 'vitest';
import { makeBundle as signedBundle } from '../../../test/support/documents.ts';
import { makeShareSet } from '../../../test/support/share-sets.ts';
import type { LogItem } from '../../../shared/transcript/log.ts';
import { makeBundle } from './bundle-maker.ts';
import type { EffectContext } from './effect-context.ts';

test('a bundle that could not be written down is written down at the next try, not made anew', async () => {
  const { document } = await signedBundle(await makeShareSet({ mode: 'rehearsal' }));
  const items: LogItem[] = [];
  let full = true;
  // SECURITY: the worker wiped the secret when it sealed it. It must not be asked again.
  const worker = () => Promise.reject(new Error('The worker was asked again.'));
  const context = {
    worker,
    gathered: { bundle: document },
    transcript: {
      log: { items },
      addDocument: (envelope: typeof document.envelope) => {
        if (full) return Promise.reject(new Error('The disk is full.'));
        items.push({ document: envelope });
        return Promise.resolve();
      },
    },
  } as unknown as EffectContext;
  await expect(makeBundle(context, { escrowedEmail: null })).rejects.toThrow('The disk is full.');
  full = false;
  const made = { type: 'bundle-made', digest: document.digest };
  expect(await makeBundle(context, { escrowedEmail: null })).toMatchObject(made);
  // Its entry could not be written: the document is there already.
  expect(await makeBundle(context, { escrowedEmail: null })).toMatchObject(made);
  expect(items).toHaveLength(1);
});
