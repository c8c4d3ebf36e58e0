/**
 * Putting the right YubiKey in, and taking it out for a moment. What is plugged in is seen by itself.
 * @module
 */
import { useState } from 'react';
import type { KeyShown, KeyTask } from '../../shared/ipc/entry.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { keyInHeading, keyInMeaning, keyName } from './key-words.ts';
import { send } from './link.ts';
import { Head } from './parts.tsx';
import styles from './Entry.module.css';

type Task = Extract<KeyTask, { task: 'key-in' }>;

export function KeyIn({ task }: { task: Task }) {
  const { state, found } = task;
  return (
    <>
      <Head heading={keyInHeading(task)} />
      <p>{keyInMeaning(task)}</p>
      {state === 'none' ? (
        <p>
          It is seen within a second, and this page goes on by itself. If nothing happens, turn it
          over, or try another socket of the laptop.
        </p>
      ) : null}
      {state === 'choose' ? <Choose found={found} /> : null}
      {state === 'leave-one' ? (
        <p>
          These keys hide their numbers, so nobody can tell which one is yours. Take the others out;
          this page goes on by itself.
        </p>
      ) : null}
      {state === 'other' || state === 'leave-one' ? <PluggedIn found={found} /> : null}
    </>
  );
}

function PluggedIn({ found }: { found: readonly KeyShown[] }) {
  return (
    <div>
      <p className={styles.label}>Plugged in now</p>
      <ul>
        {found.map((key, at) => (
          <li key={`${key.serial ?? at}`}>
            {keyName(key)}, firmware {key.firmware}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Told apart by the number that is printed on each. */
function Choose({ found }: { found: readonly KeyShown[] }) {
  const [serial, setSerial] = useState<string | null>(null);
  return (
    <>
      <Choices
        label="Plugged in now"
        value={serial}
        onChange={setSerial}
        choices={found.flatMap((key) =>
          key.serial === null
            ? []
            : [
                {
                  id: String(key.serial),
                  icon: 'key' as const,
                  title: String(key.serial),
                  detail: `${key.model}, firmware ${key.firmware}. The number is printed on it.`,
                },
              ],
        )}
      />
      <p>Or take the others out: this page then goes on by itself.</p>
      <Actions>
        <Button
          kind="primary"
          disabled={serial === null}
          onPress={() => serial !== null && send({ type: 'choose-key', serial: Number(serial) })}
        >
          Use this key
        </Button>
      </Actions>
    </>
  );
}

export function KeyReplug({ task }: { task: Extract<KeyTask, { task: 'key-replug' }> }) {
  return (
    <>
      <Head heading="Take the YubiKey out, then put it in again" />
      <p>
        Without power it forgets everything but its secrets. Only then is it proved that{' '}
        {task.title} opens with the key as you carry it home. Take out every YubiKey that is plugged
        in and count to three. This page goes on by itself.
      </p>
    </>
  );
}
