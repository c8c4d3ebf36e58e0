/**
 * How CheckTick's command split the component: into how many legacy shares, and how many of them
 * are needed.
 * @module
 */
import type { LegacySplit } from '../../shared/ceremony/types.ts';
import { Field } from '../../ui/Field.tsx';
import styles from './LegacySplitFields.module.css';

/** As it is typed. */
export interface SplitForm {
  readonly threshold: string;
  readonly count: string;
}

/** What CheckTick's documents tell everybody to do. */
const USUAL: SplitForm = { threshold: '3', count: '4' };

const FEWEST = 2;
const MOST = 255;

export const splitFormOf = (split: LegacySplit): SplitForm =>
  split === null ? USUAL : { threshold: String(split.threshold), count: String(split.count) };

/** Null: it cannot have been like that. */
export function splitOf(form: SplitForm): NonNullable<LegacySplit> | null {
  const threshold = numberOf(form.threshold);
  const total = numberOf(form.count);
  if (threshold === null || total === null || threshold > total) return null;
  return { threshold, count: total };
}

function numberOf(typed: string): number | null {
  if (!/^[0-9]{1,3}$/.test(typed.trim())) return null;
  const value = Number(typed);
  return value >= FEWEST && value <= MOST ? value : null;
}

export function LegacySplitFields(props: {
  readonly form: SplitForm;
  readonly onChange: (form: SplitForm) => void;
}) {
  const { form, onChange } = props;
  const [threshold, total] = [numberOf(form.threshold), numberOf(form.count)];
  const range = `A number from ${FEWEST} to ${MOST}.`;
  const tooMany = threshold !== null && total !== null && threshold > total;
  return (
    <div className={styles.split}>
      <Field
        label="Legacy shares that were made"
        value={form.count}
        onChange={(count) => onChange({ ...form, count })}
        fault={total === null ? range : undefined}
      />
      <Field
        label="How many of them are needed"
        value={form.threshold}
        onChange={(needed) => onChange({ ...form, threshold: needed })}
        fault={
          threshold === null
            ? range
            : tooMany
              ? 'No more than the number that were made.'
              : undefined
        }
      />
    </div>
  );
}
