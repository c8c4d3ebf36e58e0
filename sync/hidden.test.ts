import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Hidden } from './hidden.ts';

it('shows its text to nobody who does not ask for it', () => {
  const hidden = new Hidden('s3cret');
  const seen = [
    String(hidden),
    JSON.stringify({ hidden }),
    inspect({ hidden }, { depth: 9, showHidden: true }),
    Object.keys(hidden).join(),
  ];
  for (const text of seen) expect(text).not.toContain('s3cret');
  expect(hidden.reveal()).toBe('s3cret');
});
