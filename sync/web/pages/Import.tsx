/**
 * Taking a bundle in: dropped or picked, verified and described first, then taken.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Facts } from '../../../ui/Facts.tsx';
import { Notice } from '../../../ui/Note.tsx';
import type { PreviewAnswer } from '../../routes/page-answers.ts';
import { FilePick, type Picked } from '../components/FilePick.tsx';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import { useTask } from '../lib/task.ts';
import styles from './Import.module.css';

interface Looked extends Picked {
  readonly preview: PreviewAnswer;
}

export function Import({ onChanged }: { onChanged: () => Promise<unknown> }) {
  const [looked, setLooked] = useState<Looked | null>(null);
  const [taken, setTaken] = useState<string | null>(null);
  const { busy, problem, run, forget } = useTask();

  const look = ({ name, bytes }: Picked) =>
    run(async () => {
      const preview = await call<PreviewAnswer>('POST', '/v1/bundles/preview', bytes);
      setLooked({ name, bytes, preview });
    });
  const take = ({ bytes, preview }: Looked) =>
    run(async () => {
      await call('POST', '/v1/bundles', bytes);
      setTaken(preview.sentence);
      setLooked(null);
      await onChanged();
    });

  return (
    <>
      <h2>Take a bundle in</h2>
      <FilePick
        what="bundle"
        disabled={busy}
        onTry={() => {
          forget();
          setTaken(null);
          setLooked(null);
        }}
        onFile={(picked) => void look(picked)}
      />
      {problem === null ? null : <Refused problem={problem} />}
      {taken === null ? null : (
        <Notice tone="good" title="Taken in.">
          <p>{taken}</p>
        </Notice>
      )}
      {looked === null ? null : (
        <section className={styles.preview} aria-label="What this bundle would do">
          <h3>{looked.preview.sentence}</h3>
          <p>
            {looked.name}: every signature is good. Nothing has been taken yet.{' '}
            {looked.preview.next}
          </p>
          {looked.preview.known === null ? null : (
            <p>
              This very bundle is here already: {looked.preview.known}. Taking it again does
              nothing.
            </p>
          )}
          <Facts
            facts={[
              { name: 'bundle in words', value: looked.preview.words },
              ...looked.preview.facts.map(([name, value]) => ({ name, value })),
            ]}
          />
          <Actions>
            <Button kind="primary" disabled={busy} onPress={() => void take(looked)}>
              Take this bundle in
            </Button>
            <Button onPress={() => setLooked(null)}>Leave it</Button>
          </Actions>
        </section>
      )}
    </>
  );
}
