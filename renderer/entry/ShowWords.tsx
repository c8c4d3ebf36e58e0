/**
 * Six generated words, shown once.
 * @module
 */
import { useEffect, useRef, useState } from 'react';
import type { EntryTask } from '../../shared/ipc/entry.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { yours } from '../lib/say.ts';
import { Head } from './parts.tsx';
import { onWords, send } from './link.ts';
import styles from './Entry.module.css';

const SPACE = 0x20;

export function ShowWords({ task }: { task: Extract<EntryTask, { task: 'show-words' }> }) {
  const words = useRef<HTMLOListElement>(null);
  const [shown, setShown] = useState(false);
  useEffect(
    () =>
      onWords((bytes) => {
        if (words.current) fill(words.current, bytes);
        setShown(true);
      }),
    [],
  );
  return (
    <>
      <Head heading="Write these six words on your own paper" />
      <p>
        They open {yours(task.protects)}. Write them in this order, with their numbers, in letters
        that you can read in two years.
      </p>
      <ol ref={words} className={styles.words} aria-label="Your six words" />
      <p>
        Keep the paper <strong>apart from the stick</strong>: together they are the share. They are
        not shown again later. Do not photograph them.
      </p>
      <Actions>
        <Button
          kind="primary"
          disabled={!shown}
          onPress={() => {
            words.current?.replaceChildren();
            send({ type: 'words-written-down' });
          }}
        >
          I have written down all six words
        </Button>
        <Button
          onPress={() => {
            words.current?.replaceChildren();
            send({ type: 'choose', kind: 'own' });
          }}
        >
          Use a passphrase of my own instead
        </Button>
      </Actions>
    </>
  );
}

/**
 * SECURITY: each word goes into the page alone; React never sees it, the bytes are wiped. The
 * page's own text cannot be wiped, which is why the window is destroyed.
 */
function fill(place: HTMLElement, bytes: Uint8Array): void {
  const decoder = new TextDecoder();
  let start = 0;
  for (let at = 0; at <= bytes.length; at += 1) {
    if (at < bytes.length && bytes[at] !== SPACE) continue;
    const line = document.createElement('li');
    line.append(decoder.decode(bytes.subarray(start, at)));
    place.append(line);
    start = at + 1;
  }
  bytes.fill(0);
}
