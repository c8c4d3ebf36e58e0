/** An organisation that moves to another key version, and the half for it: what machines record and show. */
import { expect, test } from 'vitest';
import { MOVE_FACTS, OWNER_FACTS } from '../../../test/support/ceremony-facts.ts';
import { walk } from '../../../test/support/ceremony.ts';
import { sealedDigest } from '../../bundle/organisation-half.ts';
import { transition, viewOf } from '../machines.ts';
import type { MoveState } from '../move/state.ts';
import type { OrganisationPackageFacts } from '../package-facts.ts';
import type { OrganisationState } from './state.ts';

const HEAD = { entries: 1, words: 'four words' };
const SEALED = { enc: 'AAAA', ct: 'BBBB' };
const MOVES: OrganisationPackageFacts = {
  ...OWNER_FACTS,
  facts: { ...OWNER_FACTS.facts, keyVersion: 'v2' },
  surveys: OWNER_FACTS.surveys.map((one) => ({
    ...one,
    userId: null,
    escrow: { ...one.escrow, kind: 'organisation' },
  })),
  left: [],
  moves: { from: 'v1', ceremonyId: '12'.repeat(16), nonce: '13'.repeat(16), sealed: SEALED },
};

function at(place: string): OrganisationState {
  const { state } = walk('migrate-organisation', place);
  if (state.ceremony !== 'migrate-organisation') throw new Error('another ceremony');
  return { ...state, organisation: MOVES };
}

test('everybody agrees from which version it moves, and to which', () => {
  const state = at('organisation-facts');
  const view = viewOf(state, HEAD);
  expect(view).toMatchObject({
    title: 'Move an organisation to another key version',
    screen: 'organisation-facts',
    passphrase: 'kept',
    movesFrom: 'v1',
  });
  expect(view.steps.map(({ label }) => label)).toContain('Type the passphrase');
  const { effects } = transition(state, { type: 'agree' });
  expect(effects).toMatchObject([
    {
      kind: 'organisation-agreed',
      facts: {
        passphrase: 'kept',
        movesFrom: 'v1',
        keyVersion: 'v2',
        'survey.1': 'survey 31 (team 9), by its own entry of before',
      },
    },
  ]);
});

test('the owner types the passphrase in use; what moved is recorded with the version of before', () => {
  const state = at('new-passphrase');
  expect(viewOf(state, HEAD)).toMatchObject({ screen: 'new-passphrase', passphrase: 'kept' });
  const asked = transition(state, { type: 'owner', by: MOVES.facts.owner });
  expect(asked.effects).toEqual([{ effect: 'wrap-surveys', owner: MOVES.facts.owner }]);
  const entry = '15'.repeat(32);
  const answered = transition<OrganisationState>(
    { ...asked.state, awaiting: 'surveys-wrapped' },
    {
      type: 'surveys-wrapped',
      indexes: [1, 2, 3],
      moved: [{ surveyId: 31, teamId: 9, userId: null, surveyKey: 'fits', entry }],
      unopened: [{ surveyId: 32, teamId: null, why: 'entry-not-opened' }],
    },
  );
  expect(answered.effects[1]).toMatchObject({
    kind: 'surveys-wrapped',
    facts: {
      passphrase: 'kept',
      movesFrom: 'v1',
      'moved.1': 'survey 31 (team 9), by its own entry of before, against CheckTick’s hash: fits',
      'left.1': expect.stringMatching(/^survey 32: its stored key did not open/) as string,
    },
  });
  expect(viewOf(answered.state, HEAD)).toMatchObject({
    screen: 'surveys-wrapped',
    movesFrom: 'v1',
  });
});

test('what is signed says that it moves', () => {
  const view = viewOf(at('2 attest'), HEAD);
  expect(view.screen === 'attest' && view.statement).toBe(
    'I gave share 2 of 4 for wrapping survey keys of organisation 4 (Organisation 4), moved from key version v1 to v2, under the passphrase in use of its owner, owner 1 (request ORG-204-NEW) and for nothing else.',
  );
});

test('the half is recorded by its digest, goes into the bundle, and needs no file', () => {
  const { state } = walk('migrate-escrows', 'move-keys');
  if (state.ceremony !== 'migrate-escrows') throw new Error('another ceremony');
  const move = { ...MOVE_FACTS, handsOver: true, files: 0, stored: { checktick: 0, sealed: 0 } };
  const before: MoveState = { ...state, move, awaiting: 'move-proved' };
  const proved = transition(before, {
    type: 'move-proved',
    indexes: [1, 2, 3],
    organisationHalf: SEALED,
  });
  expect(proved.effects).toEqual([
    {
      effect: 'record',
      kind: 'platform-key-checked',
      facts: { fits: true, indexes: '1, 2, 3' },
    },
    {
      effect: 'record',
      kind: 'organisation-half-sealed',
      facts: {
        keyVersion: 'v1',
        movesTo: 'v2',
        digest: { type: 'digest', value: sealedDigest(SEALED) },
      },
    },
    { effect: 'seal-moved', isLast: true },
  ]);
  expect(proved.state.organisationHalf).toEqual(SEALED);
  const sealed = transition<MoveState>(
    { ...proved.state, awaiting: 'moved-sealed' },
    { type: 'moved-sealed' },
  );
  const { steps, ...shown } = viewOf(sealed.state, HEAD);
  expect(shown).toMatchObject({ screen: 'keys-moved', handsOver: true });
  // Nothing on the left speaks of survey keys: there are none.
  const labels = steps.map(({ label }) => label);
  expect(labels.slice(3, 5)).toEqual(['Choose the stick for sync', 'Agree what is handed over']);
  expect(labels.slice(8, 10)).toEqual([
    'Hand over the half for organisations',
    'Read what is handed over',
  ]);
  expect(steps.find(({ standing }) => standing === 'now')?.label).toBe('Read what is handed over');
});
