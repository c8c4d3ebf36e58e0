/**
 * What is wrong with a plan, or not wise, days before anybody waits for it. A pure function, asked
 * while the plan is written and once more when it is loaded.
 * @module
 */
import { foldName } from '../identity/fold-name.ts';
import { samePlannedInWords, sameInPlan, type UnsealKeys } from '../ledger/duties.ts';
import { policyFault } from '../sharing/media-policy.ts';
import type { CeremonyPlan } from './plan.ts';
import { isPrintable } from './printable.ts';

export interface PlanFinding {
  /** `error`: the ceremony could not be held like this. `warning`: it could, and should not. */
  readonly level: 'error' | 'warning';
  readonly code: string;
  /** Who or what it is about; empty: the whole. */
  readonly about: string;
  /** One or two sentences. */
  readonly words: string;
}

/** What is known of the place where the plan is looked at. */
export interface PlanRoom {
  /** UTC, as in the plan. */
  readonly now: string;
  /** How many printers this laptop finds; null: nobody looked. */
  readonly printers: number | null;
  /** Who unseals Vault; null: nobody said it here. */
  readonly unsealKeys: UnsealKeys | null;
}

/** A plan that may still have empty fields: who has no name yet is left out. */
export function lintPlan(plan: CeremonyPlan, room: PlanRoom): PlanFinding[] {
  const people = peopleOf(plan).filter(({ name }) => name !== '');
  return [
    ...doubles(people),
    ...quorum(plan),
    ...duties(plan, room),
    ...rule(plan),
    ...deputies(plan, people),
    ...letters(plan, people),
    ...bags(plan),
    ...when(plan, room),
    ...laptop(plan, room),
  ];
}

interface Somebody {
  readonly name: string;
  readonly role: string;
}

/** Everybody of a plan, those of the set first. */
export function peopleOf({ set, expected }: CeremonyPlan): Somebody[] {
  const ofSet =
    set === undefined
      ? []
      : [
          ...set.custodians.map(({ name }, at) => ({ name, role: `custodian ${at + 1}` })),
          { name: set.operator.name, role: 'operator' },
          { name: set.witness.name, role: 'witness' },
        ];
  return [...ofSet, ...expected.map(({ name, role }) => ({ name, role }))];
}

const error = (code: string, about: string, words: string): PlanFinding => ({
  level: 'error',
  code,
  about,
  words,
});
const warning = (code: string, about: string, words: string): PlanFinding => ({
  level: 'warning',
  code,
  about,
  words,
});

/** Whoever gives a share of before and gets a new one stands in the plan twice, as it should be. */
const givesAndGets = (one: Somebody, other: Somebody) =>
  one.role === 'custodian' && other.role.startsWith('custodian ');

const withoutNumber = (role: string) => role.replace(/ \d+$/, '');

function doubles(people: readonly Somebody[]): PlanFinding[] {
  return people.flatMap((one, at): PlanFinding[] => {
    const other = people.slice(0, at).find(({ name }) => foldName(name) === foldName(one.name));
    if (other === undefined || givesAndGets(one, other)) return [];
    const role = withoutNumber(one.role);
    return role === withoutNumber(other.role)
      ? [error('same-name', one.name, `${one.name} stands in the plan twice as ${role}.`)]
      : [
          error(
            'two-roles',
            one.name,
            `${one.name} is ${other.role} and ${one.role}: the roles watch each other, so nobody has two.`,
          ),
        ];
  });
}

function quorum({ set, expected, needed }: CeremonyPlan): PlanFinding[] {
  const custodians = expected.filter(({ role }) => role === 'custodian').length;
  return [
    ...(set === undefined ? [] : spare(set.threshold, set.custodians.length, 'are to get a share')),
    ...(needed === undefined ? [] : spare(needed, custodians, 'are expected with a share')),
  ];
}

