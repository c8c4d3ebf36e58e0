/**
 * Who gives a legacy share next, or the whole component, and how it comes in.
 * @module
 */
import { useState } from 'react';
import type { LegacyWay } from '../../shared/ceremony/adopt/events.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices, type Choice } from '../../ui/Choices.tsx';
import { Field } from '../../ui/Field.tsx';
import { nameFault } from '../lib/plan.ts';
import { say } from '../lib/store.ts';
import { Select } from './Select.tsx';
import styles from './LegacyGive.module.css';

const SHARE_WAYS: readonly Choice<LegacyWay>[] = [
  {
    id: 'file',
    icon: 'stick',
    title: 'A text file on a stick',
    detail: 'One legacy share, or several, each on a line of its own.',
  },
  {
    id: 'code',
    icon: 'camera',
    title: 'A code on paper',
    detail: 'Shown to the camera. The picture is not kept.',
  },
  {
    id: 'typed',
    icon: 'keyboard',
    title: 'Typed from paper',
    detail: 'About 512 digits, shown in groups while they are typed.',
  },
  {
    id: 'openssl',
    icon: 'key',
    title: 'Files of the YubiKey procedure',
    detail: 'One that ends in .enc, and its key, which the YubiKey has decrypted before.',
  },
];

/** A code and the files of the procedure hold legacy shares, never a whole component. */
const WHOLE_WAYS: readonly Choice<LegacyWay>[] = [
  {
    id: 'file',
    icon: 'stick',
    title: 'A file on a stick',
    detail: 'It ends in .bin, or it is a text of 64 or 128 digits.',
  },
  {
    id: 'typed',
    icon: 'keyboard',
    title: 'Typed from paper',
    detail: '64 or 128 digits, shown in groups while they are typed.',
  },
];

/** No name is that: it has a space in front. */
const SOMEBODY_ELSE = ' else';

export function LegacyGive(props: {
  readonly whole: boolean;
  readonly people: readonly string[];
  /** It is the one thing to do here. */
  readonly primary: boolean;
}) {
  const { whole, people, primary } = props;
  const [chosen, setChosen] = useState('');
  const [other, setOther] = useState('');
  const [how, setHow] = useState<LegacyWay | null>(null);
  const isOther = chosen === SOMEBODY_ELSE;
  const by = isOther ? other.trim() : chosen;
  const fault = isOther && other !== '' ? nameFault(other, false) : null;
  const ready = by !== '' && fault === null && how !== null;
  const thing = whole ? 'the component' : 'a legacy share';
  return (
    <section className={styles.give} aria-labelledby="give">
      <h2 id="give" className={styles.heading}>
        {whole ? 'Who has the component?' : 'Who gives one now?'}
      </h2>
      <p>
        This person sits down, and everybody else looks away. {whole ? 'It' : 'The legacy share'} is
        read in a window of its own, stays in memory until this ceremony ends, and is sent and
        written nowhere.
      </p>
      <div className={styles.who}>
        <Select
          label={`Who gives ${thing}`}
          value={chosen}
          onChange={setChosen}
          options={[
            { id: '', label: 'Choose a name' },
            ...people.map((name) => ({ id: name, label: name })),
            { id: SOMEBODY_ELSE, label: 'Somebody else' },
          ]}
        />
        {isOther ? (
          <Field
            label="Name"
            hint="Nobody has to take part in the new set to give one."
            value={other}
            onChange={setOther}
            fault={fault ?? undefined}
            wide
          />
        ) : null}
      </div>
      <Choices
        label="How it comes in"
        value={how}
        onChange={setHow}
        choices={whole ? WHOLE_WAYS : SHARE_WAYS}
      />
      <Actions>
        <Button
          kind={primary ? 'primary' : 'quiet'}
          disabled={!ready}
          onPress={() => how !== null && say({ type: 'legacy-give', by, how })}
        >
          {whole ? 'Read the component' : 'Read this legacy share'}
        </Button>
      </Actions>
    </section>
  );
}
