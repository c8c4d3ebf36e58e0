/**
 * Committing survey keys that move: refused until sync can read their files.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { CommitKind } from './commit-kind.ts';

const refuse = refusals({
  'move-not-built': () => ({
    happened: 'This sync cannot move survey keys yet.',
    means: 'It has made no package for it either. Nothing was changed.',
    next: 'Update sync, and ask for a package.',
  }),
});

const refused = async () => {
  throw refuse('move-not-built');
};

export const moveCommit: CommitKind = {
  start: () => ({ forget() {} }),
  check: refused,
  begun: async () => false,
  provenSecret: async () => undefined,
  prepare: refused,
  write: refused,
  finish: refused,
  readBack: refused,
  ending() {
    throw refuse('move-not-built');
  },
};
