import { expect, test } from 'vitest';
import { makeEntry, type Entry, type Facts } from './entry.ts';
import { missingOfAnswers } from './missing-legacy.ts';

const chain = { mode: 'production' as const, ceremonyId: '0f'.repeat(16) };

function log(...facts: readonly Facts[]): Entry[] {
  const all: Entry[] = [];
  for (const one of facts) {
    all.push(makeEntry(chain, all.at(-1), { at: '2026-05-03T09:30:00Z', ...one }));
  }
  return all;
}

const typed = (name: string, place = 'row') => ({
  kind: 'legacy-answered',
  name,
  place,
  sentence: 'I answer for the database row',
});
const decided = {
  kind: 'legacy-decided',
  place: 'row',
  'by.1.name': 'custodian 1',
  'by.2.name': 'witness',
};

test('two who typed it before are enough', () => {
  const all = log(typed('custodian 1'), typed('custodian 1', 'vault'), typed('witness'), decided);
  expect(missingOfAnswers(all)).toEqual([]);
  expect(missingOfAnswers(log(typed('witness')))).toEqual([]);
});

test.each([
  ['nobody', [decided], ['custodian 1', 'witness']],
  ['one of them', [typed('witness'), decided], ['custodian 1']],
  ['one of them afterwards', [typed('witness'), decided, typed('custodian 1')], ['custodian 1']],
  [
    'one of them for the other place',
    [typed('witness', 'vault'), typed('custodian 1'), decided],
    ['witness'],
  ],
] as const)('who is named and did not type is said: %s typed', (_what, facts, missing) => {
  expect(missingOfAnswers(log(...facts))).toEqual(
    missing.map((name) => `No entry says that ${name} typed an answer for the adopted key.`),
  );
});
