/**
 * One of the two new admins of sync: name, number in CheckTick, roles, and where the identity goes.
 * @module
 */
import type { PlainMedium } from '../../shared/sharing/media-kinds.ts';
import { Field } from '../../ui/Field.tsx';
import { PLAIN_CHOICES } from '../lib/media.ts';
import type { AdminForm, AdminRoles } from '../lib/roster-plan.ts';
import { Select } from './Select.tsx';
import styles from './NewAdminFields.module.css';

const ROLES: readonly { readonly id: AdminRoles; readonly label: string }[] = [
  { id: 'both', label: 'operator, approver' },
  { id: 'approver', label: 'approver' },
  { id: 'all', label: 'operator, approver, auditor' },
];

export function NewAdminFields(props: {
  readonly label: string;
  readonly admin: AdminForm;
  readonly faults: { readonly name: string | undefined; readonly user: string | undefined };
  readonly onChange: (admin: AdminForm) => void;
}) {
  const { label, admin, faults, onChange } = props;
  return (
    <li className={styles.admin}>
      <Field
        label={label}
        value={admin.name}
        onChange={(name) => onChange({ ...admin, name })}
        fault={faults.name}
        wide
      />
      <Field
        label={`${label}: number in CheckTick`}
        value={admin.user}
        onChange={(user) => onChange({ ...admin, user })}
        fault={faults.user}
      />
      <Select
        label="Roles"
        fullLabel={`${label}: roles`}
        value={admin.roles}
        options={ROLES}
        onChange={(roles) => onChange({ ...admin, roles: roles as AdminRoles })}
      />
      <Select
        label="Kept"
        fullLabel={`${label}: kept`}
        value={admin.medium}
        options={PLAIN_CHOICES}
        onChange={(medium) => onChange({ ...admin, medium: medium as PlainMedium })}
      />
    </li>
  );
}
