import { expect, it } from 'vitest';
import { CHANGES, TRIGGERS, type Answer } from './triggers.ts';

it('whatever happened has one answer, and what cannot be done is not offered as a change', () => {
  const answers = (wanted: Answer) =>
    TRIGGERS.filter(({ answer }) => answer === wanted).map(({ id }) => id);
  expect(answers('new-shares')).toEqual(['left', 'share', 'key', 'audit', 'count', 'half']);
  expect(answers('drill')).toEqual(['due']);
  expect(answers('roster')).toEqual(['people', 'identity']);
  expect(answers('new-key')).toEqual(['exposed', 'algorithm']);
  expect(CHANGES['new-key'].title).toContain('Conclave cannot make one yet');
  expect(CHANGES['new-key'].facts.map(({ name }) => name)).not.toContain('Who must come');
});
