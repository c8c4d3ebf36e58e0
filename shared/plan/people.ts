/**
 * Who comes to a planned ceremony, as what and with what: for the screen and for the sheet.
 * @module
 */
import { MEDIUM_NAMES } from '../sharing/media-kinds.ts';
import type { CeremonyPlan } from './plan.ts';

export interface PlannedPerson {
  readonly name: string;
  /** `custodian 2`; `operator, too`: somebody who stands in. */
  readonly role: string;
  /** Empty: nothing. */
  readonly brings: string;
}

export function plannedPeople({ set, seals, expected }: CeremonyPlan): PlannedPerson[] {
  if (set === undefined) return [...expected];
  const custodians = set.custodians.map(({ name, medium, mail }, at) => {
    const bag = seals.find(({ custodian }) => custodian === name)?.number;
    const parts = [MEDIUM_NAMES[medium], ...(bag === undefined ? [] : [`bag ${bag}`]), mail ?? ''];
    return { name, role: `custodian ${at + 1}`, brings: joined(parts) };
  });
  const { operator, witness } = set;
  return [
    ...custodians,
    { name: operator.name, role: 'operator', brings: MEDIUM_NAMES[operator.medium] },
    {
      name: witness.name,
      role: 'witness',
      brings: joined([MEDIUM_NAMES[witness.medium], witness.mail ?? '']),
    },
    ...expected.map(({ name, role, brings }) => ({ name, role: `${role}, too`, brings })),
  ];
}

const joined = (parts: readonly string[]) => parts.filter((part) => part !== '').join(', ');
