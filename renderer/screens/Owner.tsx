/**
 * Enough shares are in, and the survey is an organisation's: its owner types the passphrase.
 * @module
 */
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { wayInWords } from '../../shared/bundle/organisation-way.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import { RecoverFacts } from './RecoverFacts.tsx';
import type { ScreenProps } from './screen.ts';

export function Owner({ view }: ScreenProps<'owner'>) {
  const { facts, organisation, progress } = view;
  const [owner, setOwner] = useState('');
  const by = owner.trim();
  return (
    <Stage heading="Let the owner of the organisation sit down" turn={view.turn}>
      <p>
        {progress.done} of {progress.of} shares are here, each checked. The key of this survey is
        kept by {wayInWords(organisation)}: it opens with the shares and the passphrase of the
        organisation together, and with neither alone.
      </p>
      <RecoverFacts facts={facts} />
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          if (by !== '') say({ type: 'owner', by });
        }}
      >
        <Field
          label="Who types the passphrase"
          hint="The name goes into the transcript. The passphrase is typed in a window of its own, and kept nowhere."
          value={owner}
          onChange={setOwner}
        />
        <Actions>
          <Button kind="primary" type="submit" disabled={by === ''}>
            Type the passphrase
          </Button>
        </Actions>
      </Form>
    </Stage>
  );
}
