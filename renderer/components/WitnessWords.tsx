/**
 * A document was signed: its words for the witness, the whole fingerprint, and the page for the
 * witness's file.
 * @module
 */
import { useState, type ReactNode } from 'react';
import type { Frame, WitnessPageView } from '../../shared/ceremony/view.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Words } from '../../ui/Words.tsx';
import { say } from '../lib/store.ts';
import { Stage } from './Shell.tsx';
import { PrintWitnessPage, witnessPageButton } from './WitnessPage.tsx';

export function WitnessWords(props: {
  readonly view: Pick<Frame, 'mode' | 'turn'>;
  readonly signed: {
    readonly words: string;
    readonly digest: string;
    readonly witnessPage: WitnessPageView;
  };
  /** What the words are of: `the new roster`. */
  readonly of: string;
  /** What was reached, and what the words are for. */
  readonly children: ReactNode;
}) {
  const { view, of, children } = props;
  const { words, digest, witnessPage } = props.signed;
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
      {children}
      <Words words={words} label={`Words of ${of}`} />
      <Facts facts={[{ name: 'Whole fingerprint', value: digest, code: true }]} />
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
