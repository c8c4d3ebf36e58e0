import { expect, test } from 'vitest';
import { dueBody, dueSubject } from './drill-messages.ts';

const SHARE = {
  custodian: 'custodian 2',
  index: 2,
  count: 4,
  label: '2026 A',
  dueAt: new Date('2028-05-03T09:30:00Z'),
  failed: false,
};

test('a share that is to be proved: which, by when, and that nobody asks for it', () => {
  expect(dueSubject(SHARE)).toBe('To be proved by 3 May 2028: share 2 of 2026 A');
  const body = dueBody(SHARE);
  expect(body).toContain('you hold share 2 of 4 of the set 2026 A');
  expect(body).toContain('It is to be proved by 3 May 2028.');
  expect(body).toContain('Nobody needs you to send it, to photograph it');
  // Nothing to click: a mail that looks like this one must not be able to lead anywhere.
  expect(body).not.toMatch(/https?:/);
});

test('a share that failed is named as that, with the day of the drill', () => {
  const failed = { ...SHARE, failed: true };
  expect(dueSubject(failed)).toBe('Not proved in the last drill: share 2 of 2026 A');
  expect(dueBody(failed)).toContain('In the drill of 3 May 2028 it was called');
});

test('names and labels stay on their line', () => {
  const odd = { ...SHARE, custodian: 'a\r\nBcc: x@y.example', label: 'b\nc' };
  expect(dueSubject(odd)).not.toMatch(/[\r\n]/);
  expect(dueBody(odd).split('\n\n')[0]).not.toMatch(/[\r\n]/);
});
