import { describe, expect, test } from 'vitest';
import { keyOf, PLAN, ROTATE_FACTS, VERSION_FACTS } from '../../../test/support/ceremony-facts.ts';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import type { MachineState } from '../../../test/support/ceremony-machines.ts';
import { viewOf } from '../machines.ts';
import { changesWith, nextPeople } from './people.ts';
import type { RotateState } from './state.ts';

const HEAD = { entries: 3, words: 'four words of it' };
const at = (there: string) => walk('rotate', there);
const view = (state: MachineState) => viewOf(state, HEAD);
const stateOf = (walked: Walk) => walked.state as RotateState;

describe('the whole way', () => {
  const done = at('closed');

  test('compares before the first share, asks for old shares before new ones, and closes', () => {
    const kinds = done.effects.flatMap((effect) =>
      effect.effect === 'record' ? [effect.kind] : [],
    );
    const order = [
      'package-imported',
      'plan-agreed',
      'clock-compared',
      'vault-component-checked',
      'rotation-agreed',
      'share-accepted',
      'platform-key-checked',
      'key-renewed',
      'component-split',
      'share-writing',
      'share-read-back',
      'quorum-proved',
      'set-signed',
      'bundle-made',
      'receipt-imported',
    ] as const;
    const found = order.map((kind) => kinds.indexOf(kind));
    expect(found).not.toContain(-1);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(kinds.lastIndexOf('share-accepted')).toBeLessThan(kinds.indexOf('key-renewed'));
    expect(kinds.lastIndexOf('share-read-back')).toBeLessThan(kinds.indexOf('quorum-proved'));
    expect(place(done.state)).toBe('closed');
  });

  test('records which set ends, on which roster, and who changes', () => {
    expect(done.recorded('rotation-agreed')).toEqual([
      {
        label: '2024 A',
        replaces: { type: 'digest', value: ROTATE_FACTS.manifestDigest },
        serial: 5,
        previous: { type: 'digest', value: ROTATE_FACTS.rosterDigest },
        'change.1': 'custodian 9 (custodian) leaves',
      },
    ]);
    expect(done.recorded('platform-key-checked')).toEqual([{ fits: true, indexes: '1, 2, 3' }]);
  });

  test('a giver signs for what the old share was given for; witness and operator for the key', () => {
    const shown = done.states.flatMap((state) => {
      const seen = view(state);
      return seen.screen === 'attest' ? [[seen.turn?.role, seen.statement] as const] : [];
    });
    expect(shown[0]).toEqual([
      'custodian',
      'I gave share 1 of 4 of the set 2024 A to make new shares of the same platform key, the set 2026 A, and for nothing else.',
    ]);
    const witness = shown.find(([role]) => role === 'witness')?.[1];
    expect(witness).toContain(
      'The platform key of version v1 was restored from shares 1, 2, 3 of the set 2024 A, checked, and got new halves.',
    );
    expect(shown.at(-1)?.[0]).toBe('operator');
  });

  test('whoever sits down to a new share is known by the roster in force, or new', () => {
    const shown = done.states.flatMap((state) => {
      const seen = view(state);
      const mayBeNew = seen.screen === 'identity' && ['enrol', 'share'].includes(seen.purpose);
      return mayBeNew ? [[seen.turn?.name, seen.isListed] as const] : [];
    });
    const listed = (name: string) => ROTATE_FACTS.people.some((one) => one.name === name);
    expect(new Map(shown)).toEqual(
      new Map(
        ['operator', 'witness', ...PLAN.custodians.map(({ name }) => name)].map((name) => [
          name,
          listed(name),
        ]),
      ),
    );
    expect(shown.map(([, isListed]) => isListed)).toContain(true);
  });

  test('whoever stays without a sitting is listed with the identity of before', () => {
    const signed = done.effects.find((effect) => effect.effect === 'sign-set');
    expect(signed).toMatchObject({ set: { keys: { 'witness 2': keyOf('witness 2') } } });
  });
});

test('with too few shares nobody can go on: the next custodian is asked for', () => {
  const walked = at('gives 2 handover');
  expect(stateOf(walked).accepted).toEqual([1]);
  walked.say({ type: 'get-up', reason: 'it is at home' });
  expect(place(walked.state)).toBe('who');
  expect(walked.say({ type: 'continue' }).state.refusal?.code).toBe('not-now');
  expect(walked.say({ type: 'who', index: 1 }).state.refusal?.code).toBe('not-now');
  walked.say({ type: 'who', index: 4 }).until((state) => place(state) === 'renew-key');
  expect(stateOf(walked).accepted).toEqual([1, 4, 2]);
});

