/**
 * A YubiKey is about to blink, or blinks: what the touch does stands here before.
 * @module
 */
import type { KeyTask } from '../../shared/ipc/entry.ts';
import { keyName, TOUCHES } from './key-words.ts';
import { useEntry } from './link.ts';
import { Head } from './parts.tsx';
import styles from './Entry.module.css';

export function Touch({ task }: { task: Extract<KeyTask, { task: 'touch' }> }) {
  const { keys, does, seconds } = task;
  const blinking = useEntry((state) => state.blinking);
  const busy = useEntry((state) => state.busy);
  const { heading, means } = TOUCHES[does];
  return (
    <>
      <Head heading={heading} />
      <p>{means}</p>
      {keys.length === 1 || does === 'select' ? null : (
        <p>Several keys are plugged in that hide their numbers: touch your own, and no other.</p>
      )}
      <p>
        {[...new Set(keys.map(keyName))].join(', ')}. After it begins to blink it waits {seconds}{' '}
        seconds for your finger. If that was too short, nothing is lost: the step is repeated.
      </p>
      {/* Assertive: whoever does not see it blink has these seconds only. */}
      <p
        aria-live="assertive"
        className={styles.touch}
        data-now={blinking ? '' : undefined}
        hidden={busy !== null}
      >
        {blinking ? 'It blinks now: touch the metal.' : 'Have your finger ready.'}
      </p>
    </>
  );
}
