/**
 * The plan's form as plain data, and what is still wrong with it, field by field.
 * @module
 */
import type { Plan } from '../../shared/plan/set-plan.ts';
import type { PageSize } from '../../shared/ceremony/types.ts';
import { isMailAddress, LONGEST_MAIL } from '../../shared/encoding/mail-address.ts';
import { foldName } from '../../shared/identity/fold-name.ts';
import type { IdentityMedium, MediumKind } from '../../shared/sharing/media-kinds.ts';
import type { MediaPolicy } from '../../shared/sharing/media-policy.ts';

/** The contract's own number; the type says when it changes. */
export const MOST: typeof import('../../shared/sharing/envelope.ts').MAX_CUSTODIANS = 16;
export const FEWEST = 2;
const LONGEST_NAME = 60;
const LONGEST_LABEL = 40;

/** Custodians have media for their shares; everybody else one for the identity. */
export interface PersonForm<Medium extends MediumKind = IdentityMedium> {
  /** For lists: stays the same while others come and go. */
  readonly id: number;
  readonly name: string;
  readonly medium: Medium;
  /** Where sync tells of changes of the keys; empty: nowhere. */
  readonly mail: string;
}

export interface PlanForm {
  readonly label: string;
  readonly threshold: number;
  readonly custodians: readonly PersonForm<MediumKind>[];
  readonly operator: PersonForm;
  readonly witness: PersonForm;
  readonly page: PageSize;
  /** The rule for the media of the shares. */
  readonly policy: MediaPolicy | null;
}

export function emptyForm(year: number): PlanForm {
  const person = (id: number, medium: IdentityMedium): PersonForm => ({
    id,
    name: '',
    medium,
    mail: '',
  });
  return {
    label: `${year} A`,
    threshold: 3,
    custodians: [1, 2, 3, 4].map((id) => person(id, 'usb')),
    operator: person(-1, 'usb'),
    witness: person(-2, 'usb'),
    page: 'A4',
    policy: null,
  };
}

const BEFORE_A = 'A'.charCodeAt(0) - 1;

/** `2026 C`, where sets have the names `2026 A` and `2026 B`: none has a name that one of them had. */
export function nextLabel(year: number, before: readonly string[]): string {
  const last = before.reduce((highest, label) => {
    const [, of, letter = ''] = /^(\d{4}) ([A-Y])$/i.exec(label.trim()) ?? [];
    return of === String(year) ? Math.max(highest, letter.toUpperCase().charCodeAt(0)) : highest;
  }, BEFORE_A);
  return `${year} ${String.fromCharCode(last + 1)}`;
}

export function formOf(plan: Plan): PlanForm {
  const person = <Medium extends MediumKind>(
    id: number,
    { name, medium, mail = '' }: { name: string; medium: Medium; mail?: string | undefined },
  ): PersonForm<Medium> => ({ id, name, medium, mail });
  return {
    ...plan,
    policy: plan.policy ?? null,
    custodians: plan.custodians.map((one, at) => person(at + 1, one)),
    operator: person(-1, plan.operator),
    witness: person(-2, plan.witness),
  };
}

export function planOf(form: PlanForm): Plan {
  const person = <Medium extends MediumKind>({ name, medium }: PersonForm<Medium>) => ({
    name: name.trim(),
    medium,
  });
  const told = <Medium extends MediumKind>(one: PersonForm<Medium>) => {
    const mail = one.mail.trim();
    return mail === '' ? person(one) : { ...person(one), mail };
  };
  return {
    label: form.label.trim(),
    threshold: form.threshold,
    custodians: form.custodians.map(told),
    operator: person(form.operator),
    witness: told(form.witness),
    page: form.page,
    ...(form.policy === null ? {} : { policy: form.policy }),
  };
}

export function withoutPerson(form: PlanForm, id: number): PlanForm {
  const custodians = form.custodians.filter((one) => one.id !== id);
  return { ...form, custodians, threshold: Math.min(form.threshold, custodians.length) };
}

export function withPerson(form: PlanForm): PlanForm {
  const id = Math.max(0, ...form.custodians.map((one) => one.id)) + 1;
  const medium = form.custodians[form.custodians.length - 1]?.medium ?? 'usb';
  return { ...form, custodians: [...form.custodians, { id, name: '', medium, mail: '' }] };
}

/** The name of a person's field for the address, among {@link faults}. */
export const mailOf = (id: number | string): string => `mail ${id}`;

/** What is wrong, by field: `label`, the id of a person, {@link mailOf} it. Empty when the plan can be used. */
export function faults(form: PlanForm): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const label = form.label.trim();
  if (label === '') found.set('label', 'Give the set a name, for example 2026 A.');
  if (label.length > LONGEST_LABEL) found.set('label', `Use ${LONGEST_LABEL} letters or fewer.`);
  const everyone = [...form.custodians, form.operator, form.witness];
  const names = everyone.map(({ name }) => foldName(name));
  for (const [at, { id, name }] of everyone.entries()) {
    const fault = nameFault(name, names.indexOf(foldName(name)) !== at);
    if (fault !== null) found.set(String(id), fault);
  }
  for (const { id, mail } of [...form.custodians, form.witness]) {
    const fault = mailFault(mail.trim());
    if (fault !== null) found.set(mailOf(id), fault);
  }
  return found;
}

export function nameFault(name: string, taken: boolean): string | null {
  const trimmed = name.trim();
  if (trimmed === '') return 'Enter a name.';
  if (trimmed.length > LONGEST_NAME) return `Use ${LONGEST_NAME} letters or fewer.`;
  if (/\p{Cc}|\p{Cf}/u.test(trimmed)) return 'Use letters, digits and spaces only.';
  // One person in two roles would sign for both: the roles watch each other.
  if (taken) return 'This name is already in the plan. Everyone has one role.';
  return null;
}

export function mailFault(mail: string): string | null {
  if (mail === '' || isMailAddress(mail)) return null;
  if (mail.length > LONGEST_MAIL) return `Use ${LONGEST_MAIL} letters or fewer.`;
  return 'Write one whole address, such as keys@hospital.example, or leave it empty.';
}

/** What the choice of threshold means, in people. */
export function thresholdMeaning(threshold: number, total: number): string {
  const spare = total - threshold;
  const lost =
    spare === 0
      ? 'If one share is lost, the platform key is lost: there is none to spare.'
      : `The key survives the loss of ${spare} ${spare === 1 ? 'share' : 'shares'}.`;
  return `Any ${threshold} of ${total} custodians together open the key; ${threshold - 1} cannot. ${lost}`;
}
