/**
 * Whose shares lie in memory: everything that holds one in the clear is put on a list when it is made or
 * read, and looked at again at every later step. A module that is mocked with {@link watchedEnvelope} or
 * {@link watchedSecret} keeps the list.
 * @module
 */
import type * as Envelope from '../../shared/sharing/envelope.ts';
import type * as Secrets from '../../shared/secret/secret.ts';

interface Held {
  readonly bytes: Uint8Array;
  /** Its coordinate: whose share it is, of whatever generation. */
  readonly x: number;
}

/** More than two bytes, so that no share is taken for a wiped one. */
const isWiped = ({ bytes }: Held) => bytes.every((byte) => byte === 0);

export class LiveShares {
  #held: Held[] = [];
  isWatching = false;
  /** How many custodians' shares were in memory, at each moment when one was made, read or kept. */
  readonly steps: number[] = [];

  note(bytes: Uint8Array, x: number): void {
    if (!this.isWatching) return;
    if (!this.#held.some((one) => one.bytes === bytes)) this.#held.push({ bytes, x });
    this.steps.push(this.custodians().length);
  }

  /** Coordinates of the shares that are in memory now. */
  custodians(): number[] {
    this.#held = this.#held.filter((one) => !isWiped(one));
    return [...new Set(this.#held.map(({ x }) => x))];
  }
}

export function watchedEnvelope(real: typeof Envelope, live: LiveShares): typeof Envelope {
  return {
    ...real,
    decodeShare(wire) {
      const share = real.decodeShare(wire);
      live.note(wire, share.x);
      live.note(share.y, share.x);
      return share;
    },
    encodeShare(share) {
      const wire = real.encodeShare(share);
      live.note(wire, share.x);
      live.note(share.y, share.x);
      return wire;
    },
  };
}

export function watchedSecret(
  real: typeof Secrets,
  decodeShare: typeof Envelope.decodeShare,
  live: LiveShares,
): typeof Secrets {
  class WatchedSecret extends real.Secret {
    constructor(bytes: Uint8Array) {
      super(bytes);
      try {
        const share = decodeShare(bytes);
        share.y.fill(0);
        live.note(bytes, share.x);
      } catch {
        // Another secret than a share.
      }
    }
  }
  return { ...real, Secret: WatchedSecret };
}
