/** A Recover of a sealed escrow: what the room reads, what is written down, signed and carried away. */
import { expect, test } from 'vitest';
import { walk, Walk } from '../../../test/support/ceremony.ts';
import type { OpenedEscrow, PackagedEscrow } from '../../bundle/sealed-escrow.ts';
import type { RecoverState } from './state.ts';
import { recoverView } from './view.ts';

const viewOf = (walked: Walk) =>
  recoverView(walked.state as RecoverState, { entries: 1, words: 'four words' });
const DIGEST = 'c4'.repeat(32);
const LEAVES = { escrow: 'sealed', escrowDigest: { type: 'digest', value: DIGEST } };

/** At the facts of a package that carries this. */
function atFacts(escrow: PackagedEscrow): Walk {
  const state = walk('recover', 'facts').state as RecoverState;
  if (state.recover === null) throw new Error('a package');
  return new Walk({ ...state, recover: { ...state.recover, escrow, escrowedEmail: 'none' } });
}

test.each([
  ['sealed', 'fits', 'The key in the sealed escrow fits CheckTick’s hash of the survey’s key.'],
  ['none', 'not-compared', 'The key in the sealed escrow was compared with nothing.'],
] as const)('hash %s: %s', (keyHash, surveyKey, sentence) => {
  const walked = atFacts({ kind: 'sealed', digest: DIGEST, keyHash });
  expect(viewOf(walked)).toMatchObject({
    screen: 'facts',
    escrow: { kind: 'sealed', keyHash },
    keepsEmail: false,
  });
  walked.say({ type: 'agree' });
  expect(walked.recorded('facts-agreed')).toMatchObject([{ ...LEAVES, keyHash }]);
  walked.until(({ phase }) => phase.at === 'recover').feed({ type: 'continue' });
  const escrow: OpenedEscrow = { kind: 'sealed', digest: DIGEST, surveyKey };
  walked.feed({ type: 'kek-opened', indexes: [1, 2, 3], email: { standing: 'none' }, escrow });
  expect(walked.recorded('kek-opened')).toMatchObject([{ ...LEAVES, surveyKey }]);
  walked.say({ type: 'escrowed-email', decision: 'go-on' });
  walked.until(({ phase }) => phase.at === 'seat' && phase.seat.step === 'attest');
  const view = viewOf(walked);
  expect(view.screen === 'attest' && view.statement).toContain(sentence);
  walked.until(({ phase }) => phase.at === 'waiting');
  expect(walked.effects.find(({ effect }) => effect === 'make-bundle')).toMatchObject({ escrow });
});
