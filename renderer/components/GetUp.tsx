/**
 * A custodian leaves without giving a share, or without destroying one.
 * @module
 */
import type { Turn } from '../../shared/ceremony/types.ts';
import type { SeatPurpose } from '../../shared/ceremony/view.ts';
import { say } from '../lib/store.ts';
import { ReasonForm } from './ReasonForm.tsx';

export function GetUp(props: {
  readonly turn: Turn | null;
  readonly purpose?: SeatPurpose;
  /** Nobody sat down. */
  readonly absent?: boolean;
  readonly back: () => void;
}) {
  const { turn, purpose = 'give-share', absent = false, back } = props;
  const onReason = (reason: string) => say({ type: 'get-up', reason });
  if (purpose === 'destroy') {
    return (
      <ReasonForm
        heading="Say why nothing is destroyed"
        turn={turn}
        action="Go on without"
        onReason={onReason}
        back={back}
      >
        What belongs to this share stays on the list of the home screen until it is destroyed.
      </ReasonForm>
    );
  }
  if (purpose === 'refresh') {
    return (
      <ReasonForm
        heading="Say why there is no new share yet"
        turn={turn}
        action={absent ? 'Go on with somebody else' : 'Get up for now'}
        onReason={onReason}
        back={back}
      >
        Everybody who was agreed on has to come before this ends: {turn?.name ?? 'this custodian'}{' '}
        comes again later, or the ceremony is void. The transcript will say why.
      </ReasonForm>
    );
  }
  return (
    <ReasonForm
      heading="Say why the share is not given"
      turn={turn}
      action={absent ? 'Go on without this share' : 'Get up without giving it'}
      onReason={onReason}
      back={back}
    >
      The shares that were given stay. Another custodian can sit down instead. The transcript will
      say that this one {absent ? 'did not come' : 'left'}, and why.
    </ReasonForm>
  );
}
