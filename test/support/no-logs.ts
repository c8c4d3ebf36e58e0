/**
 * A laptop without logs knows of no envelope.
 * @module
 */
import type { EnvelopesKnown } from '../../shared/ledger/known-envelopes.ts';

export const NO_LOGS: EnvelopesKnown = {
  ceremonies: [],
  sets: [],
  replaced: [],
  printed: [],
  named: [],
  sheets: [],
};
