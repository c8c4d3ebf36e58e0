/**
 * Recover: one sheet counts, and every other one is destroyed now. The custodian does it, a witness
 * of the roster sees it, and the transcript that they sign afterwards says so.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Notice } from '../../ui/Note.tsx';
import { ReasonForm } from '../components/ReasonForm.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import { sheets } from './RenewPrint.tsx';
import type { ScreenProps } from './screen.ts';

type Props = ScreenProps<'renew-destroy'>;

export function RenewDestroy({ view }: Props) {
  const { good, isNew, index, count, witnesses } = view;
  const [witness, setWitness] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const over = sheets(view.sheets);
  const name = view.turn?.name ?? 'The custodian';
  if (leaving) return <NotNow view={view} back={() => setLeaving(false)} />;
  return (
    <Stage heading={`Keep sheet ${good}, destroy ${over}`} turn={view.turn}>
      <Notice tone="good" title={`Sheet ${good} is the good one.`}>
        <p>
          {isNew
            ? `It was read back and opens share ${index} of ${count} from now on. Take it home in place of the old one.`
            : `It is the one that you brought, and it still opens share ${index} of ${count}. Take it home again.`}
        </p>
      </Notice>
      <p>
        Read the number on each sheet first: “Sheet {good} of this share” stays. Shred {over} across
        the lines or burn {view.sheets.length === 1 ? 'it' : 'them'}, with everything else that came
        out of the printer here, before the eyes of a witness. A number that never came out of the
        printer is done with.
      </p>
      <Choices
        label="The witness who saw it"
        value={witness}
        onChange={setWitness}
        choices={witnesses.map((id) => ({ id, icon: 'person' as const, title: id }))}
      />
      <p>
        {witness ?? 'The witness'} signs for it at the end of this ceremony, with a personal
        identity. Without that signature the transcript says “witness not signed”: then only the
        word of {name} stands for it, and every auditor is told so.
      </p>
      <Actions>
        <Button
          kind="danger"
          disabled={witness === null}
          onPress={() => witness !== null && say({ type: 'sheets-destroyed', witness })}
        >
          {witness === null
            ? `${name} destroyed ${over}`
            : `${name} destroyed ${over}, and ${witness} saw it`}
        </Button>
        <Button onPress={() => setLeaving(true)}>Not destroyed today</Button>
      </Actions>
    </Stage>
  );
}

function NotNow({ view, back }: Props & { readonly back: () => void }) {
  return (
    <ReasonForm
      heading={`Say why ${sheets(view.sheets)} ${view.sheets.length === 1 ? 'is' : 'are'} kept`}
      turn={view.turn}
      action="Go on without destroying"
      onReason={(reason) => say({ type: 'get-up', reason })}
      back={back}
    >
      With the key and the words, such a sheet still opens the share. Sheet {view.good} is the one
      that counts. The transcript says that nobody saw the rest destroyed, and why.
    </ReasonForm>
  );
}
