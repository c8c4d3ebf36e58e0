/**
 * A sheet, typed line by line. Each is checked at once; the accepted ones are hidden.
 * @module
 */
import { useEffect, useRef, useState } from 'react';
import { Form } from 'react-aria-components';
import type { EntryTask } from '../../shared/ipc/entry.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Head, OtherWays } from './parts.tsx';
import { send, sendSecret, useEntry } from './link.ts';
import { inGroups, symbolCount } from './typed.ts';
import styles from './Entry.module.css';

/** Ten groups of four. */
const SYMBOLS: typeof import('../../shared/encoding/line-check.ts').LINE_SYMBOLS = 40;

export function Lines({ task }: { task: Extract<EntryTask, { task: 'lines' }> }) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(0);
  const { busy, refusals } = useEntry();
  // Again after each refusal: the field was off while the worker looked.
  useEffect(() => {
    if (refusals >= 0) input.current?.focus();
  }, [refusals]);
  const submit = () => {
    const field = input.current;
    if (!field || field.value.trim() === '') return;
    const text = new TextEncoder().encode(field.value);
    sendSecret({ type: 'line', text }, text);
  };
  return (
    <>
      <Head
        heading={`Type line ${task.line}${task.count === null ? '' : ` of ${task.count}`} of ${task.title}`}
      />
      <p>
        The lines stand under the code on your sheet: ten groups of four. Capitals and spaces do not
        matter. Each line is checked when you press Enter.
      </p>
      <Form
        className={styles.form ?? ''}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <label htmlFor="line" className={styles.label}>
          Line {task.line}
        </label>
        <input
          id="line"
          ref={input}
          className={`${styles.input} ${styles.code}`}
          type="text"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          disabled={busy !== null}
          aria-describedby="line-count"
          onInput={(event) => {
            regroup(event.currentTarget);
            setTyped(symbolCount(event.currentTarget.value));
          }}
        />
        <p id="line-count" className={styles.count}>
          {typed} of {SYMBOLS} letters and digits
        </p>
        <Actions>
          <Button kind="primary" type="submit" disabled={typed === 0 || busy !== null}>
            Check this line
          </Button>
          <OtherWays ways={task.ways} now="typed" use={(way) => send({ type: 'use', way })} />
        </Actions>
      </Form>
    </>
  );
}

/** Sets spaces while typing at the end; a correction in the middle is left alone. */
function regroup(field: HTMLInputElement): void {
  if (field.selectionStart !== field.value.length) return;
  field.value = inGroups(field.value);
}
