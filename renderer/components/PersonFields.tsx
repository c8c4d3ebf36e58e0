/**
 * One person of the plan: name, where their share or identity goes, and where sync can tell them.
 * @module
 */
import type { ReactNode } from 'react';
import type { MediumKind } from '../../shared/sharing/media-kinds.ts';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import type { PersonForm } from '../lib/plan.ts';
import type { MediumChoice } from '../lib/media.ts';
import { Select } from './Select.tsx';
import styles from './PersonFields.module.css';

export function PersonFields<Medium extends MediumKind>(props: {
  readonly label: string;
  readonly person: PersonForm<Medium>;
  readonly fault: string | undefined;
  /** On what this person may keep it. */
  readonly media: readonly MediumChoice<Medium>[];
  /** Whom sync can tell; its own fault. Absent: nobody asks this person for an address. */
  readonly address?: { readonly fault: string | undefined };
  readonly onChange: (person: PersonForm<Medium>) => void;
  readonly onRemove?: (() => void) | undefined;
  /** Further fields, between name and medium. */
  readonly children?: ReactNode;
}) {
  const { label, person, fault, media, address, onChange, onRemove, children } = props;
  return (
    <li className={styles.person}>
      <Field
        label={label}
        value={person.name}
        onChange={(name) => onChange({ ...person, name })}
        fault={fault}
        wide
      />
      {children}
      <Select
        label="Kept"
        fullLabel={`${label}: kept`}
        value={person.medium}
        options={media}
        onChange={(medium) => onChange({ ...person, medium: medium as Medium })}
      />
      {onRemove === undefined ? null : (
        <div className={styles.remove}>
          <Button label={`Remove ${label.toLowerCase()}`} onPress={onRemove}>
            Remove
          </Button>
        </div>
      )}
      {address === undefined ? null : (
        <div className={styles.mail}>
          <Field
            label={`Mail address of ${label.toLowerCase()}, if any`}
            value={person.mail}
            onChange={(mail) => onChange({ ...person, mail })}
            fault={address.fault}
            wide
          />
        </div>
      )}
    </li>
  );
}
