import { describe, expect, test } from 'vitest';
import { bothAnswer, found, proved, stateOf, viewOf } from '../../../test/support/adopt-walks.ts';
import { PLAN, keyOf } from '../../../test/support/ceremony-facts.ts';
import { legacyAnswer, place } from '../../../test/support/ceremony.ts';
import type { LegacyProof } from '../types.ts';
import { aboutKey } from './transition.ts';

const operator = PLAN.operator.name;
const witness = PLAN.witness.name;
const [custodian = ''] = PLAN.custodians.map(({ name }) => name);

describe('two people decide', () => {
  const nothing: LegacyProof = { opened: [], unopened: [], place: 'both', wrong: null };
  const survey = (surveyId: number) => ({ userId: 7, surveyId });
  const opened: LegacyProof = { ...nothing, opened: [survey(31)], place: 'vault' };

  test('where nothing proves it, and the bundle names their keys', () => {
    const walked = proved(found('same', false), nothing);
    expect(place(walked.state)).toBe('legacy-decision');
    bothAnswer(walked, [custodian, witness]);
    const sentence = 'I answer for this key';
    expect(walked.recorded('legacy-answered')).toEqual([
      { name: custodian, place: 'both', sentence },
      { name: witness, place: 'both', sentence },
    ]);
    expect(walked.recorded('legacy-decided')).toEqual([
      { place: 'both', 'by.1.name': custodian, 'by.2.name': witness },
    ]);
    walked.until((state) => state.phase.at === 'waiting');
    expect(walked.effects.find(({ effect }) => effect === 'make-bundle')).toMatchObject({
      adoption: { proof: 'none', decided: [keyOf(custodian), keyOf(witness)] },
    });
    const attested = walked.recorded('share-attested')[0];
    expect(JSON.stringify(attested)).toContain(
      'I answer for it that it is the right one, with the vault component that Vault and the database row hold.',
    );
  });

  test('where Vault and row differ, also after a proof, which they cannot outvote', () => {
    const walked = proved(found('differs', true), opened);
    expect(viewOf(walked)).toMatchObject({ screen: 'legacy-decision', places: ['vault'] });
    walked.say(legacyAnswer(operator, 'row'));
    expect(walked.state.refusal?.code).toBe('not-now');
    bothAnswer(walked, [operator, witness], 'vault');
    expect(place(walked.state)).toBe('legacy-restored');
  });

  test('between two places where nothing can be opened; not for a third', () => {
    const walked = proved(found('differs', false), { ...nothing, place: null });
    expect(viewOf(walked)).toMatchObject({ places: ['row', 'vault'] });
    expect(walked.say(legacyAnswer(operator)).state.refusal?.code).toBe('not-now');
    bothAnswer(walked, [operator, witness], 'row');
    walked.say({ type: 'continue' });
    expect(walked.effects.find(({ effect }) => effect === 'restore-legacy')).toEqual({
      effect: 'restore-legacy',
      place: 'row',
      answers: [operator, witness],
    });
  });

  test('where some stored survey keys do not open: which, in transcript, statement and bundle', () => {
    const some = { ...opened, unopened: [survey(32), survey(33)], place: 'both' } as const;
    const walked = proved(found('same', true), some);
    expect(walked.recorded('legacy-proved')).toEqual([
      {
        proof: 'escrow',
        place: 'both',
        userId: 7,
        surveyId: 31,
        'opened.1': 'survey 31 (user 7)',
        'unopened.1': 'survey 32 (user 7)',
        'unopened.2': 'survey 33 (user 7)',
      },
    ]);
    expect(aboutKey(stateOf(walked), { name: witness, role: 'witness', index: null })).toContain(
      'it opened the stored survey key of survey 31 (user 7), but not the keys of survey 32 (user 7), survey 33 (user 7).',
    );
    walked.until((state) => state.phase.at === 'waiting');
    expect(walked.effects.find(({ effect }) => effect === 'make-bundle')).toMatchObject({
      adoption: { proof: 'escrow', unopened: [survey(32), survey(33)] },
    });
  });

  test('one person alone is not enough; with that one again nothing is decided', () => {
    const walked = proved(found('same', false), nothing).say(legacyAnswer(operator));
    expect(viewOf(walked)).toMatchObject({ screen: 'legacy-decision', answered: operator });
    expect(walked.recorded('legacy-decided')).toEqual([]);
    expect(walked.say({ type: 'continue' }).state.refusal?.code).toBe('not-now');
    expect(walked.say(legacyAnswer(operator)).state.refusal?.code).toBe('decides-alone');
    const shouted = legacyAnswer(` ${operator.toUpperCase()}  .`);
    expect(walked.say(shouted).state.refusal?.code).toBe('decides-alone');
    expect(walked.effects.map(({ effect }) => effect)).not.toContain('restore-legacy');
    expect(place(walked.say(legacyAnswer(witness)).state)).toBe('legacy-restored');
  });

  test.each([
    ['who is not there', { ...legacyAnswer('somebody else') }, 'decides-not-there'],
    ['nothing of a sentence', { ...legacyAnswer(witness), sentence: 'x' }, 'decides-sentence'],
    [
      'the sentence of another place',
      { ...legacyAnswer(witness), sentence: 'I answer for Vault' },
      'decides-sentence',
    ],
  ] as const)('not %s, neither first nor second', (_what, event, code) => {
    const walked = proved(found('same', false), nothing);
    expect(walked.say(event).state.refusal?.code).toBe(code);
    expect(walked.recorded('legacy-answered')).toEqual([]);
    walked.say(legacyAnswer(custodian));
    expect(walked.say(event).state.refusal?.code).toBe(code);
    expect(place(walked.state)).toBe('legacy-decision');
  });

  test('two who answer for different places decide nothing, until they went back', () => {
    const walked = proved(found('differs', false), { ...nothing, place: null });
    walked.say(legacyAnswer(operator, 'row'));
    expect(walked.say(legacyAnswer(witness, 'vault')).state.refusal).toMatchObject({
      code: 'decides-otherwise',
      culprit: operator,
    });
    walked.say({ type: 'legacy-more' });
    expect(stateOf(walked)).toMatchObject({ answered: null, phase: { at: 'legacy-shares' } });
    // Of two before, none counts any more.
    walked.until((state) => state.phase.at === 'legacy-proof');
    proved(walked, { ...nothing, place: null });
    expect(viewOf(walked)).toMatchObject({ screen: 'legacy-decision', answered: null });
    walked.say(legacyAnswer(witness, 'vault'));
    expect(place(walked.state)).toBe('legacy-decision');
  });

  test('capitals, spaces and a full stop are forgiven; the name is as the plan has it', () => {
    const walked = proved(found('same', false), nothing);
    const sentence = '  i answer  FOR this key. ';
    walked.say({ ...legacyAnswer(custodian.toUpperCase()), sentence });
    expect(walked.recorded('legacy-answered')).toEqual([
      { name: custodian, place: 'both', sentence: 'I answer for this key' },
    ]);
  });

  test('not where a stored survey key was opened and both places are one', () => {
    const walked = proved(found('same', true), { ...opened, place: 'both' });
    expect(place(walked.state)).toBe('legacy-restored');
  });
});
