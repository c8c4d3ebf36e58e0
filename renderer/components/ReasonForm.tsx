/**
 * Asks for a reason, which goes into the transcript, before somebody leaves a step undone.
 * @module
 */
import { useState, type ReactNode } from 'react';
import type { Turn } from '../../shared/ceremony/types.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Stage } from './Shell.tsx';

export function ReasonForm(props: {
  readonly heading: string;
  readonly turn: Turn | null;
  /** What is true afterwards. */
  readonly children: ReactNode;
  /** The verb of the button. */
  readonly action: string;
  readonly onReason: (reason: string) => void;
  readonly back: () => void;
}) {
  const [reason, setReason] = useState('');
  const given = reason.trim();
  return (
    <Stage heading={props.heading} turn={props.turn}>
      <p>{props.children}</p>
      <Field label="Reason" value={reason} onChange={setReason} lines={2} wide />
      <Actions>
        <Button kind="primary" disabled={given.length < 3} onPress={() => props.onReason(given)}>
          {props.action}
        </Button>
        <Button onPress={props.back}>Back</Button>
      </Actions>
    </Stage>
  );
}
