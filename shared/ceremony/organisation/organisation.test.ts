/** An owner without passphrase: what is agreed, who may choose it, and what is written down. */
import { describe, expect, test } from 'vitest';
import { OWNER_FACTS, WRAPPED } from '../../../test/support/ceremony-facts.ts';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import { ORGANISATION_SURVEYS, LEFT_SURVEYS, type LeftSurvey } from '../../bundle/organisation.ts';
import { makeEntry } from '../../transcript/entry.ts';
import { viewOf } from '../machines.ts';
import { leftLeaves, movedLeaves, packagedLeaves } from './leaves.ts';

const show = (walked: Walk) => viewOf(walked.state, { entries: 1, words: 'four words' });

test('from package to receipt: facts agreed, shares, passphrase, what was helped, signatures', () => {
  const done = walk('migrate-organisation', 'closed');
  const places = done.states.map(place).filter((now, at, all) => now !== all[at - 1]);
  const gives = (index: number) =>
    ['handover', 'share-in', 'identity', 'attest'].map((step) => `${index} ${step}`);
  expect(places.slice(6)).toEqual([
    'organisation-facts',
    ...[1, 2, 3].flatMap((index) => ['who', ...gives(index)]),
    'new-passphrase',
    'surveys-wrapped',
    ...['handover', 'identity', 'attest'].map((step) => `witness ${step}`),
    ...['handover', 'identity', 'attest'].map((step) => `operator ${step}`),
    'save-bundle',
    'waiting',
    'closed',
  ]);
  const order = done.effects.map((one) => (one.effect === 'record' ? one.kind : one.effect));
  const at = (what: (typeof order)[number]) => order.indexOf(what);
  expect(at('vault-component-checked')).toBeLessThan(at('accept-share'));
  expect(at('organisation-agreed')).toBeLessThan(at('accept-share'));
  expect(at('surveys-wrapped')).toBeLessThan(at('make-bundle'));
  expect(done.effects.find(({ effect }) => effect === 'make-bundle')).toMatchObject({
    wrapped: WRAPPED,
  });
});

test('the transcript names every survey, helped or not, and each new entry', () => {
  const done = walk('migrate-organisation', 'closed');
  expect(done.recorded('organisation-agreed')).toMatchObject([
    {
      organisationId: 4,
      owner: 'owner 1',
      passphrase: 'new',
      further: 0,
      'survey.1': 'survey 31 (team 9), by the escrow of user 7',
      'survey.2': 'survey 32, by the escrow of user 8',
      'left.1': 'survey 40 (team 9): no user’s escrow keeps its key',
    },
  ]);
  expect(done.recorded('surveys-wrapped')).toMatchObject([
    {
      'moved.1': 'survey 31 (team 9), by the escrow of user 7, against CheckTick’s hash: fits',
      'moved.1.entry': { type: 'digest', value: '15'.repeat(32) },
      'left.1': expect.stringMatching(/^survey 32: the key in the user’s escrow is not/) as string,
    },
  ]);
});

describe('who may choose the passphrase', () => {
  test('the owner whom the request names, and nobody else', () => {
    const walked = walk('migrate-organisation', 'new-passphrase');
    walked.say({ type: 'owner', by: 'owner 2' });
    expect(walked.state.refusal?.code).toBe('owner-other');
    expect(place(walked.state)).toBe('new-passphrase');
    expect(walked.effects.some(({ effect }) => effect === 'wrap-surveys')).toBe(false);
    walked.say({ type: 'owner', by: 'owner 1' });
    expect(walked.effects).toContainEqual({ effect: 'wrap-surveys', owner: 'owner 1' });
  });

  test('nobody before there are enough shares, and nobody signs before it was read what was helped', () => {
    const early = walk('migrate-organisation', 'who').say({ type: 'owner', by: 'owner 1' });
    expect(early.state.refusal?.code).toBe('not-now');
    const walked = walk('migrate-organisation', 'surveys-wrapped');
    for (const event of [{ type: 'continue' }, { type: 'owner', by: 'owner 1' }] as const) {
      walked.say(event);
      expect(walked.state.refusal?.code).toBe('not-now');
    }
    expect(walked.say({ type: 'abandon', reason: 'a fire alarm' }).state.phase.at).toBe('void');
    expect(walked.effects.some(({ effect }) => effect === 'make-bundle')).toBe(false);
  });
});

test('what is signed names organisation, owner and request, and how many were helped', () => {
  const custodian = show(walk('migrate-organisation', '2 attest'));
  expect(custodian.screen === 'attest' && custodian.statement).toBe(
    'I gave share 2 of 4 for wrapping survey keys of organisation 4 (Organisation 4) under a new passphrase of its owner, owner 1 (request ORG-204-NEW) and for nothing else.',
  );
  const operator = show(walk('migrate-organisation', 'operator attest'));
  expect(operator.screen === 'attest' && operator.statement).toContain(
    '1 of 2 surveys were wrapped and read back; every other one stays as it is.',
  );
});

test('the screens show what is helped, what is not, and why', () => {
  expect(show(walk('migrate-organisation', 'organisation-facts'))).toMatchObject({
    screen: 'organisation-facts',
    surveys: OWNER_FACTS.surveys,
    left: OWNER_FACTS.left,
    passphrase: 'new',
    movesFrom: null,
  });
  expect(show(walk('migrate-organisation', 'surveys-wrapped'))).toMatchObject({
    screen: 'surveys-wrapped',
    ...WRAPPED,
    left: OWNER_FACTS.left,
  });
});

test('as many surveys as a package may name, with the longest numbers, fit into one entry', () => {
  const surveyId = (at: number) => Number.MAX_SAFE_INTEGER - at;
  const teamId = Number.MAX_SAFE_INTEGER;
  const many = Array.from({ length: ORGANISATION_SURVEYS }, (_, at) => ({
    surveyId: surveyId(at),
    teamId,
    userId: teamId,
  }));
  const [packaged] = OWNER_FACTS.surveys;
  const [moved] = WRAPPED.moved;
  if (packaged === undefined || moved === undefined) throw new Error('a survey');
  const whys = ['no-escrow', 'damaged', 'other-key-version', 'nothing-proves-it'] as const;
  const left: LeftSurvey[] = Array.from({ length: LEFT_SURVEYS }, (_, at) => ({
    surveyId: surveyId(at),
    teamId,
    surveyName: '',
    why: whys[at % whys.length] ?? 'damaged',
  }));
  const chain = { mode: 'production', ceremonyId: '44'.repeat(16) } as const;
  for (const facts of [
    { ...packagedLeaves(many.map((one) => ({ ...packaged, ...one }))), ...leftLeaves(left) },
    { ...movedLeaves(many.map((one) => ({ ...moved, ...one }))), ...leftLeaves([]) },
  ]) {
    // It refuses more than 400 leaves, and more than 4,000 characters in one.
    const entry = makeEntry(chain, undefined, { kind: 'surveys-wrapped', ...facts });
    expect(entry.leaves.length).toBeGreaterThan(ORGANISATION_SURVEYS);
  }
});
