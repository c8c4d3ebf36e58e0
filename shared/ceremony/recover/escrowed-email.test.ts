/** A Recover at the escrowed address: what is shown, decided, written down, and what never is. */
import { describe, expect, test } from 'vitest';
import { MATCHING_EMAIL } from '../../../test/support/ceremony-facts.ts';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import type { EmailOutcome } from '../../bundle/escrowed-email.ts';
import type { AskedEmail, FoundEmail } from './found-email.ts';
import type { RecoverState } from './state.ts';
import { recoverView } from './view.ts';

const ADDRESS = 'user.seven@example.org';
const viewOf = (walked: Walk) =>
  recoverView(walked.state as RecoverState, { entries: 1, words: 'four words' });

/** Up to the question, when the worker found this. */
function at(email: FoundEmail): Walk {
  const walked = walk('recover', 'recover');
  walked.feed({ type: 'continue' });
  walked.feed({ type: 'kek-opened', indexes: [1, 2, 3], email, escrow: null });
  return walked;
}

const opened = (account: string, stated: string | null): AskedEmail => ({
  standing: 'opened',
  escrowed: ADDRESS,
  account,
  stated,
});

const CASES: readonly (readonly [AskedEmail, EmailOutcome])[] = [
  [MATCHING_EMAIL, 'matched'],
  [opened('', 'USER.seven@example.org'), 'matched'],
  [opened('seven@example.org', null), 'differs'],
  [opened(ADDRESS, 'seven@example.org'), 'differs'],
  // Cyrillic: looks the same, and is not.
  [opened('us\u0435r.seven@example.org', null), 'differs'],
  [opened(`${ADDRESS}\u200b`, null), 'differs'],
  [opened('', null), 'not-comparable'],
  [{ standing: 'none' }, 'none'],
  [{ standing: 'missing' }, 'missing'],
  [{ standing: 'not-openable' }, 'not-openable'],
];

describe.each(CASES)('%o', (found, outcome) => {
  const unusual = outcome !== 'matched' && outcome !== 'none';
  const reason = 'personnel confirmed it';

  test(`is ${outcome}`, () => {
    const walked = at(found);
    expect(place(walked.state)).toBe('escrowed-email');
    expect(viewOf(walked)).toMatchObject({ screen: 'escrowed-email', outcome });
    expect(walked.recorded('kek-opened')).toHaveLength(1);
  });

  test('goes on, with a reason where one is needed, into entry, statement and bundle', () => {
    const walked = at(found);
    if (unusual) {
      walked.say({ type: 'escrowed-email', decision: 'go-on' });
      expect(walked.state.refusal?.code).toBe('email-reason');
      walked.say({ type: 'escrowed-email', decision: 'go-on', reason: `it was ${ADDRESS}` });
      expect(walked.state.refusal?.code).toBe('email-reason');
      expect(walked.recorded('escrowed-email-compared')).toEqual([]);
    }
    walked.say({ type: 'escrowed-email', decision: 'go-on', ...(unusual ? { reason } : {}) });
    const [entry] = walked.recorded('escrowed-email-compared');
    expect(entry).toMatchObject({
      outcome,
      decision: 'go-on',
      decidedBy: 'custodian 1, custodian 2, custodian 3',
      ...(unusual ? { reason } : {}),
    });
    expect(Object.keys(entry ?? {}).includes('reason')).toBe(unusual);

    walked.until(({ phase }) => phase.at === 'seat' && phase.seat.step === 'attest');
    const view = viewOf(walked);
    expect(view.screen === 'attest' && view.statement).toMatch(
      /request ABC-123-XYZ\)\. (?:The escrow|There was).*\. The transcript up to here/,
    );
    walked.until(({ phase }) => phase.at === 'waiting');
    const made = walked.effects.find(({ effect }) => effect === 'make-bundle');
    expect(made).toMatchObject({
      escrowedEmail: { outcome, reason: unusual ? reason : null },
    });
  });

  test('may be stopped, with a reason: void, and no bundle ever', () => {
    const walked = at(found).say({ type: 'escrowed-email', decision: 'stop' });
    expect(walked.state.refusal?.code).toBe('email-reason');
    walked.say({ type: 'escrowed-email', decision: 'stop', reason: 'she does not know it' });
    expect(viewOf(walked)).toMatchObject({
      screen: 'void',
      reason: 'Stopped when the escrowed e-mail address was compared: she does not know it',
    });
    expect(walked.recorded('escrowed-email-compared')).toMatchObject([
      { outcome, decision: 'stop', reason: 'she does not know it' },
    ]);
    expect(walked.effects.map(({ effect }) => effect)).toContain('finish');
    expect(walked.effects.some(({ effect }) => effect === 'make-bundle')).toBe(false);
    walked.say({ type: 'escrowed-email', decision: 'go-on', reason });
    expect(walked.state.phase.at).toBe('void');
  });

  test('no address is written down or stays in the state afterwards', () => {
    const walked = at(found);
    walked.say({ type: 'escrowed-email', decision: 'go-on', ...(unusual ? { reason } : {}) });
    const later = walked.until(({ phase }) => phase.at === 'closed');
    const kept = JSON.stringify([later.effects, later.states.slice(-20), viewOf(later)]);
    expect(kept).not.toContain('@');
  });
});

test('addresses are shown so that no two different ones look the same', () => {
  const view = viewOf(at(opened('us\u0435r.seven@example.org', 'User.Seven@example.org')));
  expect(view).toMatchObject({
    addresses: {
      escrowed: ADDRESS,
      account: { address: 'us‹U+0435›r.seven@example.org', comparison: 'differs', exact: false },
      stated: { address: 'User.Seven@example.org', comparison: 'same', exact: false },
    },
  });
  expect(viewOf(at(opened('', null)))).toMatchObject({
    addresses: { account: { address: null, comparison: 'none' }, stated: { address: null } },
  });
});

test('nothing is asked, and nothing said, of a package from before', () => {
  const walked = at({ standing: 'not-asked' });
  expect(place(walked.state)).toBe('witness handover');
  walked.until(({ phase }) => phase.at === 'closed');
  expect(walked.recorded('escrowed-email-compared')).toEqual([]);
  expect(walked.effects.find(({ effect }) => effect === 'make-bundle')).toMatchObject({
    escrowedEmail: null,
  });
});

test('nobody signs, goes on or gives a share before it is decided', () => {
  const walked = at(MATCHING_EMAIL);
  for (const event of [
    { type: 'continue' },
    { type: 'sign' },
    { type: 'who', index: 4 },
    { type: 'agree' },
  ] as const) {
    walked.say(event);
    expect(walked.state.refusal?.code).toBe('not-now');
    expect(place(walked.state)).toBe('escrowed-email');
  }
  expect(walked.say({ type: 'abandon', reason: 'a fire alarm' }).state.phase.at).toBe('void');
});

test('it cannot be answered anywhere else', () => {
  for (const there of ['facts', 'who', 'recover', 'witness identity', 'save-bundle']) {
    const walked = walk('recover', there);
    walked.say({ type: 'escrowed-email', decision: 'stop', reason: 'too early or too late' });
    expect(walked.state.refusal?.code).toBe('not-now');
    expect(place(walked.state)).toBe(there);
  }
});
