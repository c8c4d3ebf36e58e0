/**
 * Recover: the sheet or the stick that was brought holds an envelope that is over. Another one counts;
 * this one is used only where that is lost, before a witness.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { SET_ASIDE } from '../../shared/ledger/envelope-refusals.ts';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

type View = ScreenProps<'share-in'>['view'];

/** Whether the last refusal is one that its custodian may set aside. */
export const isOver = ({ refusal }: View): boolean =>
  refusal !== null && SET_ASIDE.has(refusal.code);

/** The three sentences of the refusal stand above it. */
export function OverEnvelope({ view, back }: { readonly view: View; readonly back: () => void }) {
  const [using, setUsing] = useState(false);
  if (using) return <UseIt view={view} back={() => setUsing(false)} />;
  return (
    <Stage heading={`Bring the envelope of share ${view.index} that counts`} turn={view.turn}>
      <p>
        Nothing was opened and nothing was lost. What you brought stays as it is, and every other
        share is untouched.
      </p>
      <Actions>
        <Button kind="primary" onPress={back}>
          Back: I have the other one
        </Button>
        <Button onPress={() => setUsing(true)}>The other one is lost</Button>
      </Actions>
    </Stage>
  );
}

function UseIt({ view, back }: { readonly view: View; readonly back: () => void }) {
  const { index, refusal, witnesses, turn } = view;
  const [reason, setReason] = useState('');
  const [witness, setWitness] = useState<string | null>(null);
  const given = reason.trim();
  const what = refusal?.culprit ?? 'this envelope';
  return (
    <Stage heading={`Say why ${what} is used all the same`} turn={turn}>
      <p>
        Look for the other one first. If it is really lost, {what} opens share {index} as well, with
        your YubiKey and your words: it is the same share. The transcript says, in an entry of its
        own, that an envelope was used that is over, why, and who was there.
      </p>
      <Notice tone="warn" title="Afterwards nothing of before may be left.">
        <p>
          The share is locked anew at once. Then {what} is destroyed, and so is the other one, if it
          ever turns up: it would be recognised from then on.
        </p>
      </Notice>
      <Field
        label="Where the other one is, and since when"
        value={reason}
        onChange={setReason}
        lines={2}
        wide
      />
      <Choices
        label="The witness who is here"
        value={witness}
        onChange={setWitness}
        choices={witnesses.map((id) => ({ id, icon: 'person' as const, title: id }))}
      />
      {witnesses.length === 0 ? (
        <p>The roster lists no witness, so it cannot be used: another custodian has to come.</p>
      ) : (
        <p>
          The witness signs for it at the end of this ceremony. Without that signature the
          transcript says “witness not signed”, and only you answer for it.
        </p>
      )}
      <Actions>
        <Button
          kind="danger"
          disabled={witness === null || given.length < 3}
          onPress={() => witness !== null && say({ type: 'use-replaced', reason: given, witness })}
        >
          {witness === null
            ? `Use ${what} before a witness`
            : `Use ${what}, and ${witness} is here`}
        </Button>
        <Button onPress={back}>Back</Button>
      </Actions>
    </Stage>
  );
}
