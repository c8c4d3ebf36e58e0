import { describe, expect, test } from 'vitest';
import { LogWriter } from '../../test/support/logs.ts';
import { SPLIT_PLAN } from '../../test/support/plans.ts';
import { withholdLeaf, type Facts } from '../transcript/entry.ts';
import type { CeremonyLog } from '../transcript/log.ts';
import { plannedFacts } from '../ceremony/planned.ts';
import { planInLog } from './in-log.ts';
import { encodePlan, parsePlan } from './plan.ts';
import type { Plan } from './set-plan.ts';

const { set } = SPLIT_PLAN;
if (set === undefined) throw new Error('A Split has a set.');
const read = parsePlan(encodePlan(SPLIT_PLAN));
const { digest } = read;

/** The entry of what was agreed, as the ceremony writes it, without the leaves that name the plan. */
const agreedFacts = ({ label, threshold, custodians, operator, witness, page }: Plan): Facts => ({
  label,
  keyVersion: 'v1',
  threshold,
  count: custodians.length,
  page,
  operator: operator.name,
  witness: witness.name,
  ...(witness.mail === undefined ? {} : { 'witness.mail': witness.mail }),
  ...Object.fromEntries(
    custodians.flatMap(({ name, medium, mail }, at) => [
      [`custodian.${at + 1}.name`, name],
      [`custodian.${at + 1}.medium`, medium],
      ...(mail === undefined ? [] : [[`custodian.${at + 1}.mail`, mail]]),
    ]),
  ),
});

function logOf(agreed: Plan, more: Facts, loaded: string | null = digest): CeremonyLog {
  const writer = new LogWriter({ mode: 'production', kind: 'split', ceremonyId: '0f'.repeat(16) });
  writer.entry('ceremony-opened', { ceremony: 'split', application: 'Conclave 0.1.0' });
  if (loaded !== null) {
    writer.entry('plan-loaded', {
      digest: { type: 'digest', value: loaded },
      madeFor: 'production',
      begins: { type: 'time', value: SPLIT_PLAN.begins },
      minutes: SPLIT_PLAN.minutes,
      place: SPLIT_PLAN.place,
    });
  }
  writer.entry('plan-agreed', { ...agreedFacts(agreed), ...more });
  return writer.log();
}

const told = (agreed: Plan) =>
  plannedFacts({ planned: { plan: SPLIT_PLAN, digest, findings: [] } }, agreed);
const withWitness: Plan = { ...set, witness: { name: 'witness 2', medium: 'paper' } };

describe('a plan beside the log of a ceremony', () => {
  test('is the one of it', () => {
    expect(planInLog(logOf(set, told(set)), read)).toEqual({
      digest,
      fits: true,
      sentences: ['Entry 1 has the digest of this plan.'],
    });
  });

  test('with what was changed by hand', () => {
    const { fits, sentences } = planInLog(logOf(withWitness, told(withWitness)), read);
    expect(fits).toBe(true);
    expect(sentences).toContain(
      'Changed by hand: witness: witness (paper) became witness 2 (paper).',
    );
  });

  test('a change that the log is silent about is found', () => {
    const { fits, sentences } = planInLog(logOf({ ...set, threshold: 3 }, told(set)), read);
    expect(fits).toBe(false);
    expect(sentences).toContain(
      'Entry 2 does not say that this was changed: threshold: 2 became 3.',
    );
  });

  test('a change that is told otherwise than it is, is found', () => {
    const lied = told({ ...set, threshold: 4 });
    expect(planInLog(logOf({ ...set, threshold: 3 }, lied), read).fits).toBe(false);
  });

  test.each([
    ['none was loaded', null, 'No plan was loaded in this ceremony.'],
    [
      'another was loaded',
      'ab'.repeat(32),
      'Another plan was loaded in this ceremony: the digest differs.',
    ],
  ])('%s', (_, loaded, sentence) => {
    expect(planInLog(logOf(set, {}, loaded), read)).toEqual({
      digest,
      fits: false,
      sentences: [sentence],
    });
  });

  test('another was agreed on than the one that was loaded', () => {
    expect(planInLog(logOf(set, {}), read).fits).toBe(false);
  });

  test('a plan of another kind of ceremony is not the one, whatever the log says', () => {
    const other = parsePlan(encodePlan({ ...SPLIT_PLAN, ceremony: 'adopt' }));
    const log = logOf(set, {}, other.digest);
    expect(planInLog(log, other)).toMatchObject({
      fits: false,
      sentences: ['This plan is for another kind of ceremony than the log is of.'],
    });
  });

  test('where a name is withheld, nothing is said of the people', () => {
    const log = logOf(set, told(set));
    const items = log.items.map((item) =>
      'entry' in item ? { entry: withholdLeaf(item.entry, 'custodian.2.name') } : item,
    );
    expect(planInLog({ ...log, items }, read)).toMatchObject({ fits: true });
    expect(planInLog({ ...log, items }, read).sentences).toContain(
      'A name is withheld, so what was agreed on cannot be compared.',
    );
  });
});
