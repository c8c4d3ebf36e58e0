/**
 * Adopt: stored survey keys that the platform key did not open, where others opened.
 * @module
 */
import type { LegacyProof } from '../../shared/ceremony/types.ts';
import { Notice } from '../../ui/Note.tsx';
import { keysInWords, openedInWords } from '../lib/legacy-words.ts';
import { count } from '../lib/say.ts';

export function LegacyUnopened({ proof }: { readonly proof: LegacyProof | null }) {
  const unopened = proof?.unopened ?? [];
  if (proof === null || openedInWords(proof) === null || unopened.length === 0) return null;
  const opened = proof.opened.length;
  const one = unopened.length === 1;
  return (
    <Notice
      tone="warn"
      title={`${opened === 0 ? 'None' : opened} of ${count(opened + unopened.length, 'stored survey key', 'stored survey keys')} opened.`}
    >
      <p>
        {one ? 'That' : 'Those'} of <strong>{keysInWords(unopened)}</strong> did not open: damaged,
        or stored under another key. The key is proved all the same, but{' '}
        {one ? 'that survey' : 'those surveys'} cannot be recovered with it. Tell whoever runs
        CheckTick today, while {one ? 'its owner' : 'their owners'} can still open{' '}
        {one ? 'it' : 'them'} with a password.
      </p>
    </Notice>
  );
}
