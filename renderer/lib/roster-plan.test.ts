import { describe, expect, it } from 'vitest';
import { rosterViews } from '../fixtures/roster-views.ts';
import { mailOf } from './plan.ts';
import { rosterFaults, rosterForm, rosterPlanOf, type RosterForm } from './roster-plan.ts';

const view = rosterViews['roster-plan'];
if (view.screen !== 'roster-plan') throw new Error('The fixture is another screen.');
const fresh = { ...view, namesAdmins: false };
const form = rosterForm(fresh);
const [first, , , fourth] = form.listed.map(({ name }) => name);

const typed = (who: string | undefined, mail: string): RosterForm => ({
  ...form,
  listed: form.listed.map((one) => (one.name === who ? { ...one, mail } : one)),
});
const planned = (changed: RosterForm, who: string | undefined) =>
  rosterPlanOf(changed).people.find(({ name }) => name === who);

describe('addresses of who is in the roster', () => {
  it('says nothing of an address that was left as it is', () => {
    expect(rosterPlanOf(form).people.some((one) => 'mail' in one)).toBe(false);
  });

  it('says another one, a first one, and that there is none any more', () => {
    expect(planned(typed(first, ' keys@hospital.example '), first)?.mail).toBe(
      'keys@hospital.example',
    );
    expect(planned(typed(fourth, 'keys@hospital.example'), fourth)?.mail).toBe(
      'keys@hospital.example',
    );
    expect(planned(typed(first, ' '), first)?.mail).toBeNull();
  });

  it('comes back with a refusal as it was typed', () => {
    for (const mail of ['keys@hospital.example', '']) {
      const plan = rosterPlanOf(typed(first, mail));
      const [back] = rosterForm({ ...fresh, plan }).listed;
      expect(back?.mail).toBe(mail);
    }
  });

  it('finds a wrong one, and asks for none of who leaves', () => {
    const wrong = typed(first, 'keys at hospital');
    expect([...rosterFaults(wrong).keys()]).toEqual([mailOf(`of ${first}`)]);
    const leaves = wrong.listed.map((one) => ({ ...one, fate: 'leaves' as const }));
    expect(rosterFaults({ ...wrong, listed: leaves }).size).toBe(0);
  });
});
