import { expect, test } from 'vitest';
import { makeEntry, withholdLeaf, type Facts } from './entry.ts';
import { ENTRY_KINDS, type EntryKind } from './kinds.ts';
import { plainTime } from './narrate-words.ts';
import { narrateEntry } from './narrate.ts';

const chain = { mode: 'production' as const, ceremonyId: '0f'.repeat(16) };
const entry = (facts: Facts) =>
  makeEntry(chain, undefined, { at: '2026-05-03T09:30:00Z', ...facts });
const kinds = Object.keys(ENTRY_KINDS) as EntryKind[];

test.each(kinds)('%s: every leaf of it is in the sentence', (kind) => {
  const paths = ENTRY_KINDS[kind].map((path) => path.replace('?', ''));
  const words = paths.map((path) => [path, `value-${path}`] as const);
  const sentence = narrateEntry(entry({ kind, ...Object.fromEntries(words) }));
  for (const [, value] of words) expect(sentence).toContain(value);
  expect(sentence).not.toContain('(not recorded)');
});

test.each(kinds)('%s: a withheld leaf is said to be withheld', (kind) => {
  const paths = ENTRY_KINDS[kind].map((path) => path.replace('?', ''));
  for (const path of paths) {
    const facts = Object.fromEntries(paths.map((one) => [one, `value-${one}`]));
    const sentence = narrateEntry(withholdLeaf(entry({ kind, ...facts }), path));
    expect(sentence).toContain('(withheld)');
  }
});

test('no and yes are told apart', () => {
  expect(narrateEntry(entry({ kind: 'clock-compared', agrees: true }))).not.toContain('NOT');
  expect(narrateEntry(entry({ kind: 'clock-compared', agrees: false }))).toContain('NOT');
  const checked = { kind: 'platform-key-checked', indexes: '1, 2' };
  expect(narrateEntry(entry({ ...checked, fits: false }))).toContain('NOT');
});

test.each(['key-attested', 'identity-on-key'])('%s: only a statement is an attestation', (kind) => {
  const told = (format: string) =>
    narrateEntry(entry({ kind, format, 'statement.1': 'oA==', authenticatorData: 'AA==' }));
  expect(told('packed')).toContain('It attested the credential, which proves the hardware only to');
  expect(told('none')).toContain('It attested nothing');
  expect(told('fido-u2f')).toContain('was not checked');
  for (const format of ['none', 'fido-u2f']) expect(told(format)).not.toContain('proves the hardw');
});

test('lists are told', () => {
  const facts = {
    kind: 'declared-void',
    reason: 'power cut',
    'medium.1': 'share 1',
    'medium.2': 'share 2',
  };
  expect(narrateEntry(entry(facts))).toContain('1 share 1; 2 share 2');
});

test('the plan names every custodian once, in order, with the medium', () => {
  const people = Object.fromEntries(
    Array.from({ length: 11 }, (_, at) => [
      [`custodian.${at + 1}.name`, `custodian ${at + 1}`],
      [`custodian.${at + 1}.medium`, 'paper'],
    ]).flat(),
  );
  const sentence = narrateEntry(entry({ kind: 'plan-agreed', operator: 'operator 1', ...people }));
  expect(sentence).toContain('Custodians: 1 custodian 1, paper; 2 custodian 2, paper; ');
  expect(sentence).toContain('; 11 custodian 11, paper. Operator: operator 1.');
});

test('the plan names the addresses, and says which are withheld', () => {
  const plan = entry({
    kind: 'plan-agreed',
    witness: 'witness 1',
    'witness.mail': 'witness@audit.example',
    'custodian.1.name': 'custodian 1',
    'custodian.1.medium': 'paper',
    'custodian.1.mail': 'custodian.1@hospital.example',
  });
  const sentence = narrateEntry(plan);
  expect(sentence).toContain('Custodians: 1 custodian 1, custodian.1@hospital.example, paper.');
  expect(sentence).toContain('Witness: witness 1, witness@audit.example.');
  const withheld = narrateEntry(
    withholdLeaf(withholdLeaf(plan, 'custodian.1.mail'), 'witness.mail'),
  );
  expect(withheld).toContain('1 custodian 1, (withheld), paper');
  expect(withheld).toContain('Witness: witness 1, (withheld).');
});

test('an unknown kind is shown as its leaves', () => {
  expect(narrateEntry(entry({ kind: 'moon-phase', phase: 'full' }))).toBe(
    'An entry of a kind that this Conclave does not know: kind moon-phase, phase full.',
  );
  const hidden = withholdLeaf(entry({ kind: 'paused' }), 'kind');
  expect(narrateEntry(hidden)).toContain('kind (withheld)');
  expect(narrateEntry(entry({ kind: 'toString' }))).toContain('does not know');
});

test('times are read as dates', () => {
  expect(plainTime('2026-05-03T09:30:00Z')).toBe('3 May 2026, 09:30:00 UTC');
  expect(plainTime('yesterday')).toBe('yesterday');
});
