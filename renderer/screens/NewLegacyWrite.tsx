/**
 * Adopt: one new legacy share after the other goes onto a stick, out and in again, and all of them
 * give the component back.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Named } from '../components/MediaList.tsx';
import { VolumePicker } from '../components/Pickers.tsx';
import { Select } from '../components/Select.tsx';
import { Stage } from '../components/Shell.tsx';
import { nameFault } from '../lib/plan.ts';
import { say } from '../lib/store.ts';
import styles from '../components/LegacyGive.module.css';
import type { ScreenProps } from './screen.ts';

type Done = ScreenProps<'new-legacy-prove'>['view']['done'];

/** No name is that: it has a space in front. */
const SOMEBODY_ELSE = ' else';

export function NewLegacyWrite({ view }: ScreenProps<'new-legacy-write'>) {
  // Afresh for the next person: no name and no stick is left from the one before.
  return <Writing key={view.number} view={view} />;
}

function Writing({ view }: ScreenProps<'new-legacy-write'>) {
  const { number, count: total, people, done } = view;
  const [chosen, setChosen] = useState('');
  const [other, setOther] = useState('');
  const [volumeId, setVolume] = useState<string | null>(null);
  const isOther = chosen === SOMEBODY_ELSE;
  const by = isOther ? other.trim() : chosen;
  const fault = isOther && other !== '' ? nameFault(other, false) : null;
  const ready = by !== '' && fault === null && volumeId !== null;
  return (
    <Stage heading={`Write new legacy share ${number} of ${total}`} turn={view.turn}>
      <p>
        It goes onto a stick as one line of text, unlocked. Nothing of it is shown here. Take a
        stick for it that holds no other legacy share.
      </p>
      <div className={styles.who}>
        <Select
          label="Who takes it"
          value={chosen}
          onChange={setChosen}
          options={[
            { id: '', label: 'Choose a name' },
            ...people.map((name) => ({ id: name, label: name })),
            { id: SOMEBODY_ELSE, label: 'Somebody else' },
          ]}
        />
        {isOther ? (
          <Field label="Name" value={other} onChange={setOther} fault={fault ?? undefined} wide />
        ) : null}
      </div>
      <VolumePicker mode={view.mode} value={volumeId} onChange={setVolume} />
      <ReadBack done={done} />
      <Actions>
        <Button
          kind="primary"
          disabled={!ready}
          onPress={() => volumeId !== null && say({ type: 'new-legacy-write', by, volumeId })}
        >
          Write to this stick
        </Button>
        <Leave />
      </Actions>
    </Stage>
  );
}

export function NewLegacyReplug({ view }: ScreenProps<'new-legacy-replug'>) {
  const { number, count: total, by, volumeLabel, refusal } = view;
  return (
    <Stage heading={`Pull the stick ${volumeLabel} out and plug it in again`} turn={view.turn}>
      <p>
        New legacy share {number} of {total}, for {by}, was written there. It counts when it was
        read back from the stick itself, so the stick goes out first.
        {refusal === null ? ' This screen goes on by itself.' : ''}
      </p>
      <p>Count to three between pulling it out and plugging it in.</p>
      <Actions>
        {refusal === null ? null : (
          <Button kind="primary" onPress={() => say({ type: 'continue' })}>
            Read it back once more
          </Button>
        )}
        <Button onPress={() => say({ type: 'write-again' })}>
          The stick is broken: write to another one
        </Button>
        <Leave />
      </Actions>
    </Stage>
  );
}

export function NewLegacyProve({ view }: ScreenProps<'new-legacy-prove'>) {
  const { threshold, count: total, done } = view;
  return (
    <Stage heading="Prove that the new legacy shares restore the component" turn={view.turn}>
      <p>
        All {total} were written and read back. The laptop now puts them together as they came from
        their sticks: any {threshold} of them must give the component of the new share set.
      </p>
      <ReadBack done={done} />
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          Restore the component from them
        </Button>
        <Leave />
      </Actions>
    </Stage>
  );
}

function ReadBack({ done }: { readonly done: Done }) {
  if (done.length === 0) return null;
  const media = done.map(
    ({ number, by, description }) => `${by}: new legacy share ${number} on ${description}`,
  );
  return <Named media={media} label="Written and read back" />;
}

/** The adoption does not hang on them. */
function Leave() {
  const [asking, setAsking] = useState(false);
  if (!asking) return <Button onPress={() => setAsking(true)}>Go on without them</Button>;
  return (
    <Button onPress={() => say({ type: 'new-legacy-leave' })}>
      Go on, and destroy those that were written
    </Button>
  );
}