test('an identity that the roster in force does not list for this share signs nothing', () => {
  const walked = at('gives 1 identity');
  walked.feed({ type: 'identity', how: 'existing-paper' });
  const publicKey = keyOf('custodian 2');
  walked.feed({ type: 'identity-opened', name: 'custodian 2', publicKey });
  expect(walked.state.refusal?.code).toBe('identity-not-listed');
  expect(place(walked.state)).toBe('gives 1 identity');
});

test('nobody enrols with the identity of one who stays without a sitting', () => {
  const walked = at('operator identity');
  walked.feed({ type: 'identity', how: 'existing-paper' });
  walked.feed({
    type: 'identity-opened',
    name: 'operator',
    publicKey: keyOf('witness 2'),
  });
  expect(walked.state.refusal?.code).toBe('identity-shared');
});

test('the plan begins with who takes part today', () => {
  const shown = view(at('plan').state);
  expect(shown).toMatchObject({
    screen: 'plan',
    plan: null,
    renews: {
      label: '2024 A',
      present: {
        label: '',
        threshold: 3,
        custodians: [
          { name: 'custodian 1', medium: 'paper' },
          { name: 'custodian 2', mail: 'custodian.2@hospital.example' },
          { name: 'custodian 3' },
          { name: 'custodian 4' },
        ],
        operator: { name: 'operator' },
        witness: { name: 'witness' },
      },
    },
  });
});

test.each([
  ['the set whose shares are given', '2024 a', '2024 A'],
  ['the set of another key version', '2023 b', '2023 B'],
])('the new set is not called as %s', (_, label, taken) => {
  const walked = at('plan').say({ type: 'plan', plan: { ...PLAN, label } });
  expect(walked.state.refusal).toMatchObject({ code: 'plan-label-taken', culprit: taken });
  expect(place(walked.state)).toBe('plan');
});

describe('a fresh package', () => {
  const walked = at('plan').say({ type: 'compare-only' });
  walked.until(({ phase }) => phase.at === 'compared');

  test('is compared and no more: nobody sits down, nothing is made', () => {
    expect(walked.recorded('vault-component-checked')).toEqual([{ fits: true }]);
    expect(walked.recorded('ceremony-closed')).toEqual([{ outcome: 'compared' }]);
    expect(walked.recorded('person-seated')).toEqual([]);
    expect(walked.effects.at(-1)).toEqual({ effect: 'finish' });
    expect(view(walked.state)).toMatchObject({ screen: 'compared', label: '2024 A' });
    expect(view(walked.state).steps.map(({ standing }) => standing)).toEqual([
      'done',
      'done',
      'done',
    ]);
  });

  test('is over then', () => {
    for (const event of [{ type: 'continue' }, { type: 'compare-only' }] as const) {
      expect(walked.feed(event).effects).toEqual([]);
    }
    expect(place(walked.state)).toBe('compared');
  });

  test('whose component does not fit stops there', () => {
    const other = at('plan').say({ type: 'compare-only' });
    other.until(({ phase }) => phase.at === 'ticket-key');
    other.feed({ type: 'choose-volume', id: 'stick T' });
    const note = { code: 'package-component-wrong', happened: 'h', means: 'm', next: 'n' };
    other.feed({ type: 'refused', note });
    expect(place(other.state)).toBe('ticket-key');
    expect(other.recorded('vault-component-checked')).toEqual([]);
  });

  test('is chosen before anything else is', () => {
    const late = at('ticket-key').say({ type: 'compare-only' });
    expect(late.state.refusal?.code).toBe('not-now');
  });
});

test('ended before the bundle it is void, and every new medium is listed; none of the old', () => {
  const walked = at('2 copy').say({ type: 'abandon', reason: 'somebody had to leave' });
  expect(walked.state.phase).toMatchObject({ at: 'void' });
  const [facts] = walked.recorded('declared-void');
  expect(facts).toMatchObject({ 'medium.1': expect.stringContaining('share 1 of 4') as string });
  const early = at('gives 2 share-in').say({ type: 'abandon', reason: 'somebody had to leave' });
  expect(early.recorded('declared-void')).toEqual([{ reason: 'somebody had to leave' }]);
});

