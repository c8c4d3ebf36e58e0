import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MEDIA_KINDS, type MediumKind } from './media-kinds.ts';
import { policyFault, policyInWords, type Holder, type MediaPolicy } from './media-policy.ts';

const medium = fc.constantFrom(...MEDIA_KINDS);
const policies: fc.Arbitrary<MediaPolicy> = fc.record({
  allowed: fc.uniqueArray(medium, { minLength: 1 }),
  kinds: fc.integer({ min: 1, max: MEDIA_KINDS.length }),
  apart: fc.boolean(),
});
const holders: fc.Arbitrary<readonly Holder[]> = fc
  .array(fc.array(medium, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 16 })
  .map((all) => all.map((media, at) => ({ name: `custodian ${at + 1}`, media })));

const code = (policy: MediaPolicy, all: readonly Holder[]) => policyFault(policy, all)?.code;
const holding = (...media: readonly MediumKind[][]): Holder[] =>
  media.map((own, at) => ({ name: `custodian ${at + 1}`, media: own }));
const ALL: MediaPolicy = { allowed: MEDIA_KINDS, kinds: 1, apart: false };

describe('the rule for the media, over any set', () => {
  test('nothing is refused exactly when all three sentences of it are true', () => {
    fc.assert(
      fc.property(policies, holders, (policy, all) => {
        const used = all.flatMap(({ media }) => [...new Set(media)]);
        const kept =
          policy.kinds <= policy.allowed.length &&
          used.every((kind) => policy.allowed.includes(kind)) &&
          (!policy.apart || new Set(used).size === used.length) &&
          new Set(used).size >= policy.kinds;
        expect(policyFault(policy, all) === null).toBe(kept);
      }),
    );
  });

  test('whoever sits first, the answer is the same; a looser rule refuses nothing more', () => {
    fc.assert(
      fc.property(policies, holders, (policy, all) => {
        const fault = code(policy, all) === undefined;
        expect(code(policy, [...all].reverse()) === undefined).toBe(fault);
        if (!fault) return;
        expect(code({ ...policy, allowed: MEDIA_KINDS }, all)).toBeUndefined();
        expect(code({ ...policy, kinds: 1 }, all)).toBeUndefined();
        expect(code({ ...policy, apart: false }, all)).toBeUndefined();
      }),
    );
  });

  test('a refusal names somebody who takes part and a medium that is used', () => {
    fc.assert(
      fc.property(policies, holders, (policy, all) => {
        const fault = policyFault(policy, all);
        if (fault?.code !== 'policy-medium' && fault?.code !== 'policy-same-kind') return;
        const [name = ''] = fault.culprit?.split(': ') ?? [];
        expect(all.map((one) => one.name)).toContain(name);
        expect(fault.sentences.happened.startsWith(name)).toBe(true);
      }),
    );
  });
});

test.each<[string, MediaPolicy, Holder[], string, string]>([
  [
    'a medium that is not allowed',
    { ...ALL, allowed: ['paper', 'yubikey-fido2'] },
    holding(['paper'], ['paper', 'usb']),
    'policy-medium',
    'custodian 2 would have the share on USB stick. The rule of this set allows paper, YubiKey (FIDO2) only.',
  ],
  [
    'two on the same kind, one of them with a copy',
    { ...ALL, apart: true },
    holding(['paper'], ['usb', 'paper']),
    'policy-same-kind',
    'custodian 2 and custodian 1 would both have their shares on paper.',
  ],
  [
    'too few kinds',
    { ...ALL, kinds: 3 },
    holding(['paper'], ['usb'], ['usb']),
    'policy-kinds',
    'The shares would lie on 2 kinds only: paper, USB stick. The rule of this set wants at least 3 kinds.',
  ],
  [
    'a rule that nobody can keep',
    { ...ALL, allowed: ['paper'], kinds: 2 },
    holding(['paper'], ['paper']),
    'policy-impossible',
    'The rule for the media wants 2 kinds and allows paper.',
  ],
])('%s is refused by name', (_, policy, all, wanted, said) => {
  const fault = policyFault(policy, all);
  expect(fault?.code).toBe(wanted);
  expect(fault?.message.startsWith(said)).toBe(true);
});

test('two copies of one custodian on the same kind are no two custodians', () => {
  expect(code({ ...ALL, apart: true }, holding(['paper', 'paper'], ['usb']))).toBeUndefined();
});

test('in words', () => {
  expect(policyInWords({ allowed: ['usb', 'paper'], kinds: 2, apart: true })).toBe(
    'Allowed: paper, USB stick. At least 2 kinds. No two custodians on the same kind.',
  );
  expect(policyInWords({ ...ALL, allowed: ['paper'] })).toBe('Allowed: paper.');
});
