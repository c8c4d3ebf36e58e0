/**
 * The rule for the media of a set: none, or which are allowed, how many kinds, whether alike.
 * @module
 */
import type { MediumKind } from '../../shared/sharing/media-kinds.ts';
import { policyInWords, type MediaPolicy } from '../../shared/sharing/media-policy.ts';
import { SHARE_CHOICES } from '../lib/media.ts';
import { Select } from './Select.tsx';
import styles from './PolicyFields.module.css';

const ALL = SHARE_CHOICES.map(({ id }) => id);
/** What a new rule begins with: it says something, and most plans keep it. */
const FIRST: MediaPolicy = { allowed: ALL, kinds: 2, apart: false };

export function PolicyFields(props: {
  readonly policy: MediaPolicy | null;
  readonly onChange: (policy: MediaPolicy | null) => void;
}) {
  const { policy, onChange } = props;
  return (
    <fieldset className={styles.policy}>
      <legend>Rule for the media of the shares</legend>
      <p>
        A rule keeps one cause, such as a batch of bad sticks, from taking several shares at once.
        It is checked before anything is written, and everybody signs it with the set.
      </p>
      <Select
        label="Rule"
        fullLabel="Rule for the media"
        value={policy === null ? 'none' : 'some'}
        onChange={(value) => onChange(value === 'none' ? null : FIRST)}
        options={[
          { id: 'none', label: 'no rule' },
          { id: 'some', label: 'with a rule' },
        ]}
      />
      {policy === null ? null : <Rule policy={policy} onChange={onChange} />}
    </fieldset>
  );
}

function Rule(props: {
  readonly policy: MediaPolicy;
  readonly onChange: (policy: MediaPolicy) => void;
}) {
  const { policy, onChange } = props;
  const allow = (medium: MediumKind, on: boolean) => {
    const allowed = ALL.filter((id) => (id === medium ? on : policy.allowed.includes(id)));
    // A rule without any medium is none: the last one stays.
    if (allowed.length === 0) return;
    onChange({ ...policy, allowed, kinds: Math.min(policy.kinds, allowed.length) });
  };
  return (
    <>
      <fieldset className={styles.allowed}>
        <legend>Allowed</legend>
        {SHARE_CHOICES.map(({ id, label }) => (
          <Check
            key={id}
            label={label}
            checked={policy.allowed.includes(id)}
            onChange={(on) => allow(id, on)}
          />
        ))}
      </fieldset>
      <Select
        label="At least how many kinds"
        value={String(policy.kinds)}
        onChange={(value) => onChange({ ...policy, kinds: Number(value) })}
        options={policy.allowed.map((_, at) => ({
          id: String(at + 1),
          label: at === 0 ? 'one is enough' : `${at + 1} kinds`,
        }))}
      />
      <Check
        label="No two custodians on the same kind"
        checked={policy.apart}
        onChange={(apart) => onChange({ ...policy, apart })}
      />
      <p aria-live="polite">{policyInWords(policy)}</p>
    </>
  );
}

function Check(props: {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (on: boolean) => void;
}) {
  return (
    <label className={styles.check}>
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      {props.label}
    </label>
  );
}
