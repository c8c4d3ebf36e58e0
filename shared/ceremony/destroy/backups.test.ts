/**
 * Of a replaced set two people say that no backup with the old other half is left, or why none from
 * after the change was tried.
 */
import { expect, test } from 'vitest';
import { AGREE, key, opened, SET, SHEET, SIGNS, Walk } from '../../../test/support/destroy-walk.ts';

const REPLACED = {
  standing: 'superseded',
  supersededBy: '2026 A',
  halfOf: '2026-04-20T10:00:00Z',
  people: ['custodian 1', 'witness', 'operator 2'].map((name) => ({ name, publicKey: key(name) })),
} as const;
const SAID = { type: 'backups-gone', on: '2026-05-01', by: 'operator 2' } as const;
const replaced = (change: Partial<typeof SET> = {}) =>
  opened({ ...REPLACED, ...change }, { ...AGREE, backupsTried: true });

test('whoever runs the backups signs, then the witness, and nothing has to be destroyed for it', () => {
  const walk = replaced().say(SAID);
  expect(walk.view).toMatchObject({ screen: 'handover', arriving: { name: 'operator 2' } });
  walk.say({ type: 'seated' }).say({ type: 'identity', how: 'existing-paper' });
  expect(walk.view.screen === 'attest' && walk.view.statement).toContain(
    'Since 2026-05-01 I know of no backup of Vault or of CheckTick’s database any more',
  );
  walk.say({ type: 'sign' });
  expect(walk.view).toMatchObject({
    screen: 'destroyers',
    backups: { gone: { on: '2026-05-01', by: 'operator 2' } },
  });
  walk.say({ type: 'continue' });
  expect(walk.view).toMatchObject({ screen: 'handover', arriving: { name: 'witness' } });
  walk.all({ type: 'seated' }, ...SIGNS);
  expect(walk.view.screen).toBe('destroyed');
  expect(walk.recorded('backups-gone')).toEqual([
    {
      setId: SET.setId,
      label: '2024 A',
      on: '2026-05-01',
      since: { type: 'time', value: '2026-04-20T10:00:00Z' },
      'by.1.name': 'operator 2',
      'by.2.name': 'witness',
    },
  ]);
  expect(walk.effects.filter(({ effect }) => effect === 'seal')).toHaveLength(2);
});

test.each([
  ['the witness alone', { ...SAID, by: 'Witness' }, 'backups-one-person'],
  ['who holds a share of the set', { ...SAID, by: 'custodian 1' }, 'backups-by-holder'],
  ['somebody whom no list names', { ...SAID, by: 'a stranger' }, 'backups-by-unknown'],
  ['a day that is to come', { ...SAID, on: '2027-05-01' }, 'backups-day'],
  ['a day before the half changed', { ...SAID, on: '2026-04-19' }, 'backups-day'],
] as const)('%s is not taken', (_, event, code) => {
  const walk = replaced().say(event);
  expect(walk.refusal).toBe(code);
  expect(walk.recorded('backups-gone')).toEqual([]);
});

test('of a set that is not replaced it is not asked, and it is said once', () => {
  expect(opened({ people: REPLACED.people }).say(SAID).refusal).toBe('not-now');
  const walk = replaced()
    .all(SAID, { type: 'seated' }, ...SIGNS)
    .say(SAID);
  expect(walk.refusal).toBe('not-now');
  expect(walk.recorded('backups-gone')).toHaveLength(1);
});

const WHY = { reason: 'the disk array for it comes in May', by: 'operator 2' } as const;
const UNTRIED = { ...AGREE, untried: WHY } as const;

test('where no backup was tried two people record why not, and both sign', () => {
  const walk = opened(REPLACED, UNTRIED);
  expect(walk.recorded('destruction-agreed')).toMatchObject([
    {
      backups: 'none of those made after the change was restored in a test',
      'backups.reason': WHY.reason,
      'backups.by.name': WHY.by,
      witness: 'witness',
    },
  ]);
  // Nobody destroys anything before the first of the two has signed.
  expect(walk.view).toMatchObject({ screen: 'handover', arriving: { name: WHY.by } });
  walk.all({ type: 'seated' }, { type: 'identity', how: 'existing-paper' });
  const stated = () => (walk.view.screen === 'attest' ? walk.view.statement : '');
  expect(stated()).toContain(`The reason: ${WHY.reason}`);
  walk.say({ type: 'sign' });
  expect(walk.view).toMatchObject({ screen: 'destroyers' });
  walk.all({ type: 'who', index: 1 }, { type: 'seated' }, { type: 'destroyed', id: SHEET.id });
  walk.all({ type: 'continue' }, ...SIGNS, { type: 'continue' }, { type: 'seated' });
  walk.say({ type: 'identity', how: 'existing-paper' });
  expect(stated()).toContain(`The reason: ${WHY.reason}`);
  walk.say({ type: 'sign' });
  expect(walk.view.screen).toBe('destroyed');
});

test.each([
  ['the witness alone', REPLACED, { ...WHY, by: 'Witness' }, 'backups-one-person'],
  ['who holds a share of the set', REPLACED, { ...WHY, by: 'custodian 1' }, 'backups-by-holder'],
  ['a stranger', REPLACED, { ...WHY, by: 'a stranger' }, 'backups-by-unknown'],
  ['of a set that is void', { people: REPLACED.people }, WHY, 'not-now'],
] as const)('%s does not answer for backups that were not tried', (_, change, untried, code) => {
  const walk = new Walk(change).say({ ...AGREE, untried });
  expect(walk.refusal).toBe(code);
  expect(walk.recorded('destruction-agreed')).toEqual([]);
});
