/**
 * The room in which shares are proved, made anew and used for an organisation: one laptop, its
 * people and their media, and its sync.
 * @module
 */
import type { App } from '../e2e/app.ts';
import type { Person } from '../e2e/people.ts';
import type { Report } from '../e2e/report.ts';
import type { Stick } from '../e2e/sticks.ts';
import type { Sync } from '../e2e/sync.ts';

export interface Room {
  readonly app: App;
  readonly sync: Sync;
  readonly report: Report;
  readonly operator: Person;
  readonly witness: Person;
  /** On paper, on a stick, on a stick: any two open the key. */
  readonly custodians: readonly [Person, Person, Person];
  readonly courier: Stick;
}

/** The media that everybody of these carries, and what only they know. */
export const everybody = ({ operator, witness, custodians }: Room): readonly Person[] => [
  operator,
  witness,
  ...custodians,
];
