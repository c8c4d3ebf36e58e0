import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { CHALLENGES_AHEAD, SlotTries } from './slot-tries.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const sent = (answers: Uint8Array[]) => ({
  serial: 12_345_678,
  slot: 2 as const,
  wasEmpty: true,
  answers,
  verifier: 'ab'.repeat(32),
});

test('a challenge that was answered never comes again, also behind the last one that was drawn ahead', () => {
  const tries = new SlotTries(random);
  const asked = new Set<string>();
  for (let n = 1; n <= 2 * CHALLENGES_AHEAD + 1; n += 1) {
    const [next] = tries.challenges;
    expect(next).toHaveLength(32);
    asked.add(Buffer.from(next).toString('hex'));
    expect(asked.size).toBe(n);
    tries.spend();
  }
});

test('the answers of a slot stay beside the challenges that are left; a spent one is wiped', () => {
  const tries = new SlotTries(random);
  tries.spend();
  const answers = tries.challenges.map((challenge) => challenge.slice());
  tries.add(sent([...answers]));
  for (const answer of answers) {
    const [next] = tries.challenges;
    expect(tries.sent[0]?.answers[0]).toEqual(next);
    tries.spend();
    expect(answer).toEqual(new Uint8Array(32));
  }
  // To the next ones nothing was computed: the slot is one that is used as it was found.
  expect(tries.sent).toEqual([]);
});

test('all answers are wiped with the slot that is forgotten, and with the seat', () => {
  for (const drop of ['forget', 'wipe'] as const) {
    const tries = new SlotTries(random);
    const answers = tries.challenges.map(() => random(20));
    tries.add(sent([...answers]));
    if (drop === 'wipe') tries.wipe();
    else tries.forget(12_345_678, 2);
    expect(tries.sent).toEqual([]);
    for (const answer of answers) expect(answer).toEqual(new Uint8Array(20));
  }
});
