/**
 * The page of an entry window: one task at a time.
 * @module
 */
import { useEffect, useRef, useState } from 'react';
import type { EntryTask, EntryWay } from '../../shared/ipc/entry.ts';
import { Band } from '../components/Band.tsx';
import { Button } from '../components/Button.tsx';
import { Icon } from '../components/Icon.tsx';
import { Notice, Refused } from '../components/Note.tsx';
import { File } from './File.tsx';
import { Lines } from './Lines.tsx';
import { send, useEntry } from './link.ts';
import { Passphrase } from './Passphrase.tsx';
import { Scan } from './Scan.tsx';
import { ShowWords } from './ShowWords.tsx';
import styles from './Entry.module.css';

export function EntryApp() {
  const { mode, task, turn, done } = useEntry();
  if (mode === null || task === null) return <p aria-live="polite">One moment.</p>;
  return (
    <div className={styles.frame}>
      <Band mode={mode} />
      <header className={styles.top}>
        <p className={styles.person}>
          <Icon name="person" />
          <span>
            <strong>{task.person}</strong>
            <span className={styles.away}> Everyone else, please look away.</span>
          </span>
        </p>
        {done ? null : <Button onPress={() => send({ type: 'cancel' })}>Cancel</Button>}
      </header>
      <main className={styles.main}>{done ? <Done /> : <Task key={turn} task={task} />}</main>
    </div>
  );
}

function Done() {
  return (
    <Notice tone="good" title="Done.">
      <p>This window closes by itself.</p>
    </Notice>
  );
}

function Task({ task }: { task: EntryTask }) {
  switch (task.task) {
    case 'show-words':
      return <ShowWords task={task} />;
    case 'passphrase':
      return <Passphrase task={task} />;
    case 'scan':
      return <Sheet task={task} />;
    case 'lines':
      return <Lines task={task} />;
  }
}

/** A file takes the camera's place in the same task. */
function Sheet({ task }: { task: Extract<EntryTask, { task: 'scan' }> }) {
  const [way, setWay] = useState(task.ways.find((one) => one !== 'typed') ?? 'camera');
  const use = (next: EntryWay) => {
    if (next !== 'typed') setWay(next);
    send({ type: 'use', way: next });
  };
  return way !== 'file' ? <Scan task={task} use={use} /> : <File task={task} use={use} />;
}

/** The instruction, and under it what the worker said of the last entry. */
export function Head({ heading }: { heading: string }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (heading !== '') title.current?.focus();
  }, [heading]);
  const { busy, refused, accepted } = useEntry();
  return (
    <>
      <h1 ref={title} tabIndex={-1}>
        {heading}
      </h1>
      <div aria-live="polite" className={styles.live}>
        {busy === null && accepted !== null ? (
          <p className={styles.accepted}>
            <Icon name="done" /> {accepted}
          </p>
        ) : null}
        {busy === null ? null : <p className={styles.busy}>{busy}.</p>}
      </div>
      <div role="alert" className={styles.live}>
        {refused === null ? null : <Refused note={refused} />}
      </div>
    </>
  );
}

const WAYS: Readonly<Record<EntryWay, string>> = {
  camera: 'Use the camera instead',
  typed: 'Type the lines instead',
  file: 'Open a file instead',
};

/** The other ways that this sheet may come in. */
export function OtherWays(props: {
  readonly ways: readonly EntryWay[];
  readonly now: EntryWay;
  readonly use: (way: EntryWay) => void;
}) {
  const others = props.ways.filter((way) => way !== props.now);
  return others.map((way) => (
    <Button key={way} onPress={() => props.use(way)}>
      {WAYS[way]}
    </Button>
  ));
}
