/**
 * Adopt: two people answer for what nothing proves, or for one of two vault components. Each sits down,
 * reads it, and types an own name and a sentence; nothing is filled in for them.
 * @module
 */
import { useState } from 'react';
import { Form } from 'react-aria-components';
import type { ComponentPlace } from '../../shared/bundle/adopt.ts';
import { answerSentence, sameWords } from '../../shared/ceremony/adopt/sentences.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { LegacyUnopened } from '../components/LegacyUnopened.tsx';
import { Stage } from '../components/Shell.tsx';
import { LEGACY_SHARE, openedInWords, placeInWords } from '../lib/legacy-words.ts';
import { list } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from './LegacyDecision.module.css';

type Props = ScreenProps<'legacy-decision'>;

export function LegacyDecision({ view }: Props) {
  const { answered } = view;
  const proved = view.proof !== null && openedInWords(view.proof) !== null;
  const what = proved ? 'the vault component' : 'a key that nothing proves';
  return (
    <Stage
      heading={
        answered === null
          ? `Answer for ${what}: the first of two people`
          : `Answer for ${what}: the second person`
      }
      turn={view.turn}
    >
      {answered === null ? null : (
        <Notice tone="good" title={`${answered} has answered.`}>
          <p>Now somebody else sits down, reads this, and types. Nothing is decided before that.</p>
        </Notice>
      )}
      <What view={view} />
      {/* Nothing of the first person's is left for the second. */}
      <Answer key={answered ?? ''} view={view} />
    </Stage>
  );
}

function Answer({ view }: Props) {
  const { places, people, found, answered } = view;
  const [only] = places;
  const [chosen, setChosen] = useState<ComponentPlace | null>(
    places.length === 1 ? (only ?? null) : null,
  );
  const [by, setBy] = useState('');
  const [typed, setTyped] = useState('');
  const alone = answered !== null && sameWords(by, answered);
  const sentence = chosen === null ? null : answerSentence(chosen);
  const ready =
    chosen !== null &&
    sentence !== null &&
    by.trim() !== '' &&
    !alone &&
    sameWords(typed, sentence);
  return (
    <Form
      className={styles.form ?? ''}
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        say({ type: 'legacy-answer', place: chosen, by: by.trim(), sentence: typed });
      }}
    >
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
      <Notice tone="warn" title="What your answer means">
        <ul className={styles.means}>
          <li>
            {chosen === null
              ? 'You answer for the choice.'
              : `You answer for it that half of the platform key ${found.version} is ${placeInWords(chosen)}.`}{' '}
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
      <div className={styles.own}>
        <Field
          label="Your name"
          hint={`You type it yourself, as the plan has it. In it are ${list(people)}.`}
          value={by}
          onChange={setBy}
          fault={alone ? `${answered ?? ''} has answered. Somebody else types here.` : undefined}
        />
        <Field
          label="Your answer"
          hint={
            sentence === null
              ? 'Choose first which vault component is right.'
              : `If you answer for it, type this sentence: ${sentence}`
          }
          value={typed}
          onChange={setTyped}
          wide
        />
      </div>
      <Actions>
        <Button kind="danger" type="submit" disabled={!ready}>
          I answer for it
        </Button>
        <Button onPress={() => say({ type: 'legacy-more' })}>Back to what was brought</Button>
      </Actions>
    </Form>
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
