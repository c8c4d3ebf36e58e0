/**
 * The refreshed set is signed, and its bundle made: its words for the witness.
 * @module
 */
import { Notice } from '../../ui/Note.tsx';
import { WitnessWords } from '../components/WitnessWords.tsx';
import type { ScreenProps } from './screen.ts';

export function RefreshReady({ view }: ScreenProps<'refresh-ready'>) {
  return (
    <WitnessWords view={view} signed={view} of="the refreshed set">
      <Notice tone="good" title={`Generation ${view.generation} of ${view.label} is signed.`}>
        <p>
          Each share signed for itself, before and after, and the operator signed what they said.
          Nothing secret is in this laptop’s memory any more.
        </p>
      </Notice>
      <p>
        Two approvers type these words at sync before it takes the new shares, so the operator reads
        them aloud and the witness writes them down.
      </p>
    </WitnessWords>
  );
}
