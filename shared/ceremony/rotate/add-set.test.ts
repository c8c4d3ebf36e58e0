import { describe, expect, test } from 'vitest';
import { ADD_SET_FACTS, keyOf, PLAN } from '../../../test/support/ceremony-facts.ts';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import type { MachineState } from '../../../test/support/ceremony-machines.ts';
import { viewOf } from '../machines.ts';
import type { RotateState } from './state.ts';

const at = (there: string) => walk('add-set', there);
const view = (state: MachineState) => viewOf(state, { entries: 3, words: 'four words of it' });
const stateOf = (walked: Walk) => walked.state as RotateState;

describe('the whole way', () => {
  const done = at('closed');

  test('without a ticket: shares are given, put together, split once more, proved', () => {
    const kinds = done.effects.flatMap((effect) =>
      effect.effect === 'record' ? [effect.kind] : [],
    );
    const order = [
      'package-imported',
      'plan-agreed',
      'clock-compared',
      'set-agreed',
      'share-accepted',
      'component-restored',
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
    expect(kinds.lastIndexOf('share-accepted')).toBeLessThan(kinds.indexOf('component-restored'));
    for (const never of ['vault-component-checked', 'platform-key-checked', 'key-renewed']) {
      expect(kinds).not.toContain(never);
    }
    const effects = done.effects.map(({ effect }) => effect);
    expect(effects).not.toContain('open-rotate-package');
    expect(done.states.map(({ phase }) => phase.at)).not.toContain('ticket-key');
  });

  test('records beside which sets it comes, on which roster, and who changes', () => {
    expect(done.recorded('set-agreed')).toEqual([
      {
        keyVersion: 'v1',
        label: '2024 A',
        beside: { type: 'digest', value: ADD_SET_FACTS.manifestDigest },
        'joined.1': '2025 C',
        serial: 5,
        previous: { type: 'digest', value: ADD_SET_FACTS.rosterDigest },
      },
    ]);
    expect(done.recorded('component-restored')).toMatchObject([
      { indexes: '1, 2, 3', componentId: '99'.repeat(16), 'check.custodianComponent': 'aa' },
    ]);
  });

  test('a giver signs for what the share was given for; the witness that no key was there', () => {
    const shown = done.states.flatMap((state) => {
      const seen = view(state);
      return seen.screen === 'attest' ? [[seen.turn?.role, seen.statement] as const] : [];
    });
    expect(shown[0]).toEqual([
      'custodian',
      'I gave share 1 of 4 of the set 2024 A so that another set, 2026 A, opens the platform key of version v1 as well, and for nothing else.',
    ]);
    expect(shown.find(([role]) => role === 'witness')?.[1]).toContain(
      'What custodians hold of the platform key of version v1 was put together from shares 1, 2, 3 of the set 2024 A, checked, and split once more; the key itself was not there.',
    );
  });

  test('everybody who holds a share of any set stays, with the identity of before', () => {
    const signed = done.effects.find((effect) => effect.effect === 'sign-set');
    expect(signed).toMatchObject({ set: { keys: { 'custodian 9': keyOf('custodian 9') } } });
  });
});

test('the plan begins without custodians, and with who leads and watches today', () => {
  expect(view(at('plan').state)).toMatchObject({
    screen: 'plan',
    renews: {
      kind: 'add-set',
      label: '2024 A',
      joined: ['2025 C'],
      present: {
        custodians: [{ name: '' }, { name: '' }, { name: '' }, { name: '' }],
        operator: { name: 'operator' },
        witness: { name: 'witness' },
      },
    },
  });
});

test('everybody reads which sets open the key afterwards', () => {
  expect(view(at('rotate-facts').state)).toMatchObject({
    screen: 'set-facts',
    keyVersion: 'v1',
    present: { label: '2024 A', threshold: 3 },
    joined: [{ label: '2025 C', threshold: 2, custodians: ['custodian 3', 'custodian 9'] }],
    comes: { label: '2026 A', threshold: 3 },
  });
});

test.each([
  ['the set whose shares are given', '2024 a', '2024 A'],
  ['another set of the same key', '2025 c', '2025 C'],
  ['the set of another key version', '2023 b', '2023 B'],
])('it is not called as %s', (_, label, taken) => {
  const walked = at('plan').say({ type: 'plan', plan: { ...PLAN, label } });
  expect(walked.state.refusal).toMatchObject({ code: 'plan-label-taken', culprit: taken });
  expect(place(walked.state)).toBe('plan');
});

test('there is nothing to compare', () => {
  const walked = at('plan').say({ type: 'compare-only' });
  expect(walked.state.refusal?.code).toBe('not-now');
});

test('no more is asked for than a quorum of the set that gives', () => {
  const walked = at('renew-key');
  expect(stateOf(walked).accepted).toHaveLength(ADD_SET_FACTS.threshold);
  expect(view(walked.state)).toMatchObject({
    screen: 'split-again',
    present: '2024 A',
    progress: { done: 3, of: 3 },
  });
});

test('given up while shares are written, it lists what has to be destroyed', () => {
  const walked = at('2 handover');
  walked.say({ type: 'abandon', reason: 'the fire alarm' });
  expect(view(walked.state)).toMatchObject({
    screen: 'void',
    ceremony: 'add-set',
    media: [expect.stringContaining('custodian 1')],
  });
  expect(walked.recorded('declared-void')).toHaveLength(1);
});
