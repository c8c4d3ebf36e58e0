/**
 * The manifest is signed: its words for the witness.
 * @module
 */
import { Notice } from '../../ui/Note.tsx';
import { WitnessWords } from '../components/WitnessWords.tsx';
import type { ScreenProps } from './screen.ts';

export function SetReady({ view }: ScreenProps<'set-ready'>) {
  return (
    <WitnessWords view={view} signed={view} of="the signed list">
      <Notice tone="good" title={`The set ${view.label} works.`}>
        <p>
          {/* Beside a set that is in use, sync's half is not here, and no key is restored. */}
          The shares {view.ceremony === 'add-set' ? 'gave the half' : 'restored the key'}, and the
          list of the set is signed with them.
        </p>
      </Notice>
      <p>
        These words stand for the signed list. Whoever checks this ceremony later compares them with
        the witness’s paper, so the operator reads them aloud and the witness writes them down.
      </p>
    </WitnessWords>
  );
}
