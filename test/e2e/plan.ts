/**
 * The plan of a ceremony that makes shares, as somebody types it.
 * @module
 */
import type { App } from './app.ts';
import type { Person } from './people.ts';

export interface People {
  readonly operator: Person;
  readonly witness: Person;
  readonly custodians: readonly Person[];
}

/** As many lines the empty form has. */
const LINES = 4;

/** Names, and on what each keeps it, into the empty form. */
export async function typePeople(app: App, people: People): Promise<void> {
  const { operator, witness, custodians } = people;
  await app.at('plan');
  for (let line = LINES; line > custodians.length; line -= 1) {
    await app.press(`Remove custodian ${line}`);
  }
  for (const [label, one] of [
    ...custodians.map((custodian, at) => [`Custodian ${at + 1}`, custodian] as const),
    ['Operator', operator] as const,
    ['Witness', witness] as const,
  ]) {
    await typePerson(app, label, one);
  }
}

/** One line of the form. */
export async function typePerson(app: App, label: string, { name, keeps }: Person): Promise<void> {
  await app.type(name, label);
  await app.select(`${label}: kept`, keeps === 'usb' ? 'on a stick' : 'on paper');
}

export async function agreeOnAny(app: App, threshold: number): Promise<void> {
  await app.select('How many shares open the key', new RegExp(`^any ${threshold} of`));
  await app.press('Agree on this plan');
}
