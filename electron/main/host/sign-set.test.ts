import { expect, test } from 'vitest';
import { makeShareSet } from '../../../test/support/share-sets.ts';
import type { SetFacts } from '../../../shared/ceremony/effects.ts';
import { eightWords } from '../../../shared/encoding/words.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import type { LogItem } from '../../../shared/transcript/log.ts';
import type { EffectContext } from './effect-context.ts';
import { signSet } from './sign-set.ts';

test.each(['split', 'rotate'])(
  'a set of a %s that could not be written down is written down at the next try: one manifest, the same words',
  async (ceremony) => {
    const { manifest, roster } = await makeShareSet({ mode: 'rehearsal' });
    const signedOnce = { manifest, roster };
    const items: LogItem[] = [];
    let room = 1;
    // What was signed once is not signed again, with another time in it.
    const worker = () => Promise.reject(new Error('The worker was asked again.'));
    const context = {
      worker,
      gathered:
        ceremony === 'split'
          ? { ...signedOnce, next: null, package: { body: { kind: 'setup' } } }
          : {
              manifest: null,
              roster: null,
              next: signedOnce,
              package: { body: { kind: 'rotate-shares' } },
            },
      transcript: {
        log: { items },
        addDocument: (envelope: typeof manifest.envelope) => {
          if (items.length >= room) return Promise.reject(new Error('The disk is full.'));
          items.push({ document: envelope });
          return Promise.resolve();
        },
      },
    } as unknown as EffectContext;
    const set = { setId: manifest.body.setId } as SetFacts;
    // The roster went in, the manifest did not.
    await expect(signSet(set, context)).rejects.toThrow('The disk is full.');
    room = 9;
    const signed = {
      type: 'set-signed',
      manifestDigest: manifest.digest,
      rosterDigest: roster.digest,
      words: eightWords(hexToBytes(manifest.digest)),
    };
    expect(await signSet(set, context)).toEqual(signed);
    // Its entry could not be written: the documents are there already.
    expect(await signSet(set, context)).toEqual(signed);
    expect(items).toEqual([{ document: roster.envelope }, { document: manifest.envelope }]);
  },
);
