/**
 * The effects that make a set, or a roster.
 * @module
 */
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { NEW_KEY_BYTES } from '../../../shared/bundle/rotate.ts';
import { randomBytes } from '../../../shared/secret/random.ts';
import type { Executors } from './executors.ts';
import { signRoster } from './sign-roster.ts';
import { signSet } from './sign-set.ts';

type Own = 'make-key' | 'split' | 'prove-quorum' | 'sign-set' | 'sign-roster';

export const newSetExecutors: Pick<Executors, Own> = {
  async 'make-key'({ keyVersion }, context) {
    const componentBytes = NEW_KEY_BYTES;
    const made = await (await context.worker()).ask('make-key', { componentBytes, keyVersion });
    return { type: 'key-made', componentBytes, ...made };
  },

  async split({ threshold, count }, context) {
    const setId = bytesToHex(randomBytes(16));
    const worker = await context.worker();
    const { shares } = await worker.ask('split', { setId, generation: 1, threshold, count });
    return { type: 'component-split', setId, shares };
  },

  async 'prove-quorum'({ threshold }, context) {
    const { indexes } = await (await context.worker()).ask('prove-quorum', { threshold });
    return { type: 'quorum-proved', indexes };
  },

  'sign-set': ({ set }, context) => signSet(set, context),

  'sign-roster': (effect, context) => signRoster(effect, context),
};
