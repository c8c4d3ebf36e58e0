/**
 * Adopt: no stored survey key proved the key, and survey keys of organisations came along. Their owner
 * types the passphrase, if the owner is in the room.
 * @module
 */
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { Actions, Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { LegacyJudged } from '../components/LegacyJudged.tsx';
import { Stage } from '../components/Shell.tsx';
import { keptInWords, storedInWords } from '../lib/legacy-words.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

type Props = ScreenProps<'legacy-proof'> & {
  /** Whether people may answer for it without a proof. */
  readonly answers: boolean;
  /** The way back to what was brought. */
  readonly back: string;
};

export function LegacyOwner({ view, answers, back }: Props) {
  const { judged, keys, tried, organisationKeys } = view;
  const [owner, setOwner] = useState('');
  const by = owner.trim();
  const one = organisationKeys.length === 1;
  return (
    <Stage heading="Let an owner prove the key" turn={view.turn}>
      {tried ? (
        <Notice tone="bad" title="No stored survey key opened.">
          <p>
            Tried were {storedInWords(keys)}. Either {keys.length === 1 ? 'it is' : 'they are'}{' '}
            damaged, or what was brought gives another key.
          </p>
        </Notice>
      ) : judged === null ? null : (
        <LegacyJudged judged={judged} proves />
      )}
      <p>
        Sync sealed the {one ? 'key' : 'keys'} of {keptInWords(organisationKeys)} into the package.{' '}
        {one ? 'It' : 'Each'} opens only with the right platform key and the passphrase of the
        organisation together. If nothing opens, that says nothing: a wrong passphrase looks like a
        wrong key.
      </p>
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          if (by !== '') say({ type: 'owner', by });
        }}
      >
        <Field
          label="Who types the passphrase"
          hint="The owner. The name goes into the transcript; the passphrase is kept nowhere."
          value={owner}
          onChange={setOwner}
        />
        <Actions>
          <Button kind="primary" type="submit" disabled={by === ''}>
            Type the passphrase
          </Button>
          {answers ? (
            <Button onPress={() => say({ type: 'continue' })}>Go on without an owner</Button>
          ) : null}
          <Button onPress={() => say({ type: 'legacy-more' })}>{back}</Button>
        </Actions>
      </Form>
    </Stage>
  );
}
