/**
 * An image or a PDF file of a sheet: another machine held it, so it is an exception.
 * @module
 */
import { useState } from 'react';
import type { EntryTask, EntryWay } from '../../shared/ipc/entry.ts';
import { Actions } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Head, OtherWays } from './parts.tsx';
import { sendSecret, useEntry } from './link.ts';
import styles from './Entry.module.css';

/** The contract's limit: 25 MiB. */
const MOST_BYTES = 25 * 1024 * 1024;

export function File(props: {
  readonly task: Extract<EntryTask, { task: 'scan' }>;
  readonly use: (way: EntryWay) => void;
}) {
  const [tooLarge, setTooLarge] = useState<string | null>(null);
  const busy = useEntry((state) => state.busy);
  const read = async (input: HTMLInputElement) => {
    const [file] = input.files ?? [];
    if (file === undefined) return;
    setTooLarge(file.size > MOST_BYTES ? file.name : null);
    if (file.size <= MOST_BYTES) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      sendSecret({ type: 'file', bytes }, bytes);
    }
    // The same file may be chosen again after a refusal.
    input.value = '';
  };
  return (
    <>
      <Head heading={`Open an image or a PDF file of ${props.task.title}`} />
      <Notice tone="warn">
        <p>
          Another machine has held this file, and may still. That is noted in the transcript. Use
          the sheet itself if you can.
        </p>
      </Notice>
      <div className={styles.form}>
        <label htmlFor="file" className={styles.label}>
          File (PNG, JPEG or PDF, up to 25 MB)
        </label>
        <input
          id="file"
          className={styles.file}
          type="file"
          accept="image/png,image/jpeg,application/pdf"
          disabled={busy !== null}
          onChange={(event) => void read(event.currentTarget)}
        />
        {tooLarge === null ? null : (
          <p role="alert" className={styles.fault}>
            {tooLarge} is larger than 25 MB. A photograph of the sheet is enough.
          </p>
        )}
      </div>
      <Actions>
        <OtherWays ways={props.task.ways} now="file" use={props.use} />
      </Actions>
    </>
  );
}