test('who is in the next roster', () => {
  const plan = {
    ...PLAN,
    custodians: [
      { name: 'Witness 2', medium: 'usb' as const, mail: 'w2@hospital.example' },
      ...PLAN.custodians.slice(1),
    ],
  };
  const next = nextPeople(plan, ROTATE_FACTS);
  expect(next.map(({ name, roles }) => [name, ...roles])).toEqual([
    ['Witness 2', 'custodian', 'witness'],
    ['custodian 2', 'custodian'],
    ['custodian 3', 'custodian'],
    ['custodian 4', 'custodian'],
    ['operator', 'operator'],
    ['witness', 'witness'],
  ]);
  // Where a mail address is not given again it stays.
  expect(next[1]?.mail).toBe('custodian.2@hospital.example');
  const changes = changesWith(plan, ROTATE_FACTS, {});
  expect(changes.map(({ name, what }) => [name, what])).toEqual([
    ['Witness 2', 'other-roles'],
    ['Witness 2', 'other-address'],
    ['custodian 1', 'leaves'],
    ['custodian 9', 'leaves'],
  ]);
});

describe('a new platform key beside the one in use', () => {
  const done = walk('new-version', 'closed');

  test('is made after the key in use was proved; everybody agreed what goes on', () => {
    const kinds = done.effects.flatMap((effect) =>
      effect.effect === 'record' ? [effect.kind] : [],
    );
    const order = [
      'package-imported',
      'plan-agreed',
      'vault-component-checked',
      'version-agreed',
      'share-accepted',
      'platform-key-checked',
      'key-made',
      'component-split',
      'quorum-proved',
      'bundle-made',
      'receipt-imported',
    ] as const;
    const found = order.map((kind) => kinds.indexOf(kind));
    expect(found).not.toContain(-1);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    for (const other of ['rotation-agreed', 'key-renewed'] as const) {
      expect(kinds).not.toContain(other);
    }
    expect(done.recorded('plan-agreed')).toMatchObject([{ keyVersion: 'v2' }]);
    // Who holds a share that is still needed stays, whether in the plan or not.
    expect(done.recorded('version-agreed')).toEqual([
      {
        keyVersion: 'v1',
        nextVersion: 'v2',
        label: '2024 A',
        beside: { type: 'digest', value: VERSION_FACTS.manifestDigest },
        serial: 5,
        previous: { type: 'digest', value: VERSION_FACTS.rosterDigest },
      },
    ]);
    const signed = done.effects.find((effect) => effect.effect === 'sign-set');
    expect(signed).toMatchObject({ set: { keys: { 'custodian 9': keyOf('custodian 9') } } });
  });

  test('every screen and statement says which version is which', () => {
    const seen = done.states.map(view);
    expect(seen.find(({ screen }) => screen === 'plan')).toMatchObject({
      keyVersion: 'v2',
      renews: { label: '2024 A', nextVersion: 'v2' },
    });
    expect(seen.find(({ screen }) => screen === 'version-facts')).toMatchObject({
      keyVersion: 'v1',
      nextVersion: 'v2',
      present: { label: '2024 A' },
      comes: { label: '2026 A' },
      changes: [],
    });
    expect(seen.find(({ screen }) => screen === 'next-key')).toMatchObject({
      keyVersion: 'v1',
      nextVersion: 'v2',
      progress: { done: 3, of: 3 },
    });
    const statements = seen.flatMap((one) => (one.screen === 'attest' ? [one.statement] : []));
    expect(statements[0]).toBe(
      'I gave share 1 of 4 of the set 2024 A to show the platform key of version v1 before another one is made, version v2, the set 2026 A, and for nothing else.',
    );
    expect(statements.join(' ')).toContain(
      'The platform key of version v1 was restored from shares 1, 2, 3 of the set 2024 A, checked and wiped; then a new platform key of version v2 was made.',
    );
  });

  test('its package is not for comparing', () => {
    const walked = walk('new-version', 'plan').say({ type: 'compare-only' });
    expect(walked.state.refusal?.code).toBe('not-now');
    expect(place(walked.state)).toBe('plan');
  });

  test('who holds a share that goes on stays a custodian, and whoever gets one becomes one', () => {
    const custodians = [{ name: 'witness 2', medium: 'usb' as const }, ...PLAN.custodians.slice(2)];
    const next = nextPeople({ ...PLAN, custodians }, VERSION_FACTS);
    expect(next.map(({ name, roles }) => [name, ...roles])).toEqual([
      ['witness 2', 'custodian', 'witness'],
      ['custodian 3', 'custodian'],
      ['custodian 4', 'custodian'],
      ['operator', 'operator'],
      ['witness', 'witness'],
      ['custodian 1', 'custodian'],
      ['custodian 2', 'custodian'],
      ['custodian 9', 'custodian'],
    ]);
  });
});
