/**
 * Recover: the share came from the sheet of an OTP key, whose challenge has been answered. It is
 * locked anew onto a new sheet; the sheet that was given counts until that was read back.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { PrinterPicker } from '../components/Pickers.tsx';
import { ReasonForm } from '../components/ReasonForm.tsx';
import { Stage } from '../components/Shell.tsx';
import { usePolled } from '../lib/polling.ts';
import { list } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function RenewPrint({ view }: ScreenProps<'renew-print'>) {
  const { index, count, good, next, notReadBack } = view;
  const [id, setId] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const printers = usePolled('printers:list', { mode: view.mode });
  if (leaving) return <KeepOld view={view} back={() => setLeaving(false)} />;
  return (
    <Stage heading={`Print a new sheet for share ${index} of ${count}`} turn={view.turn}>
      {notReadBack.length === 0 ? (
        <p>
          The share was accepted. What the YubiKey answered today would open the old sheet again, so
          the share is locked anew: you touch the key when it is asked for, the new sheet is
          printed, and you read it back with one more touch. Stand at the printer yourself.
        </p>
      ) : (
        <p>
          Printed here and not read back: {sheets(notReadBack)}. Keep everything that came out of
          the printer at hand; it is destroyed at the end.
        </p>
      )}
      <GoodSheet good={good} />
      <PrinterPicker printers={printers} value={id} onChange={setId} />
      <Actions>
        <Button
          kind="primary"
          disabled={id === null || next === null}
          onPress={() => id !== null && say({ type: 'choose-printer', id })}
        >
          {next === null ? 'No number is left for another sheet' : `Print sheet ${next}`}
        </Button>
        <Button onPress={() => setLeaving(true)}>No new sheet today</Button>
      </Actions>
    </Stage>
  );
}

/** The one sheet that opens the share, on every page until it changes. */
export function GoodSheet({ good }: { readonly good: number }) {
  return (
    <Notice tone="good" title={`Sheet ${good} is the good one.`}>
      <p>It is the one that counts until a new sheet was read back. Keep it.</p>
    </Notice>
  );
}

/** `sheet 2`, `sheets 2 and 3` */
export function sheets(numbers: readonly number[]): string {
  return `${numbers.length === 1 ? 'sheet' : 'sheets'} ${list(numbers.map(String))}`;
}

/** Gets up without a new sheet: the transcript says what that means. */
export function KeepOld({
  view,
  back,
}: {
  readonly view: ScreenProps<'renew-print' | 'renew-read'>['view'];
  readonly back: () => void;
}) {
  return (
    <ReasonForm
      heading={`Say why sheet ${view.good} stays`}
      turn={view.turn}
      action="Go on without a new sheet"
      onReason={(reason) => say({ type: 'get-up', reason })}
      back={back}
    >
      Sheet {view.good} still opens the share. Its question has been answered once: whoever saw that
      answer, has the sheet and guesses the words needs no key. The transcript says so, and why.
      Have the share locked anew the next time that it is given.
    </ReasonForm>
  );
}
