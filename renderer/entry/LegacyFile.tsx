/**
 * A file with legacy shares, or with the component that was never split. It is no exception, as the
 * picture of a sheet is one: a file is what CheckTick's command leaves behind, and as safe as ever.
 * @module
 */
import { useState } from 'react';
import type { LegacyTask } from '../../shared/ipc/entry.ts';
import { bytesOf, fileFault, type Limit } from './chosen-file.ts';
import { sendSecret, useEntry } from './link.ts';
import { Head } from './parts.tsx';
import styles from './Entry.module.css';

/** Far more than 255 legacy shares need. */
const LIMIT: Limit = { bytes: 512 * 1024, words: 'half a megabyte' };

export function LegacyFile({ task }: { task: Extract<LegacyTask, { task: 'legacy-file' }> }) {
  const { whole } = task;
  const [fault, setFault] = useState<string | null>(null);
  const busy = useEntry((state) => state.busy);
  const read = async (input: HTMLInputElement) => {
    const [file] = input.files ?? [];
    if (file === undefined) return;
    const found = fileFault(file, LIMIT);
    setFault(found);
    if (found === null) {
      const bytes = await bytesOf(file);
      sendSecret({ type: 'file', bytes }, bytes);
    }
    // The same file may be chosen again after a refusal.
    input.value = '';
  };
  return (
    <>
      <Head
        heading={
          whole ? 'Open the file with the whole component' : 'Open the file with your legacy share'
        }
      />
      <p>
        {whole
          ? 'It ends in .bin, or it is a text of 64 or 128 digits from 0 to 9 and a to f.'
          : 'A legacy share is one that was made by CheckTick’s own command: a line of text that begins with 801-1-, 802-2- and so on. A file may hold several, one on each line.'}
      </p>
      <p>
        The file was made by another machine, as all of them were, so nothing has to be written down
        for that. It stays on its stick: lock it away again.
      </p>
      <div className={styles.form}>
        <label htmlFor="legacy-file" className={styles.label}>
          {whole ? 'File (.bin, or a plain text)' : 'File (a plain text)'}
        </label>
        <input
          id="legacy-file"
          className={styles.file}
          type="file"
          disabled={busy !== null}
          onChange={(event) => void read(event.currentTarget)}
        />
        <p role="alert" className={styles.fault}>
          {fault}
        </p>
      </div>
    </>
  );
}
