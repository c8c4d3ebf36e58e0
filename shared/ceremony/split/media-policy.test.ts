import { describe, expect, test } from 'vitest';
import { KEY_PLAN, PLAN } from '../../../test/support/ceremony-facts.ts';
import { place, walk } from '../../../test/support/ceremony.ts';
import type { MediaPolicy } from '../../sharing/media-policy.ts';
import { MEDIA_KINDS, type MediumKind } from '../../sharing/media-kinds.ts';
import { makeEntry } from '../../transcript/entry.ts';
import { narrateEntry } from '../../transcript/narrate.ts';
import type { Plan } from '../../plan/set-plan.ts';
import type { SplitState } from './state.ts';
import { splitView } from './view.ts';

const APART: MediaPolicy = { allowed: MEDIA_KINDS, kinds: 4, apart: true };

const agreed = (plan: Plan) => walk('split', 'plan').say({ type: 'plan', plan });
const copyOf = (medium: MediumKind) => ({ type: 'another-copy', medium }) as const;

describe('a rule for the media of a set', () => {
  test('a plan that breaks it is refused by name, comes back whole, and nothing is recorded', () => {
    const policy: MediaPolicy = { allowed: ['usb', 'yubikey-fido2'], kinds: 1, apart: false };
    const plan: Plan = { ...PLAN, policy };
    const walked = agreed(plan);
    expect(walked.state.refusal).toMatchObject({
      code: 'policy-medium',
      culprit: 'custodian 1: paper',
    });
    expect(walked.state.phase.at).toBe('plan');
    expect(walked.recorded('plan-agreed')).toEqual([]);
    const view = splitView(walked.state as SplitState, { entries: 1, words: 'w' });
    expect(view).toMatchObject({ screen: 'plan', plan });
  });

  test('one that keeps it stands in the transcript in English, and in the set that is signed', () => {
    const walked = agreed({ ...KEY_PLAN, policy: APART });
    walked.until((state) => state.phase.at === 'set-ready');
    const [facts] = walked.recorded('plan-agreed');
    expect(facts).toMatchObject({
      'policy.allowed': 'paper, usb, yubikey-otp, yubikey-fido2',
      'policy.kinds': 4,
      'policy.apart': true,
    });
    const chain = { mode: 'production' as const, ceremonyId: '44'.repeat(16) };
    expect(narrateEntry(makeEntry(chain, undefined, { kind: 'plan-agreed', ...facts }))).toContain(
      'Rule for the media: paper, USB stick, YubiKey (OTP), YubiKey (FIDO2) allowed; kinds at least: 4; no two custodians on the same kind.',
    );
    const signed = walked.effects.find((effect) => effect.effect === 'sign-set');
    expect(signed?.set.plan.policy).toEqual(APART);
    expect(agreed(PLAN).recorded('plan-agreed')[0]).not.toHaveProperty(['policy.allowed']);
  });

  test.each([
    ['split', '2 write', 'instead of the planned one'],
    ['split', '2 copy', 'as a further copy'],
    ['split', '2 read-back', 'instead of what was not read back'],
    ['adopt', '2 write', 'instead of the planned one'],
    ['adopt', '2 copy', 'as a further copy'],
    ['rotate', '2 write', 'instead of the planned one'],
    ['rotate', '2 copy', 'as a further copy'],
  ] as const)(
    'in a %s at %s, somebody else’s kind is refused before it is written (%s)',
    (...[ceremony, at]) => {
      const walked = walk(ceremony, 'plan').say({
        type: 'plan',
        plan: { ...KEY_PLAN, policy: APART },
      });
      walked.until((state) => place(state) === at);
      if (at === '2 read-back') walked.say({ type: 'write-again' });
      const before = walked.state;
      walked.say(copyOf('paper'));
      expect(walked.state.refusal).toMatchObject({ code: 'policy-same-kind' });
      expect(walked.state.refusal?.happened).toContain('custodian 1');
      expect({ ...walked.state, refusal: null }).toEqual({ ...before, refusal: null });
    },
  );

  test('a copy on one’s own kind is allowed, and so is anything that the rule leaves open', () => {
    const walked = agreed({ ...KEY_PLAN, policy: APART });
    walked.until((state) => place(state) === '2 copy').say(copyOf('usb'));
    expect(place(walked.state)).toBe('2 write');
    const loose = agreed({ ...PLAN, policy: { ...APART, kinds: 2, apart: false } });
    loose.until((state) => place(state) === '2 write').say(copyOf('yubikey-otp'));
    expect(place(loose.state)).toBe('2 write');
    expect(loose.state.refusal).toBeNull();
  });

  test('leaving the last medium of its kind is refused while the rule counts kinds', () => {
    const plan: Plan = {
      ...PLAN,
      custodians: PLAN.custodians.map((one, at) => ({
        ...one,
        medium: at === 1 ? 'usb' : 'paper',
      })),
      policy: { ...APART, kinds: 2, apart: false },
    };
    const walked = agreed(plan).until((state) => place(state) === '2 write');
    walked.say(copyOf('paper'));
    expect(walked.state.refusal).toMatchObject({ code: 'policy-kinds', culprit: 'paper' });
  });

  test('the rule is for shares: an identity goes where its owner wants', () => {
    const policy: MediaPolicy = {
      allowed: ['yubikey-otp', 'yubikey-fido2'],
      kinds: 1,
      apart: false,
    };
    const keyed = PLAN.custodians.map((one) => ({ ...one, medium: 'yubikey-otp' as const }));
    const walked = agreed({ ...PLAN, custodians: keyed, policy });
    walked.until((state) => place(state) === 'operator write').say(copyOf('paper'));
    expect(walked.state.refusal).toBeNull();
  });
});
