/**
 * Whether a plan is the one of a ceremony: its digest in the log, and what was agreed on compared with
 * what the plan has. What the log says of changes is not believed but made again.
 * @module
 */
import { fact } from '../transcript/entry.ts';
import { entries, type CeremonyLog } from '../transcript/log.ts';
import { agreedPlan } from './agreed.ts';
import { planChanges } from './changes.ts';
import type { ReadPlan } from './plan.ts';
import type { Plan } from './set-plan.ts';

export interface PlanInLog {
  /** SHA-256 of the plan's file. */
  readonly digest: string;
  /** The log names this digest, and says of every difference that it was made by hand. */
  readonly fits: boolean;
  /** Each a sentence. */
  readonly sentences: readonly string[];
}

export function planInLog(log: CeremonyLog, { plan, digest }: ReadPlan): PlanInLog {
  const all = entries(log);
  const loaded = all.filter((entry) => fact(entry, 'kind') === 'plan-loaded');
  const found = loaded.filter((entry) => fact(entry, 'digest') === digest).at(-1);
  const answer = (fits: boolean, ...sentences: string[]) => ({ digest, fits, sentences });
  if (found === undefined) {
    const none = loaded.length === 0;
    return answer(
      false,
      none
        ? 'No plan was loaded in this ceremony.'
        : 'Another plan was loaded in this ceremony: the digest differs.',
    );
  }
  if (plan.ceremony !== log.header.kind) {
    return answer(false, 'This plan is for another kind of ceremony than the log is of.');
  }
  const said = `Entry ${found.n} has the digest of this plan.`;
  const agreed = all.filter((entry) => fact(entry, 'kind') === 'plan-agreed').at(-1);
  if (plan.set === undefined || agreed === undefined) return answer(true, said);
  if (fact(agreed, 'plan') !== digest) {
    return answer(false, said, `Entry ${agreed.n}: the people agreed on another plan.`);
  }
  const told = agreed.leaves
    .filter(({ path }) => path.startsWith('changed.'))
    .map(({ path }) => String(fact(agreed, path) ?? '(withheld)'));
  const asAgreed = agreedPlan(agreed, plan.set.policy);
  if (asAgreed === null) {
    return answer(true, said, 'A name is withheld, so what was agreed on cannot be compared.');
  }
  const silent = planChanges(unknownAsStick(plan.set), asAgreed).filter(
    (change) => !told.some((one) => one === change || isSameMedium(one, change)),
  );
  return answer(
    silent.length === 0,
    said,
    ...told.map((change) => `Changed by hand: ${change}.`),
    ...silent.map((change) => `Entry ${agreed.n} does not say that this was changed: ${change}.`),
  );
}

/** The log has no media of operator and witness. */
const unknownAsStick = (set: Plan): Plan => ({
  ...set,
  operator: { ...set.operator, medium: 'usb' },
  witness: { ...set.witness, medium: 'usb' },
});

/** Of operator and witness: the same but for the media, which the log of what was agreed does not have. */
const isSameMedium = (one: string, other: string) =>
  /^(operator|witness):/.test(one) && withoutMedia(one) === withoutMedia(other);

const withoutMedia = (change: string) =>
  change.replaceAll(/ \((?:paper|USB stick|YubiKey \(FIDO2\))\)/g, '');
