/**
 * The bridge that the preload puts on the window.
 * @module
 */
import type { Bridge } from '../../shared/ipc/contract.ts';

declare global {
  interface Window {
    readonly conclave: Bridge;
  }
}

export const bridge = (): Bridge => window.conclave;
