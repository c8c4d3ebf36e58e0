/**
 * How the shares of a set become other shares of the same component.
 * @module
 */
import type { PublicShare } from '../../../shared/ceremony/types.ts';
import type { Manifest } from '../../../shared/sharing/manifest.ts';

export interface RefreshCommands {
  /**
   * Draws what makes other shares of the same component, for the shares that live on (`lives`, by their
   * numbers), and keeps it. The rest is what each share is going to say of it.
   */
  'draw-refresh': {
    in: {
      manifest: Manifest;
      /** Of the shares that are made; above that of the manifest. */
      generation: number;
      lives: readonly number[];
      audience: string;
      ceremonyId: string;
      nonce: string;
      /** Digests: of the manifest in force, and of the roster that comes with the next one. */
      previous: string;
      roster: string;
      /** The key of the operator, who signs for the refreshed set. */
      operator: string;
    };
    out: { generation: number; count: number };
  };
  /**
   * The share that was accepted (`index`, of before) signs for the one after it, and becomes it: 64 bytes
   * in hex. The new one can be written from here on; the seat has its number.
   */
  'refresh-share': {
    in: { index: number };
    out: { before: number; share: PublicShare; signature: string };
  };
  /** The new share, as it was read back, signs the same, and the roster: the payload of its envelope. */
  'sign-refreshed': {
    in: { before: number; roster: Uint8Array };
    out: { signature: string; roster: { keyid: string; sig: Uint8Array } };
  };
}
