/**
 * The manifest is signed: its words for the witness.
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

export function SetReady({ view }: ScreenProps<'set-ready'>) {
  const { witnessPage } = view;
  const [printing, setPrinting] = useState(false);
  if (printing) {
    return (
      <Stage heading="Print the page for the witness’s file" turn={view.turn}>
        <PrintWitnessPage page={witnessPage} mode={view.mode} back={() => setPrinting(false)} />
      </Stage>
    );
  }
  return (
    <Stage heading="Write these words down, witness" turn={view.turn}>
      <Notice tone="good" title={`The set ${view.label} works.`}>
        <p>The shares restored the key, and the list of the set is signed with them.</p>
      </Notice>
      <p>
        These words stand for the signed list. Whoever checks this ceremony later compares them with
        the witness’s paper, so the operator reads them aloud and the witness writes them down.
      </p>
      <Words words={view.words} label="Words of the signed list" />
      <Facts facts={[{ name: 'Whole fingerprint', value: view.digest, code: true }]} />
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
