/**
 * A drill: the share that was accepted signs the nonce with its own key. What it signs for is taken
 * from the share itself.
 * @module
 */
import { signDrill } from '../../../shared/bundle/drill.ts';
import { decodeShare } from '../../../shared/sharing/envelope.ts';
import { shareSigner } from '../../../shared/sharing/share-key.ts';
import { needAccepted } from '../shares.ts';
import type { Handler } from '../context.ts';

export const proveShare: Handler<'prove-share'> = async (input, { state }) => {
  const { audience, ceremonyId, nonce } = input;
  const share = needAccepted(state, input.index).use(decodeShare);
  try {
    const { mode, setId, generation, index } = share;
    const said = { mode, audience, ceremonyId, nonce, setId, generation, index };
    return { signature: await signDrill(shareSigner(share), said) };
  } finally {
    share.y.fill(0);
  }
};
