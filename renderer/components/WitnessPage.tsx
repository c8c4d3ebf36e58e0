/**
 * Printing the page of whole digests for the witness's file: a choice beside the one thing to do.
 * @module
 */
import { useState } from 'react';
import type { WitnessPageView } from '../../shared/ceremony/view.ts';
import type { Mode } from '../../shared/mode.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { usePolled } from '../lib/polling.ts';
import { say } from '../lib/store.ts';
import { PrinterPicker } from './Pickers.tsx';

export function PrintWitnessPage(props: {
  readonly page: WitnessPageView;
  readonly mode: Mode;
  readonly back: () => void;
}) {
  const { page, mode, back } = props;
  const [id, setId] = useState<string | null>(null);
  const printers = usePolled('printers:list', { mode });
  return (
    <>
      <p>
        One page for the witness’s file, with nothing secret on it: the whole digests of what this
        ceremony made and used, to be compared in later years. Witness and operator sign it.
      </p>
      <PrinterPicker printers={printers} value={id} onChange={setId} />
      <Actions>
        <Button
          kind="primary"
          disabled={id === null}
          onPress={() => {
            if (id === null) return;
            say({ type: 'choose-printer', id });
            back();
          }}
        >
          {page.page === null ? 'Print the page' : `Print on ${page.page} paper`}
        </Button>
        <Button onPress={back}>Back</Button>
      </Actions>
    </>
  );
}

/** What the button says: it may be printed twice. */
export function witnessPageButton({ printed }: WitnessPageView): string {
  return printed === null ? 'Print the witness’s page' : 'Print the witness’s page again';
}
