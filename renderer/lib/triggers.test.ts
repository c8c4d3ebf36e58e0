import { expect, it } from 'vitest';
import { CHANGES, TRIGGERS, type Answer } from './triggers.ts';

it('whatever happened has one answer, and says what it does not end', () => {
  const answers = (wanted: Answer) =>
    TRIGGERS.filter(({ answer }) => answer === wanted).map(({ id }) => id);
  expect(answers('new-shares')).toEqual([
    'left',
    'share',
    'key',
    'health',
    'audit',
    'count',
    'half',
  ]);
  expect(answers('refresh')).toEqual(['copied', 'years']);
  // It helps against copies below the threshold only, and says so before anybody begins.
  expect(TRIGGERS.find(({ id }) => id === 'copied')?.why).toContain('this does not help');
  expect(CHANGES.refresh.facts.map(({ name }) => name)).toContain('What it does not end');
  expect(answers('add-set')).toEqual(['second-group']);
  const added = CHANGES['add-set'].facts.map(({ name }) => name);
  expect(added).toEqual(expect.arrayContaining(['Why it weakens', 'What does not undo it']));
  expect(answers('drill')).toEqual(['due']);
  expect(answers('roster')).toEqual(['people', 'identity']);
  expect(answers('new-key')).toEqual(['exposed', 'algorithm', 'new-key-audit']);
  // Nobody is to think that it ends what is stored already.
  expect(CHANGES['new-key'].title).toContain('for what is stored from then on');
  expect(CHANGES['new-key'].facts.map(({ name }) => name)).toContain('What it does not end');
});

it('each change says what it costs, and who must come', () => {
  for (const { facts } of Object.values(CHANGES)) {
    const names = facts.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['What changes', 'Who must come', 'Beforehand', 'In the room']),
    );
    expect(new Set(names).size).toBe(names.length);
  }
});
