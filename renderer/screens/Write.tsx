/**
 * Choose the stick or the printer; it is written at once.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { PrinterPicker, VolumePicker } from '../components/Pickers.tsx';
import { Stage } from '../components/Shell.tsx';
import { usePolled } from '../lib/polling.ts';
import { yours } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Write(props: ScreenProps<'write'>) {
  return props.view.medium === 'paper' ? <OntoPaper {...props} /> : <OntoStick {...props} />;
}

function OntoStick({ view }: ScreenProps<'write'>) {
  const [id, setId] = useState<string | null>(null);
  const what = yours(view.writes);
  return (
    <Stage heading={`Plug in the stick for ${what}`} turn={view.turn}>
      <p>
        Use a stick that holds nothing else of this set. What is already on it stays; what is
        written is locked with your six words or passphrase.
      </p>
      <VolumePicker mode={view.mode} value={id} onChange={setId} />
      <Actions>
        <Button
          kind="primary"
          disabled={id === null}
          onPress={() => id !== null && say({ type: 'choose-volume', id })}
        >
          Write to this stick
        </Button>
        <Others view={view} />
      </Actions>
    </Stage>
  );
}

function OntoPaper({ view }: ScreenProps<'write'>) {
  const [id, setId] = useState<string | null>(null);
  const printers = usePolled('printers:list', { mode: view.mode });
  const chosen = printers?.find((printer) => printer.id === id);
  const wrongPaper =
    chosen?.page !== undefined && chosen.page !== null && chosen.page !== view.page;
  return (
    <Stage heading={`Print ${yours(view.writes)}`} turn={view.turn}>
      <p>
        Stand at the printer yourself: the sheet is the share, and whoever sees it has it. Take
        every page with you, a spoilt one too.
      </p>
      <PrinterPicker printers={printers} value={id} onChange={setId} />
      {wrongPaper ? (
        <Notice
          tone="warn"
          title={`This printer holds ${chosen.page}, the plan says ${view.page}.`}
        >
          <p>Put {view.page} paper in, or choose another printer.</p>
        </Notice>
      ) : null}
      <Actions>
        <Button
          kind="primary"
          disabled={id === null}
          onPress={() => id !== null && say({ type: 'choose-printer', id })}
        >
          Print on {view.page} paper
        </Button>
        <Others view={view} />
      </Actions>
    </Stage>
  );
}

/** The ways out of a medium that does not work. */
function Others({ view }: ScreenProps<'write'>) {
  const other = view.medium === 'usb' ? 'paper' : 'usb';
  return (
    <>
      {view.mayLeave ? (
        <Button onPress={() => say({ type: 'continue' })}>No further copy</Button>
      ) : null}
      <Button onPress={() => say({ type: 'another-copy', medium: other })}>
        {other === 'paper' ? 'Use paper instead' : 'Use a stick instead'}
      </Button>
      {view.newWords ? (
        <Button onPress={() => say({ type: 'new-words' })}>Show me new words</Button>
      ) : null}
    </>
  );
}
