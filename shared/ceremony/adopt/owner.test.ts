import { describe, expect, test } from 'vitest';
import { bothAnswer, found, proved, stateOf, viewOf } from '../../../test/support/adopt-walks.ts';
import { PLAN, keyOf } from '../../../test/support/ceremony-facts.ts';
import { legacyAnswer, place, type Walk } from '../../../test/support/ceremony.ts';
import type { Comparison } from '../../bundle/adopt.ts';
import type { LegacyProof } from '../types.ts';
import { aboutKey } from './transition.ts';

const operator = PLAN.operator.name;
const witness = PLAN.witness.name;
const [custodian = ''] = PLAN.custodians.map(({ name }) => name);

describe('the owner of an organisation proves the key', () => {
  const kept = { surveyId: 33, organisationId: 4, teamId: 9 };
  const untried: LegacyProof = { opened: [], unopened: [], place: 'both', wrong: null };
  const stored = { userId: 7, surveyId: 31 };
  const byOwner = (change: Partial<LegacyProof> = {}): LegacyProof => ({
    ...untried,
    organisation: { owner: 'owner 1', opened: [kept] },
    ...change,
  });
  /** Survey keys of organisations came along. */
  const along = (proof: boolean, compared: Comparison = 'same') => found(compared, proof, [kept]);
  const typed = (walked: Walk, proof: LegacyProof): Walk => {
    walked.feed({ type: 'owner', by: 'owner 1' });
    walked.feed({ type: 'legacy-proved', proof });
    walked.pending = undefined;
    return walked;
  };

  test('where no stored survey key is there; nobody has to answer for it then', () => {
    const walked = along(false);
    expect(viewOf(walked)).toMatchObject({ organisationKeys: [kept], keys: [], tried: false });
    walked.feed({ type: 'owner', by: 'owner 1' });
    expect(walked.effects.at(-1)).toEqual({ effect: 'prove-by-owner', owner: 'owner 1' });
    expect(walked.state.busy).toMatchObject({ entryWindow: true });
    walked.feed({ type: 'legacy-proved', proof: byOwner() });
    walked.pending = undefined;
    expect(place(walked.state)).toBe('legacy-restored');
    expect(walked.recorded('legacy-proved')).toEqual([
      {
        proof: 'organisation',
        place: 'both',
        owner: 'owner 1',
        'opened.1': 'survey 33 of team 9 of organisation 4',
      },
    ]);
    expect(aboutKey(stateOf(walked), { name: witness, role: 'witness', index: null })).toContain(
      'it opened the survey key of survey 33 of team 9 of organisation 4 with the passphrase that owner 1 typed.',
    );
    walked.until((state) => state.phase.at === 'waiting');
    expect(walked.effects.find(({ effect }) => effect === 'make-bundle')).toMatchObject({
      adoption: { proof: 'organisation', organisationKeys: [kept], decided: null },
    });
  });

  test('where none of the stored ones opened, and only then; nobody may answer for it instead', () => {
    const walked = along(true);
    expect(walked.say({ type: 'owner', by: 'owner 1' }).state.refusal?.code).toBe('not-now');
    proved(walked, { ...untried, unopened: [stored], place: null });
    expect(viewOf(walked)).toMatchObject({ screen: 'legacy-proof', tried: true });
    expect(walked.recorded('legacy-proved')).toEqual([
      { proof: 'none', 'unopened.1': 'survey 31 (user 7)' },
    ]);
    expect(walked.say(legacyAnswer(operator)).state.refusal?.code).toBe('not-now');
    typed(walked, byOwner({ unopened: [stored] }));
    expect(place(walked.state)).toBe('legacy-restored');
    walked.until((state) => state.phase.at === 'waiting');
    expect(walked.effects.find(({ effect }) => effect === 'make-bundle')).toMatchObject({
      adoption: { proof: 'organisation', organisationKeys: [kept], unopened: [stored] },
    });
  });

  test('a window that was closed says nothing: again, or two people answer as before', () => {
    const walked = along(false);
    walked.feed({ type: 'owner', by: 'owner 1' });
    walked.feed({ type: 'entry-cancelled' });
    walked.pending = undefined;
    expect(place(walked.state)).toBe('legacy-proof');
    expect(walked.recorded('legacy-proved')).toEqual([]);
    proved(walked, untried);
    expect(place(walked.state)).toBe('legacy-decision');
    bothAnswer(walked, [custodian, witness]);
    expect(aboutKey(stateOf(walked), { name: witness, role: 'witness', index: null })).toContain(
      'nothing proves it: of what sync gave only the survey key of survey 33 of team 9 of organisation 4 could, and no passphrase opened it',
    );
    walked.until((state) => state.phase.at === 'waiting');
    expect(walked.effects.find(({ effect }) => effect === 'make-bundle')).toMatchObject({
      adoption: { proof: 'none', decided: [keyOf(custodian), keyOf(witness)] },
    });
  });

  test('which of two places is right cannot be outvoted either', () => {
    const walked = typed(along(false, 'differs'), byOwner({ place: 'row' }));
    expect(viewOf(walked)).toMatchObject({ screen: 'legacy-decision', places: ['row'] });
    walked.say(legacyAnswer(operator, 'vault'));
    expect(walked.state.refusal?.code).toBe('not-now');
    bothAnswer(walked, [operator, witness], 'row');
    expect(place(walked.state)).toBe('legacy-restored');
  });

  test('nobody types where nothing of an organisation came along; what was tried is forgotten', () => {
    const walked = found('same', false);
    expect(walked.say({ type: 'owner', by: 'owner 1' }).state.refusal?.code).toBe('not-now');
    const tried = proved(along(true), { ...untried, unopened: [stored], place: null });
    expect(stateOf(tried.say({ type: 'legacy-more' })).proof).toBeNull();
  });
});
