/**
 * Plans of ceremonies: any valid one for property tests, and two to work with.
 * @module
 */
import * as fc from 'fast-check';
import { formatTime } from '../../shared/encoding/schema.ts';
import { EXPECTED_ROLES, PLANNED_KINDS } from '../../shared/plan/kinds.ts';
import type { CeremonyPlan } from '../../shared/plan/plan.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { IDENTITY_MEDIA, MEDIA_KINDS } from '../../shared/sharing/media-kinds.ts';
import { plansSet } from '../../shared/transcript/log.ts';
import { mode, name } from './arbitraries.ts';

const clean = (text: string) => text === text.trim() && !/\p{Cc}|\p{Cf}|\p{Cs}/u.test(text);
const line = (maxLength: number) =>
  fc.string({ unit: 'grapheme', maxLength: maxLength >> 2 }).filter(clean);
const mail = fc.constantFrom('keys@hospital.example', 'custodian.2@hospital.example');
const told = fc.record({ name, mail }, { requiredKeys: ['name'] });

const setPlan: fc.Arbitrary<Plan> = fc.record(
  {
    label: line(40).filter((text) => text !== ''),
    threshold: fc.integer({ min: 2, max: 16 }),
    custodians: fc.array(
      fc.tuple(told, fc.constantFrom(...MEDIA_KINDS)).map(([one, medium]) => ({ ...one, medium })),
      { minLength: 2, maxLength: 16 },
    ),
    operator: fc.record({ name, medium: fc.constantFrom(...IDENTITY_MEDIA) }),
    witness: fc
      .tuple(told, fc.constantFrom(...IDENTITY_MEDIA))
      .map(([one, medium]) => ({ ...one, medium })),
    page: fc.constantFrom('A4' as const, 'Letter' as const),
    policy: fc.record({
      allowed: fc.uniqueArray(fc.constantFrom(...MEDIA_KINDS), { minLength: 1 }),
      kinds: fc.integer({ min: 1, max: MEDIA_KINDS.length }),
      apart: fc.boolean(),
    }),
  },
  { requiredKeys: ['label', 'threshold', 'custodians', 'operator', 'witness', 'page'] },
);

/** Any plan that the parser takes. */
export const ceremonyPlan: fc.Arbitrary<CeremonyPlan> = fc
  .record({
    conclave: fc.constant('plan' as const),
    version: fc.constant(1 as const),
    mode,
    ceremony: fc.constantFrom(...PLANNED_KINDS),
    begins: fc
      .date({ min: new Date('2000-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
      .map(formatTime),
    minutes: fc.integer({ min: 5, max: 1440 }),
    place: line(120).filter((text) => text !== ''),
    remarks: fc.array(line(80), { maxLength: 4 }).map((all) => all.join('\n').trim()),
    set: setPlan,
    numbers: fc.array(
      line(40).filter((text) => text !== ''),
      { maxLength: 16 },
    ),
    expected: fc.array(
      fc.record({ name, role: fc.constantFrom(...EXPECTED_ROLES), brings: line(200) }),
      { minLength: 1, maxLength: 8 },
    ),
    needed: fc.option(fc.integer({ min: 2, max: 16 }), { nil: undefined }),
  })
  .map(({ set, numbers, needed, ...plan }) => {
    const names = [...new Set(set.custodians.map(({ name: who }) => who))];
    const seals = numbers.flatMap((number, at) => {
      const custodian = names[at];
      return custodian === undefined ? [] : [{ custodian, number }];
    });
    return {
      ...plan,
      ...(plansSet(plan.ceremony) ? { set, seals } : { seals: [] }),
      ...(needed === undefined ? {} : { needed }),
    };
  });

/** A Split of four with two to spare, deputies, and bags. */
export const SPLIT_PLAN: CeremonyPlan = {
  conclave: 'plan',
  version: 1,
  mode: 'production',
  ceremony: 'split',
  begins: '2026-12-14T09:00:00Z',
  minutes: 90,
  place: 'Board room, third floor',
  remarks: 'The laptop is fetched from the safe at 8:30.\nNobody brings a telephone.',
  set: {
    label: '2026 A',
    threshold: 2,
    custodians: [
      { name: 'custodian 1', medium: 'paper', mail: 'custodian.1@hospital.example' },
      { name: 'custodian 2', medium: 'usb' },
      { name: 'custodian 3', medium: 'yubikey-fido2' },
      { name: 'custodian 4', medium: 'yubikey-otp' },
    ],
    operator: { name: 'operator', medium: 'usb' },
    witness: { name: 'witness', medium: 'paper', mail: 'witness@audit.example' },
    page: 'A4',
    policy: { allowed: ['paper', 'usb', 'yubikey-otp', 'yubikey-fido2'], kinds: 3, apart: true },
  },
  seals: [
    { custodian: 'custodian 1', number: 'A 004711' },
    { custodian: 'custodian 2', number: 'A 004712' },
    { custodian: 'custodian 3', number: 'A 004713' },
    { custodian: 'custodian 4', number: 'A 004714' },
  ],
  expected: [
    { name: 'operator 2', role: 'operator', brings: '' },
    { name: 'witness 2', role: 'witness', brings: '' },
  ],
};

/** A recovery to which everybody comes who could. */
export const RECOVER_PLAN: CeremonyPlan = {
  conclave: 'plan',
  version: 1,
  mode: 'rehearsal',
  ceremony: 'recover',
  begins: '2026-12-14T09:00:00Z',
  minutes: 45,
  place: 'Board room, third floor',
  remarks: '',
  seals: [],
  expected: [
    { name: 'custodian 1', role: 'custodian', brings: 'sheet of share 1, six words' },
    { name: 'custodian 2', role: 'custodian', brings: 'stick of share 2, six words' },
    { name: 'custodian 4', role: 'custodian', brings: 'stick of share 4, six words' },
    { name: 'operator', role: 'operator', brings: 'stick with the ticket, stick from sync' },
    { name: 'witness', role: 'witness', brings: 'identity sheet' },
  ],
  needed: 3,
};
