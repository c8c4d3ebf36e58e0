/**
 * What the people agreed on otherwise than the plan that was loaded has it, in words.
 * @module
 */
import { MEDIUM_NAMES, type MediumKind } from '../sharing/media-kinds.ts';
import { policyInWords, type MediaPolicy } from '../sharing/media-policy.ts';
import type { Plan } from './set-plan.ts';

interface Somebody {
  readonly name: string;
  readonly medium: MediumKind;
  readonly mail?: string | undefined;
}

const NOBODY = 'nobody';
const NOTHING = 'none';

/** One clause each: `custodian 2: A (paper) became B (USB stick)`. Empty: nothing differs. */
export function planChanges(planned: Plan, agreed: Plan): string[] {
  const most = Math.max(planned.custodians.length, agreed.custodians.length);
  return [
    ...changed('name of the set', planned.label, agreed.label),
    ...changed('threshold', String(planned.threshold), String(agreed.threshold)),
    ...Array.from({ length: most }).flatMap((_, at) =>
      person(`custodian ${at + 1}`, planned.custodians[at], agreed.custodians[at]),
    ),
    ...person('operator', planned.operator, agreed.operator),
    ...person('witness', planned.witness, agreed.witness),
    ...changed('paper', planned.page, agreed.page),
    ...changed('rule for the media', rule(planned.policy), rule(agreed.policy)),
  ];
}

function changed(what: string, before: string, after: string): string[] {
  return before === after ? [] : [`${what}: ${before} became ${after}`];
}

function person(role: string, before?: Somebody, after?: Somebody): string[] {
  const known = before !== undefined && after !== undefined;
  return [
    ...changed(role, whole(before), whole(after)),
    ...(known ? changed(`mail of ${role}`, mailOf(before), mailOf(after)) : []),
  ];
}

const whole = (one: Somebody | undefined) =>
  one === undefined ? NOBODY : `${one.name} (${MEDIUM_NAMES[one.medium]})`;
const mailOf = ({ mail }: Somebody) => mail ?? NOTHING;
const rule = (policy: MediaPolicy | undefined) =>
  policy === undefined ? NOTHING : policyInWords(policy);
