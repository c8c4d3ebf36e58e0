/**
 * The bundle is on its way; only its receipt closes the ceremony. Survives a restart.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { DocumentPicker, VolumePicker } from '../components/Pickers.tsx';
import { Stage } from '../components/Shell.tsx';
import { PrintWitnessPage, witnessPageButton } from '../components/WitnessPage.tsx';
import { Words } from '../../ui/Words.tsx';
import { list } from '../lib/say.ts';
import { leave, say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Waiting({ view }: ScreenProps<'waiting'>) {
  const [id, setId] = useState<string | null>(null);
  const [again, setAgain] = useState(false);
  const [printing, setPrinting] = useState(false);
  const { witnessPage } = view;
  if (again) return <SaveAgain view={view} back={() => setAgain(false)} />;
  if (printing && witnessPage !== null) {
    return (
      <Stage heading="Print the page for the witness’s file" turn={view.turn}>
        <PrintWitnessPage page={witnessPage} mode={view.mode} back={() => setPrinting(false)} />
      </Stage>
    );
  }
  return (
    <Stage heading={`Carry the stick to ${view.syncName}`} turn={view.turn}>
      <p>
        The bundle is on {list(view.savedOn)}. You can close Conclave: it waits, and home shows it.
        The ceremony ends when the receipt is read here. Until then destroy nothing.
      </p>
      <p>The eight words of the bundle, for the approvers:</p>
      <Words words={view.words} label="Eight words of the bundle" />
      <DocumentPicker kind="receipt" what="receipt" mode={view.mode} value={id} onChange={setId} />
      <Actions>
        <Button
          kind="primary"
          disabled={id === null}
          onPress={() => id !== null && say({ type: 'choose-document', id })}
        >
          Read the receipt
        </Button>
        <Button onPress={() => void leave()}>Back to home</Button>
        <Button onPress={() => setAgain(true)}>Write the bundle to another stick</Button>
        {witnessPage === null ? null : (
          <Button onPress={() => setPrinting(true)}>{witnessPageButton(witnessPage)}</Button>
        )}
      </Actions>
    </Stage>
  );
}

function SaveAgain({ view, back }: ScreenProps<'waiting'> & { back: () => void }) {
  const [id, setId] = useState<string | null>(null);
  return (
    <Stage heading="Plug in another stick for the bundle" turn={view.turn}>
      <p>It is the same bundle: sync accepts it once, whichever stick arrives first.</p>
      <VolumePicker mode={view.mode} value={id} onChange={setId} />
      <Actions>
        <Button
          kind="primary"
          disabled={id === null}
          onPress={() => {
            if (id === null) return;
            say({ type: 'choose-volume', id });
            back();
          }}
        >
          Write the bundle to this stick
        </Button>
        <Button onPress={back}>Back</Button>
      </Actions>
    </Stage>
  );
}
