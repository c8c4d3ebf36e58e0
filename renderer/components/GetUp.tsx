/**
 * Recover: a custodian leaves without giving a share. Another one can take the seat.
 * @module
 */
import { useState } from 'react';
import type { Turn } from '../../shared/ceremony/types.ts';
import { Actions, Button } from './Button.tsx';
import { Field } from './Field.tsx';
import { Stage } from './Shell.tsx';
import { say } from '../lib/store.ts';

export function GetUp({ turn, back }: { readonly turn: Turn | null; readonly back: () => void }) {
  const [reason, setReason] = useState('');
  return (
    <Stage heading="Say why the share is not given" turn={turn}>
      <p>
        The shares that were given stay. Another custodian can sit down instead. The transcript will
        say that this one left, and why.
      </p>
      <Field label="Reason" value={reason} onChange={setReason} lines={2} wide />
      <Actions>
        <Button
          kind="primary"
          disabled={reason.trim().length < 3}
          onPress={() => say({ type: 'get-up', reason: reason.trim() })}
        >
          Get up without giving it
        </Button>
        <Button onPress={back}>Back</Button>
      </Actions>
    </Stage>
  );
}
