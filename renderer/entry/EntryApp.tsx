/**
 * The page of an entry window: one task at a time.
 * @module
 */
import { useState, type ReactNode } from 'react';
import type { EntryTask, EntryWay } from '../../shared/ipc/entry.ts';
import { Band } from '../../ui/Band.tsx';
import { Actions, Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Notice } from '../../ui/Note.tsx';
import { BackupKey } from './BackupKey.tsx';
import { File } from './File.tsx';
import { KeyErase } from './KeyErase.tsx';
import { KeyIn, KeyReplug } from './KeyIn.tsx';
import { KeySlot } from './KeySlot.tsx';
import { LegacyCode } from './LegacyCode.tsx';
import { LegacyFile } from './LegacyFile.tsx';
import { LegacyOpenssl } from './LegacyOpenssl.tsx';
import { LegacyTyped } from './LegacyTyped.tsx';
import { Lines } from './Lines.tsx';
import { send, useEntry } from './link.ts';
import { Head } from './parts.tsx';
import { OwnPassphrase } from './OwnPassphrase.tsx';
import { Passphrase } from './Passphrase.tsx';
import { NewPin, Pin } from './Pin.tsx';
import { Scan } from './Scan.tsx';
import { ShowWords } from './ShowWords.tsx';
import { Touch } from './Touch.tsx';
import styles from './Entry.module.css';

export function EntryApp() {
  const { mode, task, turn, again, done } = useEntry();
  if (mode === null || task === null) return <Waiting />;
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
      <main className={styles.main}>
        {done ? <Done /> : again ? <Again /> : <Task key={turn} task={task} />}
      </main>
    </div>
  );
}

/** Nobody said yet what this window is for. */
function Waiting() {
  const giveUp = () => {
    send({ type: 'cancel' });
    // Without a connection nobody hears that: the window goes by itself.
    window.close();
  };
  return (
    <div className={styles.frame}>
      <header className={styles.top}>
        <p>Conclave</p>
        <Button onPress={giveUp}>Cancel</Button>
      </header>
      <main className={styles.main}>
        <Head heading="One moment" />
      </main>
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

/** What went wrong can be mended, and nothing was lost. */
function Again() {
  return (
    <>
      <Head heading="Do this step once more" />
      <Actions>
        <Button kind="primary" onPress={() => send({ type: 'again' })}>
          Try again
        </Button>
      </Actions>
    </>
  );
}

function Task({ task }: { task: EntryTask }): ReactNode {
  switch (task.task) {
    case 'show-words':
      return <ShowWords task={task} />;
    case 'own-passphrase':
      return <OwnPassphrase task={task} />;
    case 'passphrase':
      return <Passphrase task={task} />;
    case 'scan':
      return <Sheet task={task} />;
    case 'lines':
      return <Lines task={task} />;
    case 'legacy-file':
      return <LegacyFile task={task} />;
    case 'legacy-code':
      return <LegacyCode />;
    case 'legacy-typed':
      return <LegacyTyped task={task} />;
    case 'legacy-openssl':
      return <LegacyOpenssl />;
    case 'key-in':
      return <KeyIn task={task} />;
    case 'key-replug':
      return <KeyReplug task={task} />;
    case 'key-slot':
      return <KeySlot task={task} />;
    case 'key-erase':
      return <KeyErase task={task} />;
    case 'pin':
      return <Pin task={task} />;
    case 'new-pin':
      return <NewPin task={task} />;
    case 'touch':
      return <Touch task={task} />;
    case 'backup-key':
      return <BackupKey task={task} />;
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
