/**
 * What of the audit list is shown. It stands in the address, so a list can be kept and handed on.
 * @module
 */
import { useId, useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import type { AuditTypesAnswer } from '../../routes/audit-answers.ts';
import type { AuditFilter as Filter } from '../lib/audit.ts';
import styles from './Audit.module.css';

export function AuditFilter(props: {
  readonly filter: Filter;
  readonly types: AuditTypesAnswer['types'];
  readonly onShow: (filter: Filter) => void;
}) {
  const { types, onShow } = props;
  const [filter, setFilter] = useState(props.filter);
  const set = Object.keys(props.filter).length;
  const kind = useId();
  const one = (name: keyof Filter) => ({
    value: filter[name] ?? '',
    onChange: (value: string) => setFilter({ ...filter, [name]: value }),
  });
  return (
    <details className={styles.filter} open={set > 0}>
      <summary>{set === 0 ? 'Filter' : `Filter (${set} set)`}</summary>
      <form
        className={styles.form}
        aria-label="Filter"
        onSubmit={(event) => {
          event.preventDefault();
          onShow(filter);
        }}
      >
        <Field label="From" hint="A day, such as 2026-11-24 (UTC)" {...one('from')} />
        <Field label="Until" hint="A day; it is included" {...one('to')} />
        <div className={styles.kind}>
          <label htmlFor={kind}>Kind of entry</label>
          <select
            id={kind}
            value={filter.type ?? ''}
            onChange={(event) => setFilter({ ...filter, type: event.target.value })}
          >
            <option value="">All</option>
            {types.map(({ type, says }) => (
              <option key={type} value={type}>
                {says}
              </option>
            ))}
            {filter.type?.includes(',') ? <option value={filter.type}>{filter.type}</option> : null}
          </select>
        </div>
        <Field label="Admin" hint="The name of who did it" {...one('admin')} />
        <Field
          label="Request, digest or nonce"
          hint="A request’s code, or the first digits"
          {...one('subject')}
        />
        <Field label="Text" hint="Anywhere in an entry" {...one('text')} />
        <Actions>
          <Button type="submit" kind="primary">
            Show these
          </Button>
          <Button onPress={() => onShow({})}>Show all</Button>
        </Actions>
      </form>
    </details>
  );
}
