/**
 * A file from a stick, dropped or picked, as bytes; or why it could not be read.
 * @module
 */
import { useState } from 'react';
import { DropZone, FileTrigger } from 'react-aria-components';
import { Button } from '../../../ui/Button.tsx';
import type { Problem } from '../../http/problem.ts';
import { ownProblem } from '../lib/api.ts';
import styles from './FilePick.module.css';
import { Refused } from './Refused.tsx';

/** Bytes: as much as sync takes in one upload unless it is told otherwise. */
const MOST = 1_048_576;

export interface Picked {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const NOT_READ = {
  unreadable: ownProblem('file-unreadable', {
    title: 'This file cannot be read.',
    detail: 'The stick may have been pulled out, or the file may not be yours to read.',
    next: 'Put the stick in again and choose the file once more.',
    changed: 'no',
  }),
  large: ownProblem('file-too-large', {
    title: 'This file is too large.',
    detail: 'What the laptop writes has far less than 1 MB, so it is another file.',
    next: 'Choose the file that the laptop wrote.',
    changed: 'no',
  }),
  several: ownProblem('file-not-one', {
    title: 'Drop exactly one file.',
    detail: 'Several things were dropped, or a folder, or something that is no file.',
    next: 'Drop the one file, or choose it.',
    changed: 'no',
  }),
} as const;

export function FilePick(props: {
  /** `bundle`, `ticket` */
  readonly what: string;
  readonly disabled: boolean;
  readonly onFile: (picked: Picked) => void;
  /** Called at each try, before anything is read. */
  readonly onTry?: () => void;
}) {
  const { what, disabled, onFile, onTry } = props;
  const [problem, setProblem] = useState<Problem | null>(null);

  async function read(files: readonly (() => Promise<File>)[]): Promise<void> {
    onTry?.();
    setProblem(null);
    const [only] = files;
    if (only === undefined || files.length > 1) {
      setProblem(NOT_READ.several);
      return;
    }
    try {
      const file = await only();
      if (file.size > MOST) setProblem(NOT_READ.large);
      else onFile({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
    } catch {
      setProblem(NOT_READ.unreadable);
    }
  }

  return (
    <>
      <DropZone
        className={styles.zone ?? ''}
        aria-label={`Drop a ${what} file here`}
        isDisabled={disabled}
        onDrop={({ items }) =>
          void read(items.flatMap((item) => (item.kind === 'file' ? [() => item.getFile()] : [])))
        }
      >
        <p>Drop the {what} file from the stick here, or</p>
        <FileTrigger
          acceptedFileTypes={['.json', 'application/json']}
          onSelect={(files) => {
            if (files !== null && files.length > 0) {
              void read([...files].map((file) => async () => file));
            }
          }}
        >
          <Button disabled={disabled}>Choose a {what} file</Button>
        </FileTrigger>
      </DropZone>
      {problem === null ? null : <Refused problem={problem} />}
    </>
  );
}
