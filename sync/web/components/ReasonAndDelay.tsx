/**
 * Why a recovery is asked for, and how long it waits: the same two questions, whoever keeps the key.
 * @module
 */
import { Field } from '../../../ui/Field.tsx';
import { hoursFault } from '../lib/hours.ts';

export interface ReasonAndHours {
  readonly reason: string;
  /** As typed. Empty: as sync is set up. */
  readonly hours: string;
}

export const NOTHING_ASKED: ReasonAndHours = { reason: '', hours: '' };

export const isAsked = ({ reason, hours }: ReasonAndHours): boolean =>
  reason.trim() !== '' && hoursFault(hours) === undefined;

export function ReasonAndDelay(props: {
  readonly value: ReasonAndHours;
  readonly onChange: (value: ReasonAndHours) => void;
}) {
  const { value, onChange } = props;
  return (
    <>
      <Field
        label="Why is it needed?"
        hint="Approvers read it, and it is kept for ever."
        value={value.reason}
        onChange={(reason) => onChange({ ...value, reason })}
        wide
      />
      <Field
        label="Hours of delay"
        hint="Time to object after the second approval. Empty: as this sync is set up. It may be longer, never shorter."
        value={value.hours}
        onChange={(hours) => onChange({ ...value, hours })}
        fault={hoursFault(value.hours)}
      />
    </>
  );
}
