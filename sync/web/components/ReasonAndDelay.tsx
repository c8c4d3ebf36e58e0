/**
 * Why a recovery is asked for, and how long it waits: the same two questions, whoever keeps the key.
 * @module
 */
import { Field } from '../../../ui/Field.tsx';
import { hoursFault } from '../lib/hours.ts';
import type { ReasonAndHours } from '../lib/ask-recovery.ts';

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
