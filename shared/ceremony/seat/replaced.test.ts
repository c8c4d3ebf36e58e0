/**
 * An envelope that is over is used by its custodian's choice before a witness, who signs for it; and
 * several witnesses sign one after the other.
 */
import { describe, expect, test } from 'vitest';
import { PACKAGE_FACTS, keyOf } from '../../../test/support/ceremony-facts.ts';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import type { PersonEvent } from '../events.ts';
import { replacedUsed } from './replaced.ts';
import { witnessSeat } from '../share-round.ts';

const NOTE = { code: 'key-envelope-replaced', happened: 'It is over.', means: '', next: '' };
const CHOICE = { type: 'use-replaced', reason: 'sheet 2 is lost', witness: 'witness' } as const;
const refusalOf = (walked: Walk, event: PersonEvent) => walked.say(event).state.refusal?.code;

/** Custodian 2 brought sheet 1, which is over. */
function refused(ceremony: 'recover' | 'roster' = 'recover'): Walk {
  const walked = walk(ceremony, '2 share-in');
  walked.feed({ type: 'read', how: 'camera', sheet: 'key-share' });
  walked.feed({ type: 'refused', note: NOTE });
  return walked;
}

function accepted(walked: Walk, standing: 'replaced' | 'newest'): Walk {
  const envelope = 'b0'.repeat(32);
  walked.feed({
    type: 'share-accepted',
    index: 2,
    medium: 'yubikey-otp',
    onSheet: { sheet: 1, envelope },
    otp: { envelope, madeIn: 'ce'.repeat(16), standing },
  });
  return walked;
}

const toIdentity = (walked: Walk) => {
  walked.say({ type: 'get-up', reason: 'no printer' });
  return walked;
};

describe.each(['recover', 'roster'] as const)('in a %s', (ceremony) => {
  test('it is asked for again as it came in, with the choice', () => {
    const walked = refused(ceremony);
    walked.feed(CHOICE);
    expect(walked.pending).toEqual({
      effect: 'accept-share',
      index: 2,
      how: 'camera',
      volumeId: null,
      sheet: 'key-share',
      replaced: { reason: CHOICE.reason, witness: 'witness' },
    });
    accepted(walked, 'replaced');
    expect(walked.recorded('share-accepted').at(-1)).toMatchObject({
      envelope: { type: 'digest' },
      standing: 'replaced',
    });
    expect(place(walked.state)).toBe('2 renew-print');
    toIdentity(walked).until((state) => place(state) === 'witness identity');
    walked.say({ type: 'skip-identity', reason: 'at home' });
    expect(walked.recorded('exception').at(-1)?.['text']).toMatch(
      /Witness not signed: that custodian 2 chose to give share 2 with an envelope that is over\./,
    );
  });
});

test('nothing was chosen where the one that counts came in after all', () => {
  const walked = refused();
  walked.feed(CHOICE);
  walked.feed({ type: 'entry-cancelled' });
  walked.feed({ type: 'read', how: 'camera', sheet: 'key-share' });
  expect(walked.pending).not.toHaveProperty('replaced');
  toIdentity(accepted(walked, 'newest'));
  expect(walked.until((state) => place(state) === 'witness identity').state).toMatchObject({
    watched: [],
  });
});

test('not before anything was read, and not with the custodian or a stranger as the witness', () => {
  expect(refusalOf(walk('recover', '2 share-in'), CHOICE)).toBe('not-now');
  for (const witness of ['custodian 2', 'Custodian  2', 'nobody']) {
    expect(refusalOf(refused(), { ...CHOICE, witness })).toBe('renew-witness');
  }
});

test('what is written down names both envelopes, or the sheet alone', () => {
  const use = {
    envelope: 'b0'.repeat(32),
    madeIn: 'ce'.repeat(16),
    standing: 'replaced',
    sheet: 1,
    live: 'af'.repeat(32),
    liveSheet: 2,
    replacedAt: '2026-11-12T10:01:00Z',
    destroyedAt: '2026-11-12T10:05:00Z',
  } as const;
  const choice = { reason: 'lost', witness: 'witness' };
  expect(Object.keys(replacedUsed(2, 'custodian 2', choice, use)).sort()).toEqual(
    'custodian destroyedAt envelope index live liveSheet madeIn reason replacedAt sheet standing witness'.split(
      ' ',
    ),
  );
  const printed = { live: null, liveSheet: null, replacedAt: null, destroyedAt: null };
  expect(
    Object.keys(
      replacedUsed(2, 'custodian 2', choice, { ...use, ...printed, standing: 'not-counted' }),
    ).sort(),
  ).toEqual('custodian envelope index madeIn reason sheet standing witness'.split(' '));
});

test('every witness who saw something signs once; without any, whoever is in the room', () => {
  const roster = {
    operators: PACKAGE_FACTS.operators,
    witnesses: ['witness', 'witness 2', 'witness 3'].map((name) => ({
      name,
      publicKey: keyOf(name),
    })),
  };
  const round = (...names: readonly string[]) => ({
    accepted: [],
    lastSeated: null,
    gotUp: [],
    watched: names.map((witness) => ({ witness, what: 'it' })),
  });
  const signs = (state: ReturnType<typeof round>) => {
    const names: string[] = [];
    for (let left = witnessSeat(state, roster, null); left !== null;) {
      names.push(left.turn.name);
      left = witnessSeat(state, roster, left);
    }
    return names;
  };
  expect(signs(round())).toEqual(['witness or witness 2 or witness 3']);
  expect(signs(round('witness 3', 'witness', 'witness 3'))).toEqual(['witness 3', 'witness']);
});
