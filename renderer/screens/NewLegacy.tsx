/**
 * Adopt: is the component wanted as new legacy shares too, for CheckTick's own commands?
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Notice } from '../../ui/Note.tsx';
import { LegacySplitFields, splitFormOf, splitOf } from '../components/LegacySplitFields.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

type Wanted = 'no' | 'yes';

/** As many as a ceremony writes. */
const MOST = 16;

export function NewLegacy({ view }: ScreenProps<'new-legacy'>) {
  const [wanted, setWanted] = useState<Wanted>('no');
  const [form, setForm] = useState(() => splitFormOf(view.split));
  const split = splitOf(form);
  const tooMany = split !== null && split.count > MOST;
  const writes = wanted === 'yes';
  return (
    <Stage heading="Say whether legacy shares are written as well" turn={view.turn}>
      <p>
        The new share set is complete. CheckTick’s own commands cannot read it: they take legacy
        shares alone. The legacy shares of before go on opening the key, so new ones are needed only
        where CheckTick’s commands will still be used and the old ones are not at hand.
      </p>
      <Choices
        label="New legacy shares"
        value={wanted}
        onChange={setWanted}
        choices={[
          {
            id: 'no',
            title: 'No, the new share set is enough',
            detail: 'Nothing more is written.',
          },
          {
            id: 'yes',
            title: 'Yes, write new legacy shares too',
            detail: 'Each on a stick of its own. You need as many sticks as shares.',
          },
        ]}
      />
      {writes ? (
        <>
          <Notice tone="warn" title="They are weaker than the shares of today.">
            <p>
              A legacy share is a row of digits without a checksum: where one digit is wrong, nobody
              can tell. It lies on its stick unlocked, and whoever finds enough of them has the
              custodians’ half of the key, without a word and without a YubiKey.
            </p>
            <p>
              They must be destroyed when CheckTick’s commands are used no more. The home screen
              lists them until that was witnessed.
            </p>
          </Notice>
          <LegacySplitFields form={form} onChange={setForm} />
          {tooMany ? <p>No more than {MOST} are written in one ceremony.</p> : null}
        </>
      ) : null}
      <Actions>
        <Button
          kind="primary"
          disabled={writes && (split === null || tooMany)}
          onPress={() => say({ type: 'new-legacy', split: writes ? split : null })}
        >
          {writes ? 'Write new legacy shares' : 'Go on without them'}
        </Button>
      </Actions>
    </Stage>
  );
}
