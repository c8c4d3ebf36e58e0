/**
 * A passphrase of the person's own, typed twice, with an honest word on its strength. What is said
 * here helps; the worker judges it again.
 * @module
 */
import { useEffect, useRef, useState } from 'react';
import { Form } from 'react-aria-components';
import type { EntryTask } from '../../shared/ipc/entry.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { yours } from '../lib/say.ts';
import { send, sendSecret, useEntry } from './link.ts';
import { Head, HiddenField, ShowTyped } from './parts.tsx';
import { useStrength, type Strength } from './strength.ts';
import styles from './Entry.module.css';

/** Longer ones are refused in words; more than this no message carries. */
const MOST_TYPED = 256;

export function OwnPassphrase({ task }: { task: Extract<EntryTask, { task: 'own-passphrase' }> }) {
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const [visible, setVisible] = useState(false);
  const [same, setSame] = useState<boolean | null>(null);
  const { strength, announced, judge } = useStrength(task.first, task.shortest);
  const { busy, refusals } = useEntry();
  // Again after each refusal: the fields were off while the worker looked.
  useEffect(() => {
    if (refusals >= 0) first.current?.focus();
  }, [refusals]);
  const ready = strength.tone === 'good' && same === true && busy === null;
  const compare = () => {
    const [one = '', two = ''] = [first.current?.value, second.current?.value];
    setSame(two === '' ? null : one === two);
  };
  // SECURITY: React is never given the values, so no old state of the page holds them.
  const clear = () => {
    for (const { current } of [first, second]) if (current) current.value = '';
    setSame(null);
    judge('');
  };
  const submit = () => {
    if (!ready || !first.current) return;
    const bytes = new TextEncoder().encode(first.current.value.normalize('NFC'));
    clear();
    sendSecret({ type: 'own-passphrase', bytes }, bytes);
  };
  return (
    <>
      <Head heading="Make up a passphrase of your own" />
      <p>
        It opens {yours(task.protects)}. Take at least six words that have nothing to do with each
        other. No names, no quotation and no song: guessers try those first, and this page cannot
        recognise them.
        {task.shortest === undefined ? null : ` It has at least ${task.shortest} characters.`}
      </p>
      <Form
        className={styles.form ?? ''}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <HiddenField
          id="own-passphrase"
          describedBy="own-passphrase-says"
          label="Passphrase of your own"
          ref={first}
          visible={visible}
          longest={MOST_TYPED}
          onInput={(value) => {
            judge(value);
            compare();
          }}
        />
        <StrengthLine strength={strength} />
        <p aria-live="polite" className={styles.aloud}>
          {announced}
        </p>
        <HiddenField
          id="own-passphrase-again"
          describedBy="own-passphrase-again-says"
          label="The same again"
          ref={second}
          visible={visible}
          longest={MOST_TYPED}
          onInput={compare}
        />
        <p id="own-passphrase-again-says" aria-live="polite" className={styles.count}>
          {same === null
            ? 'Capitals, accents and signs count.'
            : same
              ? 'Both are the same.'
              : 'The two are not the same yet.'}
        </p>
        <ShowTyped visible={visible} onChange={setVisible} />
        <Actions>
          <Button kind="primary" type="submit" disabled={!ready}>
            Use this passphrase
          </Button>
          <Button
            disabled={busy !== null}
            onPress={() => {
              clear();
              send({ type: 'choose', kind: 'generated' });
            }}
          >
            Back to the six words
          </Button>
        </Actions>
      </Form>
    </>
  );
}

function StrengthLine({ strength }: { strength: Strength }) {
  const { tone, verdict, sentence } = strength;
  return (
    <p id="own-passphrase-says" className={styles[`strength-${tone}`]}>
      {tone === 'plain' ? null : <Icon name={tone === 'good' ? 'done' : 'warning'} />}
      <span>
        {verdict === '' ? null : <strong>{verdict} </strong>}
        {sentence}
      </span>
    </p>
  );
}
