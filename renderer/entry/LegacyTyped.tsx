/**
 * A legacy share, typed or pasted, or the component that was never split. It has no checksum, so
 * what was typed stands beside the field in groups, as the eye compares them with paper.
 *
 * SECURITY: the text is in this window only: in the field, and in the groups, which are written past
 * React into the page. States hold places and counts, no digit. The window goes when it is accepted.
 * @module
 */
import { useEffect, useRef, useState } from 'react';
import { Form } from 'react-aria-components';
import { viewTypedShare, type TypedView } from '../../shared/checktick/legacy/typed.ts';
import type { LegacyTask } from '../../shared/ipc/entry.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { headNumber, shareNumber, verdictOf, type Verdict } from './legacy-typed.ts';
import { sendSecret, useEntry } from './link.ts';
import { Head } from './parts.tsx';
import { TypedGroups } from './TypedGroups.tsx';
import styles from './Entry.module.css';

/** More no message carries; a share in groups has 640. */
const LONGEST = 4000;
/** Somebody types: wait until they stop for so long, in milliseconds. */
const PAUSE_MS = 700;
/** So much of the text is looked at for its head: no digit of the share behind it is kept. */
const HEAD = 12;

export function LegacyTyped({ task }: { task: Extract<LegacyTask, { task: 'legacy-typed' }> }) {
  const { whole } = task;
  const field = useRef<HTMLTextAreaElement>(null);
  const [number, setNumber] = useState('');
  const [view, setView] = useState<TypedView>(NOTHING);
  const { busy, refusals } = useEntry();
  // Again after each refusal: the field was off while the worker looked.
  useEffect(() => {
    if (refusals > 0) field.current?.focus();
  }, [refusals]);
  const verdict = verdictOf(view, whole);
  const wanted = whole ? null : shareNumber(number);
  const ready = verdict.usable && (whole || wanted !== null) && busy === null;
  const look = () => {
    const value = field.current?.value ?? '';
    const bytes = new TextEncoder().encode(value);
    setView(viewTypedShare(bytes));
    bytes.fill(0);
    const head = headNumber(value.slice(0, HEAD));
    if (head !== null && number === '') setNumber(head);
  };
  const submit = () => {
    if (!ready || !field.current) return;
    const text = new TextEncoder().encode(field.current.value);
    sendSecret({ type: 'legacy-typed', number: wanted, text }, text);
  };
  return (
    <>
      <Head heading={whole ? 'Type the whole component' : 'Type your legacy share'} />
      <div className={styles.beside}>
        <Form
          className={styles.form ?? ''}
          autoComplete="off"
          validationBehavior="aria"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <p>
            {whole
              ? 'It has 64 or 128 digits from 0 to 9 and a to f. Capitals, spaces and new lines do not matter.'
              : 'A legacy share is one that was made by CheckTick’s own command: 803-3- and then about 512 digits from 0 to 9 and a to f. Capitals, spaces and new lines do not matter.'}
          </p>
          {whole ? null : (
            <Field
              label="Number of the legacy share"
              hint="803-3- is number 3."
              value={number}
              onChange={setNumber}
              fault={number !== '' && wanted === null ? 'A number from 1 to 255.' : undefined}
            />
          )}
          <label htmlFor="legacy-typed" className={styles.label}>
            {whole ? 'The component' : 'Its digits'}
          </label>
          <textarea
            id="legacy-typed"
            ref={field}
            className={`${styles.input} ${styles.long}`}
            rows={5}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={LONGEST}
            disabled={busy !== null}
            aria-describedby="legacy-digits"
            onInput={look}
          />
          <p id="legacy-digits" className={styles.count}>
            {view.digits} digits
          </p>
          <Said verdict={verdict} />
          <Actions>
            <Button kind="primary" type="submit" disabled={!ready}>
              {whole ? 'Hand over the component' : 'Hand over this legacy share'}
            </Button>
          </Actions>
        </Form>
        <TypedGroups view={view} field={field} />
      </div>
    </>
  );
}

const NOTHING: TypedView = { groups: [], digits: 0, verdict: 'empty' };

/** Seen at once, and said aloud when the hand rests: no key speaks. */
function Said({ verdict }: { readonly verdict: Verdict }) {
  const { tone, sentence } = verdict;
  const [aloud, setAloud] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setAloud(sentence), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [sentence]);
  return (
    <>
      <p className={styles[`strength-${tone}`]}>
        {tone === 'plain' ? null : <Icon name={tone === 'good' ? 'done' : 'stop'} />}
        <span>{sentence}</span>
      </p>
      <p aria-live="polite" className={styles.aloud}>
        {aloud}
      </p>
    </>
  );
}
