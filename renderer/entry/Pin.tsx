/**
 * The PIN of a YubiKey: the one that it has, or its first one.
 * @module
 */
import { useEffect, useRef, useState, type RefObject } from 'react';
import { Form } from 'react-aria-components';
import type { KeyTask } from '../../shared/ipc/entry.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { keyName, LONGEST_PIN, pinFault, triesInWords } from './key-words.ts';
import { sendSecret, useEntry } from './link.ts';
import { Head, HiddenField, ShowTyped } from './parts.tsx';
import styles from './Entry.module.css';

/** Of a key that takes eight, this few are worth a warning. */
const FEW_TRIES = 3;

/**
 * SECURITY: React is never given the value, so no old state of the page holds it. The key compares
 * bytes, and everybody's keyboard must give the same ones: NFC, as CTAP asks.
 */
function sendPin(...fields: readonly RefObject<HTMLInputElement | null>[]): void {
  const bytes = new TextEncoder().encode(fields[0]?.current?.value.normalize('NFC') ?? '');
  for (const { current } of fields) if (current) current.value = '';
  sendSecret({ type: 'pin', bytes }, bytes);
}

/** Has the focus, again after each refusal: the field was off while the key was asked. */
function useFocus(field: RefObject<HTMLInputElement | null>): void {
  const refusals = useEntry((state) => state.refusals);
  useEffect(() => {
    if (refusals >= 0) field.current?.focus();
  }, [refusals, field]);
}

export function Pin({ task }: { task: Extract<KeyTask, { task: 'pin' }> }) {
  const { key, opens, triesLeft } = task;
  const input = useRef<HTMLInputElement>(null);
  const [visible, setVisible] = useState(false);
  const [empty, setEmpty] = useState(true);
  const busy = useEntry((state) => state.busy);
  useFocus(input);
  return (
    <>
      <Head heading={`Type the PIN of the ${keyName(key)}`} />
      <p>
        With it the key may be used for {opens}. It goes to the key and nowhere else, when you press
        the button; Conclave forgets it as soon as the key has done that.
      </p>
      {triesLeft > FEW_TRIES ? (
        <p id="pin-tries">{triesInWords(triesLeft)}</p>
      ) : (
        <Notice tone="warn" title={triesInWords(triesLeft)}>
          <p id="pin-tries">
            A blocked key is of no use for {opens} ever again. If you are not sure, choose Cancel
            and look up the PIN first: a wrong one is not forgotten when the key is taken out.
          </p>
        </Notice>
      )}
      <Form
        className={styles.form ?? ''}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          if (empty || busy !== null) return;
          setEmpty(true);
          sendPin(input);
        }}
      >
        <HiddenField
          id="pin"
          label="PIN"
          ref={input}
          visible={visible}
          longest={LONGEST_PIN}
          describedBy="pin-tries"
          onInput={(value) => setEmpty(value === '')}
        />
        <ShowTyped visible={visible} onChange={setVisible} />
        <Actions>
          <Button kind="primary" type="submit" disabled={empty || busy !== null}>
            Send this PIN to the key
          </Button>
        </Actions>
      </Form>
    </>
  );
}

export function NewPin({ task }: { task: Extract<KeyTask, { task: 'new-pin' }> }) {
  const { key, shortest } = task;
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const [visible, setVisible] = useState(false);
  const [fault, setFault] = useState<string | null>(`At least ${shortest} characters.`);
  const busy = useEntry((state) => state.busy);
  useFocus(first);
  const judge = () =>
    setFault(pinFault(first.current?.value ?? '', second.current?.value ?? '', shortest));
  return (
    <>
      <Head heading={`Give the ${keyName(key)} its first PIN`} />
      <p>
        This key has no PIN yet: whoever finds it could use it. The PIN stays on the key for good
        and is asked for by everything that uses its FIDO2 side. Write it down, apart from the key:{' '}
        <strong>after eight wrong ones the key is blocked, and no one can reset it</strong> without
        destroying what it holds.
      </p>
      <Form
        className={styles.form ?? ''}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          if (fault !== null || busy !== null) return;
          sendPin(first, second);
          setFault(`At least ${shortest} characters.`);
        }}
      >
        <HiddenField
          id="new-pin"
          label="New PIN"
          ref={first}
          visible={visible}
          longest={LONGEST_PIN}
          describedBy="new-pin-says"
          onInput={judge}
        />
        <HiddenField
          id="new-pin-again"
          label="The same again"
          ref={second}
          visible={visible}
          longest={LONGEST_PIN}
          describedBy="new-pin-says"
          onInput={judge}
        />
        <p id="new-pin-says" aria-live="polite" className={styles.count}>
          {fault ?? 'Both are the same.'}
        </p>
        <ShowTyped visible={visible} onChange={setVisible} />
        <Actions>
          <Button kind="primary" type="submit" disabled={fault !== null || busy !== null}>
            Set this PIN on the key
          </Button>
        </Actions>
      </Form>
    </>
  );
}
