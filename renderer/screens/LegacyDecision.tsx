/**
 * Adopt: two people put their names to what nothing proves, or to one of two vault components.
 * @module
 */
import { useState } from 'react';
import type { ComponentPlace } from '../../shared/bundle/adopt.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { LegacyUnopened } from '../components/LegacyUnopened.tsx';
import { Select } from '../components/Select.tsx';
import { Stage } from '../components/Shell.tsx';
import { LEGACY_SHARE, openedInWords, placeInWords } from '../lib/legacy-words.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from './LegacyDecision.module.css';

type Props = ScreenProps<'legacy-decision'>;

const WORD = 'ANSWER';

export function LegacyDecision({ view }: Props) {
  const { places, people, found } = view;
  const [only] = places;
  const [chosen, setChosen] = useState<ComponentPlace | null>(
    places.length === 1 ? (only ?? null) : null,
  );
  const [[first, second], setBoth] = useState<readonly [string, string]>(['', '']);
  const [word, setWord] = useState('');
  const alone = first !== '' && first === second;
  const ready = chosen !== null && first !== '' && second !== '' && !alone && word === WORD;
  const proved = view.proof !== null && openedInWords(view.proof) !== null;
  return (
    <Stage
      heading={
        proved
          ? 'Put two names to the vault component'
          : 'Put two names to a key that nothing proves'
      }
      turn={view.turn}
    >
      <What view={view} />
      {places.length > 1 ? (
        <Choices
          label="Which vault component is right"
          value={chosen}
          onChange={setChosen}
          choices={[
            {
              id: 'row',
              title: 'The one in the database row',
              detail: 'CheckTick’s own rotation writes a new one here, and not into Vault.',
            },
            {
              id: 'vault',
              title: 'The one in Vault',
              detail: 'CheckTick makes the keys of organisations and teams with it.',
            },
          ]}
        />
      ) : null}
      <Notice tone="warn" title="What your names mean">
        <ul className={styles.means}>
          <li>
            {chosen === null
              ? 'You answer for the choice.'
              : `You answer for it that ${placeInWords(chosen)} is half of the platform key ${found.version}.`}{' '}
            It stands in the transcript, you sign it, and sync’s approvers read it.
          </li>
          <li>
            If it is wrong, whatever is sealed for recovery under this key from now on is lost when
            it is needed.
          </li>
          <li>
            Nothing of the old is changed: Vault, the database row and whatever was brought stay as
            they are.
          </li>
          {found.compared === 'differs' ? (
            <li>
              Sync goes on naming the difference, and releases no package of this version until
              people have put it right.
            </li>
          ) : null}
        </ul>
      </Notice>
      <div className={styles.two}>
        <Person
          label="First person"
          people={people}
          value={first}
          onChange={(name) => setBoth([name, second])}
        />
        <Person
          label="Second person"
          people={people}
          value={second}
          onChange={(name) => setBoth([first, name])}
        />
      </div>
      <p role="alert" className={styles.fault}>
        {alone ? 'Two different people have to answer for it.' : ''}
      </p>
      <Field label={`When both have read this, type ${WORD}`} value={word} onChange={setWord} />
      <Actions>
        <Button
          kind="danger"
          disabled={!ready}
          onPress={() =>
            chosen !== null && say({ type: 'legacy-decide', place: chosen, by: [first, second] })
          }
        >
          Both answer for it
        </Button>
        <Button onPress={() => say({ type: 'legacy-more' })}>Back to what was brought</Button>
      </Actions>
    </Stage>
  );
}

/** What is known, and what is not. */
function What({ view }: Props) {
  const { proof, places, found } = view;
  const [only] = places;
  const opened = proof === null ? null : openedInWords(proof);
  if (proof !== null && opened !== null) {
    return (
      <>
        <p>
          With what was brought, and with <strong>{placeInWords(proof.place ?? 'both')}</strong>,{' '}
          {opened} opened. With the other vault component none did.
        </p>
        <LegacyUnopened proof={proof} />
        {proof.wrong === null ? null : (
          <p>
            Legacy share {proof.wrong} was the wrong one. {LEGACY_SHARE}
          </p>
        )}
        <p>
          What opened cannot be outvoted. If you do not understand why the two differ, stop here and
          ask whoever runs CheckTick: a change of the key may have been left half done.
        </p>
      </>
    );
  }
  return (
    <p>
      {found.organisationKeys === undefined
        ? `What was brought was tried on nothing, because sync has no stored survey key of ${found.version} in the package.`
        : `Nothing proves what was brought: sync has no user’s survey key of ${found.version} in the package, and no passphrase opened what came of an organisation.`}{' '}
      {places.length > 1 || only === undefined
        ? 'Vault and the database row hold different vault components, and only you can say which is right: by notes, by backups, by when each was written.'
        : `Its other half is ${placeInWords(only)}.`}
    </p>
  );
}

function Person(props: {
  readonly label: string;
  readonly people: readonly string[];
  readonly value: string;
  readonly onChange: (name: string) => void;
}) {
  const { label, people, value, onChange } = props;
  return (
    <Select
      label={label}
      value={value}
      onChange={onChange}
      options={[
        { id: '', label: 'Choose a name' },
        ...people.map((name) => ({ id: name, label: name })),
      ]}
    />
  );
}
