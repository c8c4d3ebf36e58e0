/**
 * Change of the roster: enough shares were given, the new roster is signed with them; then its words
 * for the witness.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { WitnessWords } from '../components/WitnessWords.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function RosterReady({ view }: ScreenProps<'roster-ready'>) {
  const { serial, progress, signed } = view;
  if (signed === null) {
    return (
      <Stage heading={`Sign roster ${serial}`} turn={view.turn}>
        <p>
          {progress.done} of {progress.of} shares are here, each checked. Their keys sign the new
          roster. The platform key is not restored from them, and nothing is opened.
        </p>
        <Actions>
          <Button kind="primary" onPress={() => say({ type: 'continue' })}>
            Sign roster {serial}
          </Button>
        </Actions>
      </Stage>
    );
  }
  return (
    <WitnessWords view={view} signed={signed} of="the new roster">
      <Notice tone="good" title={`Roster ${serial} is signed.`}>
        <p>It counts once sync has put it in force.</p>
      </Notice>
      <p>
        Whoever approves it in sync types these words from the witness’s paper, so the operator
        reads them aloud and the witness writes them down.
      </p>
    </WitnessWords>
  );
}
