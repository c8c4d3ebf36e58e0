/**
 * Choose sync's descriptor from the sticks.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { LoadPlan } from '../components/LoadPlan.tsx';
import { DocumentPicker } from '../components/Pickers.tsx';
import { PlanSummary } from '../components/PlanSummary.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Descriptor({ view }: ScreenProps<'descriptor'>) {
  const [id, setId] = useState<string | null>(null);
  return (
    <Stage heading="Plug in the stick that came from sync" turn={view.turn}>
      <p>
        Sync is the service beside CheckTick. Its descriptor says which sync this ceremony works
        for, and how its signature is recognised.
      </p>
      <DocumentPicker
        kind="descriptor"
        what="descriptor"
        mode={view.mode}
        value={id}
        onChange={setId}
      />
      <Actions>
        <Button
          kind="primary"
          disabled={id === null}
          onPress={() => id !== null && say({ type: 'choose-document', id })}
        >
          Use this descriptor
        </Button>
      </Actions>
      {view.planned === undefined ? (
        <LoadPlan mode={view.mode} />
      ) : (
        <PlanSummary planned={view.planned} mode={view.mode} />
      )}
    </Stage>
  );
}
