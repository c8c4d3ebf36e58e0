import { describe, expect, test } from 'vitest';
import { keyOf, ROSTER_FACTS, ROSTER_PLAN, mailOf } from '../../../test/support/ceremony-facts.ts';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import { changeInWords } from '../../identity/roster-change.ts';
import type { PersonEvent } from '../events.ts';
import type { RosterPlan } from '../../plan/roster-plan.ts';
import { rosterTransition } from './transition.ts';
import type { RosterState } from './state.ts';
import { rosterView } from './view.ts';

const viewOf = (walked: Walk) =>
  rosterView(walked.state as RosterState, { entries: 1, words: 'four words' });

const planned = (change: Partial<RosterPlan>): PersonEvent => ({
  type: 'roster-plan',
  plan: { ...ROSTER_PLAN, ...change },
});

describe('a change of the roster from package to receipt', () => {
  const done = walk('roster', 'closed');

  test('goes through every step in order, and asks for no share before people agreed', () => {
    const places = done.states.map(place).filter((now, at, all) => now !== all[at - 1]);
    const enrols = (who: string, medium: 'usb' | 'paper') => [
      ...['handover', 'identity', 'words', 'write'].map((step) => `${who} ${step}`),
      ...(medium === 'usb' ? [`${who} replug`] : []),
      `${who} read-back`,
      `${who} copy`,
    ];
    const gives = (index: number) => [
      'who',
      ...['handover', 'share-in', 'identity', 'attest'].map((step) => `${index} ${step}`),
    ];
    expect(places).toEqual([
      'descriptor',
      'descriptor-words',
      'package',
      'roster-plan',
      'environment',
      'clock',
      ...enrols('custodian', 'usb'),
      ...enrols('operator', 'usb'),
      ...enrols('admin', 'paper'),
      'roster-facts',
      ...gives(1),
      ...gives(2),
      ...gives(3),
      'sign-roster',
      ...['handover', 'identity', 'attest'].map((step) => `witness ${step}`),
      ...['handover', 'identity', 'attest'].map((step) => `operator ${step}`),
      'save-bundle',
      'waiting',
      'closed',
    ]);
  });

  test('restores nothing from the shares', () => {
    const effects = new Set(done.effects.map(({ effect }) => effect));
    for (const effect of ['open-kek', 'prove-quorum', 'open-package', 'make-key'] as const) {
      expect(effects.has(effect)).toBe(false);
    }
  });

  test('one who is in the roster and an admin sits down once, and signs with what was made here', () => {
    const [signed] = done.effects.filter((effect) => effect.effect === 'sign-roster');
    expect(signed).toMatchObject({
      people: [
        { name: 'custodian 1', publicKey: keyOf('custodian 1') },
        { name: 'custodian 2' },
        { name: 'custodian 3' },
        { name: 'custodian 4' },
        { name: 'operator 2', roles: ['operator'], publicKey: keyOf('operator 2') },
        { name: 'witness', publicKey: keyOf('witness') },
      ],
      admins: [
        { name: 'operator 2', userId: 12, publicKey: keyOf('operator 2') },
        { name: 'admin 2', userId: 13, publicKey: keyOf('admin 2') },
      ],
    });
  });

  test('what people agreed to is recorded whole, with the keys of the new admins', () => {
    expect(done.recorded('roster-agreed')).toEqual([
      {
        serial: 2,
        previous: { type: 'digest', value: ROSTER_FACTS.rosterDigest },
        'change.1': 'operator 2 comes in as operator',
        'change.2': 'operator (operator) leaves',
        'admin.1.name': 'operator 2',
        'admin.1.user': 12,
        'admin.1.roles': 'operator, approver',
        'admin.1.key': { type: 'digest', value: keyOf('operator 2') },
        'admin.2.name': 'admin 2',
        'admin.2.user': 13,
        'admin.2.roles': 'approver',
        'admin.2.key': { type: 'digest', value: keyOf('admin 2') },
      },
    ]);
  });

  test('the statement that is signed names what it is for and nothing else', () => {
    const view = viewOf(walk('roster', '2 attest'));
    expect(view.screen === 'attest' && view.statement).toBe(
      'I gave share 2 of 4 to sign the change of the roster to number 2, as it was shown to me, and for nothing else.',
    );
  });
});

