/**
 * Adopt: what sync found of the key that exists, and the question how its other half was split.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { LegacySplitFields, splitFormOf, splitOf } from '../components/LegacySplitFields.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import { LEGACY_SHARE, placesInWords, proofInWords, stateInWords } from '../lib/legacy-words.ts';
import type { ScreenProps } from './screen.ts';

type How = 'shares' | 'whole';

export function LegacySplit({ view }: ScreenProps<'legacy-split'>) {
  const { found, vault } = view;
  const [how, setHow] = useState<How | null>(null);
  const [form, setForm] = useState(() => splitFormOf(null));
  const split = how === 'shares' ? splitOf(form) : null;
  const ready = how === 'whole' || split !== null;
  return (
    <Stage heading="Say how the key was split" turn={view.turn}>
      <p>
        The platform key has two halves. Sync’s half is the vault component, which came in the
        package. The other half, the custodians’ component, is brought by people now.
      </p>
      <Facts
        facts={[
          { name: 'Key version', value: stateInWords(found) },
          { name: 'Vault component', value: placesInWords(found, vault) },
          { name: 'Stored survey keys', value: proofInWords(found) },
        ]}
      />
      <p>{LEGACY_SHARE} It begins with 801-1-, 802-2- and so on.</p>
      <Choices
        label="The custodians’ component"
        value={how}
        onChange={setHow}
        choices={[
          {
            id: 'shares',
            title: 'It was split into legacy shares',
            detail: 'Several people each have one, on paper, on a stick or behind a YubiKey.',
          },
          {
            id: 'whole',
            title: 'It was never split',
            detail:
              'One person has all of it: 64 or 128 digits from 0 to 9 and a to f, or a file that ends in .bin.',
          },
        ]}
      />
      {how === 'shares' ? (
        <>
          <LegacySplitFields form={form} onChange={setForm} />
          <p>
            CheckTick’s documents say any 3 of 4. The notes of that day tell. It can be corrected on
            the next screen, and it stands in the transcript.
          </p>
        </>
      ) : null}
      <Actions>
        <Button
          kind="primary"
          disabled={!ready}
          onPress={() => say({ type: 'legacy-split', split })}
        >
          {how === 'whole' ? 'Go on to the component' : 'Go on to the legacy shares'}
        </Button>
      </Actions>
    </Stage>
  );
}
