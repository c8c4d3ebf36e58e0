/**
 * The files of survey keys that move: taken out with a released package, brought back with its bundle.
 * One after another, so that it does not matter how many there are.
 * @module
 */
import { useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import { Button } from '../../../ui/Button.tsx';
import type { BundleAnswer } from '../../routes/answers.ts';
import type { QueueItem } from '../../routes/page-answers.ts';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import { download } from '../lib/files.ts';
import type { Done } from '../lib/outcome.tsx';
import { useTask } from '../lib/task.ts';
import { Deed } from './Deed.tsx';

interface Props {
  readonly item: QueueItem;
  readonly files: NonNullable<QueueItem['keyFiles']>;
  /** Of the package or bundle. */
  readonly path: string;
  readonly onDone: Done;
}

const filesInWords = (files: number): string => (files === 1 ? '1 file' : `${files} files`);

export function KeyFiles(props: Props) {
  return props.item.kind === 'package' ? <Out {...props} /> : <Back {...props} />;
}

function Out({ item, files: { of, folder }, path }: Props) {
  const [saved, setSaved] = useState(0);
  const { busy, problem, run } = useTask();
  const saveAll = () =>
    run(async () => {
      for (let number = 1; number <= of; number += 1) {
        setSaved(number - 1);
        await download(`${path}/files/${number}`);
      }
      setSaved(of);
    });
  return (
    <>
      <Deed
        does={
          <>
            {filesInWords(of)}, for the same stick: make a folder <strong>{folder}</strong> on it,
            and put {of === 1 ? 'it' : 'all of them'} there. The browser may ask whether it may save
            several files. For very many, <code>conclave-sync package get</code> writes the folder
            by itself.
          </>
        }
      >
        <Button
          disabled={busy}
          onPress={() => void saveAll()}
          label={`Download the files of survey keys: ${item.sentence}`}
        >
          {busy ? `Saved ${saved} of ${of}` : 'Download the files of survey keys'}
        </Button>
      </Deed>
      {saved === of && !busy ? (
        <li>
          <output>{filesInWords(of)} saved.</output>
        </li>
      ) : null}
      {problem === null ? null : (
        <li>
          <Refused problem={problem} />
        </li>
      )}
    </>
  );
}

function Back({ item, files: { there, of, folder }, path, onDone }: Props) {
  const [doing, setDoing] = useState<string | null>(null);
  const { busy, problem, run } = useTask();
  const bring = (picked: readonly File[]) =>
    run(async () => {
      let answer: BundleAnswer | null = null;
      for (const [at, file] of picked.entries()) {
        setDoing(`Taking ${at + 1} of ${picked.length}: ${file.name}`);
        const bytes = new Uint8Array(await file.arrayBuffer());
        answer = await call<BundleAnswer>('POST', `${path}/files`, bytes);
      }
      setDoing(null);
      if (answer !== null) await onDone('Files taken in', answer.sentence);
    });
  return (
    <>
      <Deed
        does={
          <>
            {there} of {filesInWords(of)} have come. They lie on the laptop’s stick in the folder{' '}
            <strong>{folder}</strong>: choose all of them. The order does not matter, and one that
            is here already may come again.
          </>
        }
      >
        <FileTrigger
          allowsMultiple
          acceptedFileTypes={['.json', 'application/json']}
          onSelect={(picked) => {
            if (picked !== null && picked.length > 0) void bring([...picked]);
          }}
        >
          <Button
            kind="primary"
            disabled={busy}
            label={`Bring the files of survey keys: ${item.sentence}`}
          >
            Bring the files of survey keys
          </Button>
        </FileTrigger>
      </Deed>
      {doing === null ? null : (
        <li>
          <output>{doing}</output>
        </li>
      )}
      {problem === null ? null : (
        <li>
          <Refused problem={problem} />
        </li>
      )}
    </>
  );
}
