/**
 * Recover: a custodian leaves without giving a share. Another one can take the seat.
 * @module
 */
import type { Turn } from '../../shared/ceremony/types.ts';
import { say } from '../lib/store.ts';
import { ReasonForm } from './ReasonForm.tsx';

export function GetUp({ turn, back }: { readonly turn: Turn | null; readonly back: () => void }) {
  return (
    <ReasonForm
      heading="Say why the share is not given"
      turn={turn}
      action="Get up without giving it"
      onReason={(reason) => say({ type: 'get-up', reason })}
      back={back}
    >
      The shares that were given stay. Another custodian can sit down instead. The transcript will
      say that this one left, and why.
    </ReasonForm>
  );
}
