import { expect, it } from 'vitest';
import { patternOf, summaryOf } from './traced.ts';

it.each([
  ['users/17/surveys/31/recovery-kek', 'users/{id}/surveys/{id}/recovery-kek'],
  ['platform/master-key', 'platform/master-key'],
  [`conclave/claims/${'ab'.repeat(32)}`, 'conclave/claims/{id}'],
  ['conclave/packages/deadbeef', 'conclave/packages/{id}'],
  ['conclave/packages/0123456789abcdef', 'conclave/packages/{id}'],
  ['conclave/../x', 'conclave/{id}/x'],
])('of the path %s a span says %s', (path, pattern) => {
  expect(patternOf(path)).toBe(pattern);
});

it.each([
  ['SELECT a FROM conclave.bundles WHERE digest = $1', 'SELECT conclave.bundles'],
  ["  insert INTO conclave.events (type) VALUES ('x')", 'INSERT conclave.events'],
  ['UPDATE public.surveys_survey SET name = $1', 'UPDATE public.surveys_survey'],
  ['SELECT clock_timestamp()', 'SELECT'],
  ["SELECT 'a secret from nowhere'", 'SELECT'],
])('of the statement %j a span says %s', (text, summary) => {
  expect(summaryOf(text)).toBe(summary);
});
