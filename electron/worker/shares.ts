/**
 * Shares as the worker keeps and lends them.
 * @module
 */
import { Secret } from '../../shared/secret/secret.ts';
import { decodeShare, type Share } from '../../shared/sharing/envelope.ts';
import { refuseWorker } from './refusals.ts';

/** Keeps wire bytes under an index (a copy of its own); what was there is wiped. */
export function keepShare(shares: Map<number, Secret>, index: number, wire: Uint8Array): void {
  shares.get(index)?.wipe();
  shares.set(index, new Secret(wire.slice()));
}

/** @throws Refusal `worker-out-of-order` */
export function needAccepted(
  { accepted }: { readonly accepted: ReadonlyMap<number, Secret> },
  index: number,
): Secret {
  const wire = accepted.get(index);
  if (wire === undefined) throw refuseWorker('worker-out-of-order', 'an accepted share');
  return wire;
}

/** Lends opened shares for the call and wipes their secret part afterwards. */
export async function withShares<T>(
  wires: readonly Secret[],
  work: (shares: Share[]) => Promise<T> | T,
): Promise<T> {
  const shares: Share[] = [];
  try {
    for (const wire of wires) shares.push(wire.use(decodeShare));
    return await work(shares);
  } finally {
    for (const { y } of shares) y.fill(0);
  }
}
