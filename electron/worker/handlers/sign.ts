/**
 * Signatures: of the person who sits here, and of a quorum of shares.
 * @module
 */
import { ed25519Signer, type Signer } from '../../../shared/encoding/dsse.ts';
import { shareSigner } from '../../../shared/sharing/share-key.ts';
import { refuseShare } from '../../../shared/sharing/refusals.ts';
import { refuseWorker } from '../refusals.ts';
import { withKeyIdentity } from './key-identity.ts';
import { withShares } from '../shares.ts';
import type { WorkerState } from '../state.ts';
import type { Handler } from '../context.ts';

export const signIdentity: Handler<'sign-identity'> = async ({ messages }, context) => {
  const { publicKey, seed, credential } = context.state.needIdentity();
  // Whose identity it is can be told without a signature, and without a touch.
  if (messages.length === 0) return { keyid: publicKey, signatures: [] };
  const sign = async (bytes: Uint8Array) => {
    const signer = ed25519Signer(bytes);
    const signatures = await signEach(signer, messages);
    return { keyid: signer.keyid, signatures };
  };
  if (seed !== null) return seed.use(sign);
  if (credential === null || !context.hasEntry) throw refuseWorker('signing-needs-key');
  return withKeyIdentity(context, 'sign', (bytes) => sign(bytes));
};

export const signQuorum: Handler<'sign-quorum'> = async ({ messages, of }, { state }) => {
  const signatures = await withShares(quorumOf(state, of), (shares) => {
    // Accepted shares may be more than are needed; the first of them sign.
    const [first] = shares;
    if (first === undefined || shares.length < first.threshold) {
      throw refuseShare('too-few-shares', shares.length, first?.threshold ?? 2);
    }
    return Promise.all(
      shares.slice(0, first.threshold).map(async (share) => {
        const signer = shareSigner(share);
        const sigs = await signEach(signer, messages);
        return { keyid: signer.keyid, sigs };
      }),
    );
  });
  return { signatures };
};

function quorumOf(
  { quorumProved, readBack, accepted }: WorkerState,
  of: 'given' | 'made' | undefined,
) {
  const isGiven = accepted.size > 0;
  // SECURITY: two sets are there, and one must never speak for the other.
  if (isGiven && quorumProved && of === undefined) {
    throw refuseWorker('worker-out-of-order', 'whose share keys sign');
  }
  if (isGiven && of !== 'made') return [...accepted.values()];
  if (!quorumProved || of === 'given') throw refuseWorker('worker-out-of-order', 'a proved quorum');
  return [...readBack.values()];
}

async function signEach(signer: Signer, messages: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const signatures: Uint8Array[] = [];
  for (const message of messages) signatures.push(await signer.sign(message));
  return signatures;
}
