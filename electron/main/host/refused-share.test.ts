import { expect, test } from 'vitest';
import type { Effect } from '../../../shared/ceremony/effects.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { makeEntry } from '../../../shared/transcript/entry.ts';
import { logHeader } from '../../../shared/transcript/log.ts';
import { narrateEntry } from '../../../shared/transcript/narrate.ts';
import { refusedShare } from './refused-share.ts';

const HEADER = logHeader({ mode: 'rehearsal', kind: 'split', ceremonyId: 'ab'.repeat(16) });
const sentences = { happened: 'It says a lot.', means: 'Of everything.', next: 'Go on.' };
const another = new Refusal('share-other-set', sentences, 'share 3 of 4');

/** What an auditor reads. */
function narrated(effect: Effect, refusal: Refusal): string | null {
  const facts = refusedShare(effect, refusal);
  if (facts === null) return null;
  const at = { type: 'time' as const, value: '2026-05-03T09:30:00Z' };
  return narrateEntry(makeEntry(HEADER, undefined, { ...facts, kind: 'share-refused', at }));
}

const readBack = (index: number | null): Effect => ({
  effect: 'read-back',
  turn: { name: 'custodian 2', role: index === null ? 'operator' : 'custodian', index },
  how: 'usb',
  volumeId: null,
  withIdentity: false,
  sheetNumber: null,
});

test('a read-back that is refused says of whom, of which share and with which code', () => {
  expect(narrated(readBack(2), another)).toBe(
    'What was read back for custodian 2 (share 2) was refused: share-other-set (share 3 of 4).',
  );
  expect(narrated(readBack(null), new Refusal('identity-damaged', sentences))).toBe(
    'What was read back for custodian 2 was refused: identity-damaged.',
  );
});

test('a new sheet that is refused says whose it was to be', () => {
  const effect: Effect = {
    effect: 'prove-envelope',
    turn: { name: 'custodian 2', role: 'custodian', index: 2 },
    index: 2,
    how: 'camera',
    sheetNumber: 2,
  };
  expect(narrated(effect, another)).toBe(
    'What was read back for custodian 2 (share 2) was refused: share-other-set (share 3 of 4).',
  );
});

test('a share that is given and refused says its code and culprit', () => {
  const effect: Effect = { effect: 'accept-share', index: 1, how: 'usb', volumeId: null };
  expect(narrated(effect, another)).toBe('A share was refused: share-other-set (share 3 of 4).');
});

test('what is refused elsewhere is no share', () => {
  expect(refusedShare({ effect: 'make-bundle', escrowedEmail: null }, another)).toBeNull();
});
