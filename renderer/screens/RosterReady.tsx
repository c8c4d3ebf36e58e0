/**
 * Change of the roster: enough shares were given, the new roster is signed with them; then its words
 * for the witness.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { PrintWitnessPage, witnessPageButton } from '../components/WitnessPage.tsx';
import { Words } from '../../ui/Words.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function RosterReady({ view }: ScreenProps<'roster-ready'>) {
  const { serial, progress, signed } = view;
  const [printing, setPrinting] = useState(false);
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
  const { witnessPage } = signed;
  if (printing) {
    return (
      <Stage heading="Print the page for the witness’s file" turn={view.turn}>
        <PrintWitnessPage page={witnessPage} mode={view.mode} back={() => setPrinting(false)} />
      </Stage>
    );
  }
  return (
    <Stage heading="Write these words down, witness" turn={view.turn}>
      <Notice tone="good" title={`Roster ${serial} is signed.`}>
        <p>It counts once sync has put it in force.</p>
      </Notice>
      <p>
        Whoever approves it in sync types these words from the witness’s paper, so the operator
        reads them aloud and the witness writes them down.
      </p>
      <Words words={signed.words} label="Words of the new roster" />
      <Facts facts={[{ name: 'Whole fingerprint', value: signed.digest, code: true }]} />
      {witnessPage.printed === null ? null : (
        <p>The page with whole digests was printed: {witnessPage.printed}.</p>
      )}
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          The witness has them, go on
        </Button>
        <Button onPress={() => setPrinting(true)}>{witnessPageButton(witnessPage)}</Button>
      </Actions>
    </Stage>
  );
}
