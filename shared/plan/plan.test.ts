import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenFile, goldenJson } from '../../test/support/golden.ts';
import { ceremonyPlan, RECOVER_PLAN, SPLIT_PLAN } from '../../test/support/plans.ts';
import { utf8ToBytes } from '../encoding/bytes.ts';
import { encodeJson } from '../encoding/json.ts';
import { MODES } from '../mode.ts';
import { Refusal } from '../refusal.ts';
import { encodePlan, parsePlan, requireUsable } from './plan.ts';

const refused = (code: string, culprit?: string) =>
  expect.objectContaining(culprit === undefined ? { code } : { code, culprit }) as Error;

/** The Split's plan with something else in it, whatever the types say. */
const changed = (change: object) => encodeJson({ ...SPLIT_PLAN, ...change });
const ofSet = (change: object) => changed({ set: { ...SPLIT_PLAN.set, ...change } });

describe('a plan', () => {
  test('any comes back from its file, whose digest is that of the bytes', () => {
    fc.assert(
      fc.property(ceremonyPlan, (plan) => {
        const bytes = encodePlan(plan);
        expect(parsePlan(bytes)).toEqual({
          plan,
          digest: createHash('sha256').update(bytes).digest('hex'),
        });
      }),
      { numRuns: 80 },
    );
  });

  test.each(
    MODES.flatMap((mode) => [[mode, 'plan-split'] as const, [mode, 'plan-recover'] as const]),
  )('a golden one of %s, %s', (mode, name) => {
    expect(parsePlan(goldenFile(mode, `${name}.json`))).toEqual(
      goldenJson(mode, `${name}-expected.json`),
    );
  });

  test('no changed byte goes unseen: it is refused, or the digest is another one', () => {
    const bytes = encodePlan(SPLIT_PLAN);
    const { digest } = parsePlan(bytes);
    for (const [at, value] of bytes.entries()) {
      for (const mask of [1, 0x20, 0x80]) {
        const other = bytes.slice();
        other[at] = value ^ mask;
        try {
          expect(parsePlan(other).digest).not.toBe(digest);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }
    }
  });
});

describe('a file that is none is refused', () => {
  test.each([
    ['an empty one', new Uint8Array(), 'document-empty'],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'document-damaged'],
    ['a plan in another order', utf8ToBytes(JSON.stringify(SPLIT_PLAN)), 'document-damaged'],
    [
      'another file of ours',
      encodeJson({ conclave: 'ceremony-log', version: 1 }),
      'document-damaged',
    ],
    ['a plan of a newer version', changed({ version: 2 }), 'document-other-version'],
    ['null', utf8ToBytes('null'), 'document-damaged'],
    ['more than a plan can be', new Uint8Array(70_000), 'document-too-large'],
  ])('%s', (_, bytes, code) => {
    expect(() => parsePlan(bytes)).toThrow(refused(code));
  });
});

describe('what is wrong in it is named', () => {
  const [first, second, ...others] = SPLIT_PLAN.set?.custodians ?? [];
  test.each([
    ['begins', changed({ begins: 'on Monday' }), 'when it begins'],
    ['length', changed({ minutes: 3 }), 'how long it takes'],
    ['place', changed({ place: '' }), 'place'],
    ['a set that is missing', changed({ set: undefined, seals: [] }), 'the share set'],
    ['a set too many', changed({ ceremony: 'drill', seals: [] }), 'the share set'],
    [
      'the mail address of a custodian',
      ofSet({ custodians: [first, { ...second, mail: 'nobody' }, ...others] }),
      'custodian 2: mail address',
    ],
    ['medium', ofSet({ custodians: [first, { ...second, medium: 'cd' }] }), 'custodian 2: medium'],
    ['the name of the witness', ofSet({ witness: { name: ' x', medium: 'usb' } }), 'witness: name'],
    ['a blank after the name of the set', ofSet({ label: '2026 A ' }), 'name of the set'],
    [
      'a bag of nobody',
      changed({ seals: [{ custodian: 'custodian 9', number: '1' }] }),
      'the numbers of bags and strips',
    ],
    [
      'who else comes',
      changed({
        expected: [
          { name: 'x', role: 'operator', brings: '' },
          { name: 'y', role: 'boss', brings: '' },
        ],
      }),
      'person 2: role',
    ],
    ['something nobody knows', changed({ lunch: true }), 'the whole'],
  ])('%s', (_, bytes, culprit) => {
    expect(() => parsePlan(bytes)).toThrow(refused('plan-field', culprit));
  });

  test('nobody comes to a recovery', () => {
    const bytes = encodeJson({ ...RECOVER_PLAN, expected: [] });
    expect(() => parsePlan(bytes)).toThrow(refused('plan-field', 'who else comes'));
  });
});

describe('where it may be used', () => {
  const here = { mode: 'production', ceremony: 'split' } as const;

  test('a rehearsal takes the plan of the real ceremony, and a real one no plan for practice', () => {
    expect(() => requireUsable(SPLIT_PLAN, here)).not.toThrow();
    expect(() => requireUsable(SPLIT_PLAN, { ...here, mode: 'rehearsal' })).not.toThrow();
    expect(() => requireUsable({ ...SPLIT_PLAN, mode: 'rehearsal' }, here)).toThrow(
      refused('document-other-mode'),
    );
  });

  test('a plan is for one kind of ceremony', () => {
    expect(() => requireUsable(SPLIT_PLAN, { ...here, ceremony: 'adopt' })).toThrow(
      refused('plan-other-ceremony', 'split of a new platform key'),
    );
  });
});
