/**
 * Adopt: what sync found of the key that exists, and the question how its other half was split.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { LegacySplitFields, splitFormOf, splitOf } from '../components/LegacySplitFields.tsx';
import { Stage } from '../components/Shell.tsx';
import { count, list } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import { LEGACY_SHARE, placesInWords, proofInWords, stateInWords } from '../lib/legacy-words.ts';
import type { ScreenProps } from './screen.ts';

type How = 'shares' | 'whole';
type Made = 'practice' | 'real';

const PRACTICE = { practice: true } as const;

export function LegacySplit({ view }: ScreenProps<'legacy-split'>) {
  const { found, vault } = view;
  const [how, setHow] = useState<How | null>(null);
  const [form, setForm] = useState(() => splitFormOf(null));
  const split = how === 'shares' ? splitOf(form) : null;
  const [made, setMade] = useState<Made | null>(null);
  const rehearses = view.mode === 'rehearsal';
  const ready = (how === 'whole' || split !== null) && (!rehearses || made === 'practice');
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
      {view.others.length === 0 ? null : (
        <Notice
          tone="warn"
          title={`Only one key version is adopted, and this is ${found.version}.`}
        >
          <p>
            Sync also has {list(view.others.map(storedUnder))}. No other version can be adopted
            after this one: what is stored under it goes on opening with its own shares, so keep
            those. If that is the version whose surveys matter more, stop here and ask sync for a
            package of it.
          </p>
        </Notice>
      )}
      {rehearses ? <Practice made={made} onChange={setMade} /> : null}
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
          onPress={() => say({ type: 'legacy-split', split, ...(rehearses ? PRACTICE : {}) })}
        >
          {how === 'whole' ? 'Go on to the component' : 'Go on to the legacy shares'}
        </Button>
      </Actions>
    </Stage>
  );
}

const storedUnder = ({ version, escrows }: ScreenProps<'legacy-split'>['view']['others'][number]) =>
  `${count(escrows, 'survey key')} stored under ${version}`;

/** Nothing in a legacy share says of which key it is, so the people in the room have to. */
function Practice(props: { readonly made: Made | null; readonly onChange: (made: Made) => void }) {
  const { made, onChange } = props;
  return (
    <>
      <Notice tone="warn" title="Bring no real legacy share to a rehearsal.">
        <p>
          Nothing in a legacy share says what it opens, so Conclave cannot tell. A rehearsal does
          not make sure that this laptop keeps nothing of what is typed or scanned. With enough real
          ones anybody opens the real key.
        </p>
      </Notice>
      <Choices
        label="What is brought today"
        value={made}
        onChange={onChange}
        choices={[
          {
            id: 'practice',
            title: 'They were made for practice',
            detail: 'On a CheckTick that holds nobody’s answers. They open no real key.',
          },
          {
            id: 'real',
            title: 'They are the real ones, or nobody is sure',
            detail: 'Then they stay where they are, and this rehearsal ends here.',
          },
        ]}
      />
      {made === 'real' ? (
        <Notice tone="bad" title="Put them away again, closed.">
          <p>
            End this rehearsal with “Something is wrong”, and start the real adoption. If one was
            already shown to a camera or typed here, say so there.
          </p>
        </Notice>
      ) : null}
    </>
  );
}