/** @param are what the custodians do there, after their number */
function spare(threshold: number, count: number, are: string): PlanFinding[] {
  const counted = `${count} ${count === 1 ? 'custodian' : 'custodians'} ${are}, and ${threshold} shares are needed`;
  if (threshold > count) return [error('too-few', '', `${counted}: there can never be enough.`)];
  if (threshold === count) {
    return [
      warning(
        'none-spare',
        '',
        `${counted}: if one of them is ill, or one share is lost, it ends.`,
      ),
    ];
  }
  return count - threshold < 2
    ? [
        warning(
          'two-ill',
          '',
          `${counted}: if two of them are ill, there are not enough. One more custodian would do.`,
        ),
      ]
    : [];
}

/** Who gets a share and unseals Vault: whether they would need nobody else for either half. */
function duties({ set }: CeremonyPlan, { unsealKeys }: PlanRoom): PlanFinding[] {
  if (set === undefined || unsealKeys === null) return [];
  const names = set.custodians.map(({ name }) => name);
  const { people, reachBoth } = sameInPlan(set.threshold, names, unsealKeys);
  return reachBoth
    ? [warning('same-people', people.join(', '), samePlannedInWords(people, unsealKeys))]
    : [];
}

function rule({ set }: CeremonyPlan): PlanFinding[] {
  if (set?.policy === undefined) return [];
  const holders = set.custodians.map(({ name, medium }, at) => ({
    name: name === '' ? `Custodian ${at + 1}` : name,
    media: [medium],
  }));
  const fault = policyFault(set.policy, holders);
  return fault === null
    ? []
    : [
        error(
          fault.code,
          fault.culprit ?? '',
          `${fault.sentences.happened} ${fault.sentences.next}`,
        ),
      ];
}

function deputies({ expected }: CeremonyPlan, people: readonly Somebody[]): PlanFinding[] {
  return (['operator', 'witness'] as const).flatMap((role) => {
    const there = people.filter((one) => one.role === role);
    const [only] = there;
    if (only === undefined) {
      return expected.length === 0
        ? []
        : [warning('nobody', role, `Nobody is down as ${role}: the ceremony needs one.`)];
    }
    return there.length > 1
      ? []
      : [
          warning(
            'no-deputy',
            role,
            `Nobody stands in for ${only.name} as ${role}. If that person is ill, everybody comes for nothing.`,
          ),
        ];
  });
}

function letters({ set }: CeremonyPlan, people: readonly Somebody[]): PlanFinding[] {
  const texts = [...people.map(({ name }) => name), ...(set === undefined ? [] : [set.label])];
  return texts
    .filter((text) => !isPrintable(text))
    .map((text) =>
      warning(
        'letters',
        text,
        `The fonts of the sheets do not have every letter of ${text}: they print “?” and a line on which it is written by hand.`,
      ),
    );
}

function bags({ set, seals }: CeremonyPlan): PlanFinding[] {
  if (set === undefined || seals.length === 0) return [];
  const twice = seals.filter(
    ({ number }, at) => seals.findIndex((other) => other.number === number) !== at,
  );
  const without = set.custodians.filter(
    ({ name }) => name !== '' && !seals.some(({ custodian }) => custodian === name),
  );
  return [
    ...twice.map(({ custodian, number }) =>
      error('same-bag', custodian, `The bag ${number} is down for ${custodian} and for another.`),
    ),
    ...without.map(({ name }) =>
      warning('no-bag', name, `${name} has no bag or strip, and others have one.`),
    ),
  ];
}

/** Whoever prepares a plan on its very day is not told that it is over. */
const STILL_TODAY_MS = 12 * 3_600_000;

function when({ begins }: CeremonyPlan, { now }: PlanRoom): PlanFinding[] {
  return Date.parse(begins) < Date.parse(now) - STILL_TODAY_MS
    ? [warning('past', '', 'The day of this plan is over.')]
    : [];
}

function laptop({ set }: CeremonyPlan, { printers }: PlanRoom): PlanFinding[] {
  if (set === undefined || printers !== 0) return [];
  const { custodians, operator, witness } = set;
  return [...custodians, operator, witness].some(({ medium }) => medium === 'paper')
    ? [
        warning(
          'no-printer',
          '',
          'Something goes onto paper, and no printer is connected to this laptop now.',
        ),
      ]
    : [];
}