describe('which people a new roster may have', () => {
  const { people, admins } = ROSTER_PLAN;
  test.each<[string, Partial<RosterPlan>, string]>([
    [
      'two of one name',
      { people: [...people, { ...people[5]!, name: 'WITNESS' }] },
      'plan-names-double',
    ],
    [
      'somebody unknown without a new identity',
      { people: [...people, { name: 'somebody', roles: ['witness'], medium: null }] },
      'plan-needs-identity',
    ],
    [
      'no holder of share 3',
      { people: people.filter(({ name }) => name !== 'custodian 3') },
      'roster-holder-missing',
    ],
    [
      'no witness',
      { people: people.filter(({ name }) => name !== 'witness') },
      'roster-role-missing',
    ],
    [
      'no operator',
      { people: people.filter(({ name }) => name !== 'operator 2') },
      'roster-role-missing',
    ],
    ['no admins where two are asked for', { admins: null }, 'plan-admins'],
    [
      'one person as both admins',
      { admins: admins!.map((one) => ({ ...one, userId: 12 })) },
      'plan-admins',
    ],
    [
      'an admin who does not approve',
      { admins: admins!.map((one) => ({ ...one, roles: ['operator' as const] })) },
      'plan-admins',
    ],
  ])('%s: refused, and what was typed comes back', (_, change, code) => {
    const walked = walk('roster', 'roster-plan').say(planned(change));
    expect(walked.state.refusal?.code).toBe(code);
    const view = viewOf(walked);
    expect(view.screen === 'roster-plan' && view.plan).toEqual({ ...ROSTER_PLAN, ...change });
    walked.say(planned({}));
    expect(walked.state.phase.at).toBe('environment');
  });

  test('admins are refused where the package does not ask for any', () => {
    const walked = walk('roster', 'roster-plan');
    const state = walked.state as RosterState;
    const asked = { ...state, change: { ...ROSTER_FACTS, replacesAdmins: false } };
    expect(rosterTransition(asked, planned({})).state.refusal?.code).toBe('plan-admins');
    const { state: next } = rosterTransition(asked, planned({ admins: null }));
    expect(next.refusal).toBeNull();
  });

  test('the same people with the same identities are no change', () => {
    const walked = walk('roster', 'roster-plan');
    const same = ROSTER_FACTS.people.map(({ name, roles }) => ({ name, roles, medium: null }));
    const begun = {
      ...(walked.state as RosterState),
      change: { ...ROSTER_FACTS, replacesAdmins: false },
      plan: { ...ROSTER_PLAN, people: same, admins: null },
      phase: { at: 'clock' as const },
    };
    const { state } = rosterTransition(begun, { type: 'clock', agrees: true });
    expect(state.refusal?.code).toBe('roster-unchanged');
    expect(state.phase.at).toBe('roster-plan');
  });
});

