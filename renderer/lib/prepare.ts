/**
 * The form of a ceremony's plan as plain data: what is still missing in it, and the plan it makes.
 * @module
 */
import { SET_KINDS, type ExpectedRole, type PlannedKind } from '../../shared/plan/kinds.ts';
import type { CeremonyPlan } from '../../shared/plan/plan.ts';
import type { Mode } from '../../shared/mode.ts';
import {
  emptyForm,
  faults as setFaults,
  formOf,
  nameFault,
  planOf,
  type PlanForm,
} from './plan.ts';

/** Somebody who comes besides the people of the set. */
export interface ExpectedForm {
  readonly id: number;
  readonly name: string;
  readonly role: ExpectedRole;
  readonly brings: string;
}

export interface PrepareForm {
  readonly mode: Mode;
  readonly ceremony: PlannedKind;
  /** `2026-12-14`, on this laptop's calendar. */
  readonly date: string;
  /** `10:00` */
  readonly time: string;
  readonly minutes: string;
  readonly place: string;
  readonly remarks: string;
  readonly set: PlanForm;
  /** Numbers of bags and strips, by the id of a custodian. */
  readonly bags: Readonly<Record<number, string>>;
  readonly expected: readonly ExpectedForm[];
  /** How many shares that exist are needed; empty: nobody says. */
  readonly needed: string;
}

export const makesSet = (ceremony: PlannedKind): boolean =>
  SET_KINDS.some((kind) => kind === ceremony);

/** Whether shares that exist are given. */
export const needsShares = (ceremony: PlannedKind): boolean =>
  ceremony !== 'split' && ceremony !== 'adopt' && ceremony !== 'drill';

export function emptyPlan(now: Date, mode: Mode): PrepareForm {
  return {
    mode,
    ceremony: 'split',
    date: '',
    time: '10:00',
    minutes: '90',
    place: '',
    remarks: '',
    set: emptyForm(now.getFullYear()),
    bags: {},
    expected: [],
    needed: '',
  };
}

export function prepareFormOf(plan: CeremonyPlan): PrepareForm {
  const begins = new Date(plan.begins);
  const set = plan.set === undefined ? emptyForm(begins.getFullYear()) : formOf(plan.set);
  const bagOf = (name: string) => plan.seals.find(({ custodian }) => custodian === name)?.number;
  return {
    mode: plan.mode,
    ceremony: plan.ceremony,
    date: `${begins.getFullYear()}-${two(begins.getMonth() + 1)}-${two(begins.getDate())}`,
    time: `${two(begins.getHours())}:${two(begins.getMinutes())}`,
    minutes: String(plan.minutes),
    place: plan.place,
    remarks: plan.remarks,
    set,
    bags: Object.fromEntries(set.custodians.map(({ id, name }) => [id, bagOf(name) ?? ''])),
    expected: plan.expected.map((one, at) => ({ id: at + 1, ...one })),
    needed: plan.needed === undefined ? '' : String(plan.needed),
  };
}

/** What is written so far; what could not be saved yet is in {@link prepareFaults}. */
export function ceremonyPlanOf(form: PrepareForm): CeremonyPlan {
  const { mode, ceremony, set } = form;
  const bags = set.custodians.flatMap(({ id, name }) => {
    const number = (form.bags[id] ?? '').trim();
    return number === '' ? [] : [{ custodian: name.trim(), number }];
  });
  return {
    conclave: 'plan',
    version: 1,
    mode,
    ceremony,
    begins: beginsOf(form) ?? '',
    minutes: Number(form.minutes),
    place: form.place.trim(),
    remarks: form.remarks.trim(),
    ...(makesSet(ceremony) ? { set: planOf(set) } : {}),
    seals: makesSet(ceremony) ? bags : [],
    expected: form.expected.map(({ name, role, brings }) => ({
      name: name.trim(),
      role,
      brings: brings.trim(),
    })),
    ...(needsShares(ceremony) && form.needed !== '' ? { needed: Number(form.needed) } : {}),
  };
}

/** UTC, of the laptop's own date and time; null: no such moment. */
function beginsOf({ date, time }: Pick<PrepareForm, 'date' | 'time'>): string | null {
  const day = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(date.trim());
  const clock = /^(\d{1,2}):(\d\d)$/.exec(time.trim());
  if (day === null || clock === null) return null;
  const [year, month, dayOf] = day.slice(1).map(Number);
  const [hours, minutes] = clock.slice(1).map(Number);
  if (year === undefined || month === undefined || dayOf === undefined) return null;
  if (hours === undefined || minutes === undefined || hours > 23 || minutes > 59) return null;
  const begins = new Date(year, month - 1, dayOf, hours, minutes);
  const isThere = begins.getMonth() === month - 1 && begins.getDate() === dayOf && year >= 2000;
  return isThere ? `${begins.toISOString().slice(0, 19)}Z` : null;
}

/** The names of a row's fields, among {@link prepareFaults}. */
export const rowOf = (id: number, field: 'name' | 'brings'): string => `row ${id} ${field}`;
export const bagOf = (id: number): string => `bag ${id}`;

/** What is wrong, by field; empty when it can be saved. */
export function prepareFaults(form: PrepareForm): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (beginsOf({ date: form.date, time: '00:00' }) === null) {
    found.set('date', 'Write year, month and day, such as 2026-12-14.');
  }
  if (beginsOf({ date: '2026-01-31', time: form.time }) === null) {
    found.set('time', 'Write hours and minutes, such as 10:00.');
  }
  if (!isBetween(form.minutes, 5, 1440)) found.set('minutes', 'Write minutes, from 5 to 1440.');
  if (form.place.trim() === '') found.set('place', 'Say where it takes place.');
  tooLong(found, 'place', form.place, 120);
  tooLong(found, 'remarks', form.remarks, 1000);
  for (const { id, name, brings } of form.expected) {
    const fault = nameFault(name, false);
    if (fault !== null) found.set(rowOf(id, 'name'), fault);
    tooLong(found, rowOf(id, 'brings'), brings, 200);
  }
  if (makesSet(form.ceremony)) {
    for (const [field, fault] of setFaults(form.set)) found.set(field, fault);
    for (const [id, number] of Object.entries(form.bags)) {
      tooLong(found, bagOf(Number(id)), number, 40);
    }
  } else if (form.expected.length === 0) {
    found.set('expected', 'Add at least one person who comes.');
  }
  if (needsShares(form.ceremony) && form.needed !== '' && !isBetween(form.needed, 2, 16)) {
    found.set('needed', 'Write a number from 2 to 16, or leave it empty.');
  }
  return found;
}

function isBetween(text: string, least: number, most: number): boolean {
  return /^\d{1,4}$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;
}

function tooLong(found: Map<string, string>, field: string, text: string, most: number): void {
  if (text.trim().length > most) found.set(field, `Use ${most} letters or fewer.`);
}

const two = (value: number) => String(value).padStart(2, '0');
