/**
 * A plan that was prepared is loaded from its stick: nobody types while others wait.
 * @module
 */
import { useState } from 'react';
import type { Mode } from '../../shared/mode.ts';
import { Button } from '../../ui/Button.tsx';
import { usePolled } from '../lib/polling.ts';
import { say } from '../lib/store.ts';
import { DocumentPicker } from './Pickers.tsx';
import styles from './PlanSummary.module.css';

export function LoadPlan({ mode }: { readonly mode: Mode }) {
  const [id, setId] = useState<string | null>(null);
  const found = usePolled('documents:find', { kind: 'plan', mode });
  return (
    <section className={styles.card} aria-label="A plan that was prepared">
      <h2>Was this ceremony prepared?</h2>
      {found === undefined || found.length === 0 ? (
        <p>Plug in the stick with its plan: what is on it appears here by itself.</p>
      ) : (
        <>
          <p>Then nothing of it has to be typed, and its digest stands in the transcript.</p>
          <DocumentPicker kind="plan" what="plan" mode={mode} value={id} onChange={setId} />
          <Button
            disabled={id === null}
            onPress={() => id !== null && say({ type: 'load-plan', id })}
          >
            Load the plan from the stick
          </Button>
        </>
      )}
    </section>
  );
}