describe('addresses of people who stay', () => {
  const told = (mails: Readonly<Record<string, string | null>>): Partial<RosterPlan> => ({
    people: ROSTER_PLAN.people.map((one) =>
      Object.hasOwn(mails, one.name) ? { ...one, mail: mails[one.name] ?? null } : one,
    ),
  });
  const shownWith = (mails: Readonly<Record<string, string | null>>) =>
    walk('roster', 'roster-plan')
      .say(planned(told(mails)))
      .until((state) => state.phase.at === 'roster-facts');
  const changesOn = (walked: Walk) => {
    const view = viewOf(walked);
    return view.screen === 'roster-facts' ? view.changes.map(changeInWords) : [];
  };
  const mailsSigned = (walked: Walk) =>
    walked.effects.flatMap((effect) =>
      effect.effect === 'sign-roster' ? effect.people.map(({ mail }) => mail) : [],
    );

  test('one that is not spoken of stays', () => {
    expect(mailsSigned(walk('roster', 'closed'))).toEqual([
      ...[1, 2, 3, 4].map((index) => mailOf(`custodian ${index}`)),
      undefined,
      undefined,
    ]);
  });

  test('another one, none any more, and a first one are shown, recorded and signed', () => {
    const walked = shownWith({
      'custodian 1': 'keys@hospital.example',
      'custodian 3': null,
      witness: 'witness@audit.example',
    });
    const words = [
      'custodian 1 is told by mail at keys@hospital.example from now on, no more at custodian.1@hospital.example',
      'custodian 3 is told by mail no more (until now at custodian.3@hospital.example)',
      'witness is told by mail at witness@audit.example from now on, and was not before',
    ];
    expect(changesOn(walked)).toEqual(expect.arrayContaining(words));
    walked.until((state) => state.phase.at === 'closed');
    expect(Object.values(walked.recorded('roster-agreed')[0] ?? {})).toEqual(
      expect.arrayContaining(words),
    );
    expect(mailsSigned(walked)).toEqual([
      'keys@hospital.example',
      mailOf('custodian 2'),
      undefined,
      mailOf('custodian 4'),
      undefined,
      'witness@audit.example',
    ]);
  });

  test('another address alone is a change', () => {
    const walked = walk('roster', 'roster-plan');
    const people = ROSTER_FACTS.people.map(({ name, roles }) => ({
      name,
      roles,
      medium: null,
      ...(name === 'custodian 4' ? { mail: 'keys@hospital.example' } : {}),
    }));
    const begun = {
      ...(walked.state as RosterState),
      change: { ...ROSTER_FACTS, replacesAdmins: false },
      plan: { ...ROSTER_PLAN, people, admins: null },
      phase: { at: 'clock' as const },
    };
    const { state } = rosterTransition(begun, { type: 'clock', agrees: true });
    expect(state.phase.at).toBe('roster-facts');
  });

  test('a newcomer’s is read aloud with him', () => {
    expect(changesOn(shownWith({ 'operator 2': 'operator.2@hospital.example' }))).toContain(
      'operator 2 comes in as operator, and is told by mail at operator.2@hospital.example',
    );
  });
});

describe('whose identity is taken', () => {
  test.each([
    ['custodian identity', 'custodian 2', keyOf('custodian 1'), 'identity-shared'],
    ['custodian identity', 'somebody', keyOf('somebody'), 'identity-other-name'],
    ['admin identity', 'admin 2', keyOf('witness'), 'identity-shared'],
    // The operator of before answers for nothing any more.
    ['operator attest', 'operator', keyOf('operator'), 'identity-not-listed'],
    ['1 identity', 'custodian 2', keyOf('custodian 2'), 'identity-not-listed'],
  ])('%s, %s: refused as %s', (at, name, publicKey, code) => {
    const there = at === 'operator attest' ? 'witness attest' : at;
    const walked = walk('roster', there);
    if (at === 'operator attest') {
      walked.until((state) => place(state) === 'operator identity');
    }
    walked.feed({ type: 'identity', how: 'existing-paper' });
    walked.feed({ type: 'identity-opened', name, publicKey });
    expect(walked.state.refusal?.code).toBe(code);
  });
});

test('a custodian without an identity gives a reason; the operator must have his', () => {
  const skip: PersonEvent = { type: 'skip-identity', reason: 'the words are at home' };
  expect(viewOf(walk('roster', '1 identity'))).toMatchObject({ maySkip: true });
  const walked = walk('roster', '1 identity').say(skip);
  expect(walked.recorded('exception')[0]?.text).toMatch(/the words are at home$/);
  const operator = walk('roster', 'witness attest').until(
    (state) => place(state) === 'operator identity',
  );
  expect(viewOf(operator)).toMatchObject({ maySkip: false });
  expect(operator.say(skip).state.refusal?.code).toBe('not-now');
});

test('interrupted before its bundle it is void, and there is nothing to destroy', () => {
  const walked = walk('roster', '2 share-in').say({ type: 'abandon', reason: 'the wrong people' });
  expect(viewOf(walked)).toMatchObject({ screen: 'void', media: [] });
});
