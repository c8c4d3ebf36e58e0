import { expect, test } from 'vitest';
import { KEY_PLAN } from '../../../test/support/ceremony-facts.ts';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import { makeEntry } from '../../transcript/entry.ts';
import { narrateEntry } from '../../transcript/narrate.ts';
import type { PersonEvent } from '../events.ts';
import type { RecoverState } from '../recover/state.ts';
import { recoverView } from '../recover/view.ts';
import type { SplitState } from '../split/state.ts';
import { splitView } from '../split/view.ts';

const toPlan = () => walk('split', 'plan').say({ type: 'plan', plan: KEY_PLAN });
const to = (there: string) => toPlan().until((state) => place(state) === there);
const viewOf = (walked: Walk) =>
  splitView(walked.state as SplitState, { entries: 1, words: 'four words' });
const refusalOf = (walked: Walk, event: PersonEvent) => walked.say(event).state.refusal?.code;

test('a share is written with its key onto a stick, which is taken out; both are read back', () => {
  const done = toPlan().until((state) => place(state) === '4 attest');
  const places = done.states.map(place).filter((now, at, all) => now !== all[at - 1]);
  for (const index of [3, 4]) {
    expect(places).toEqual(
      expect.arrayContaining([`${index} write`, `${index} replug`, `${index} read-back`]),
    );
  }
  const asked = done.effects.flatMap((effect) =>
    effect.effect === 'write-key' || effect.effect === 'read-back' ? [effect] : [],
  );
  expect(asked.filter(({ turn }) => (turn.index ?? 0) > 2)).toMatchObject([
    { effect: 'write-key', medium: 'yubikey-otp', withIdentity: true },
    { effect: 'read-back', key: 'yubikey-otp', how: 'usb' },
    { effect: 'write-key', medium: 'yubikey-fido2', withIdentity: true },
    { effect: 'read-back', key: 'yubikey-fido2', how: 'usb' },
  ]);
  expect(asked.find(({ turn }) => turn.index === 2)).not.toHaveProperty('key');
  const { media } = done.state as SplitState;
  expect(media[3]?.[0]?.kind).toBe('yubikey-otp');
  expect(media[4]?.[0]?.description).toContain('envelope on stick HOME');
});

test('the transcript has the register, the slot, every attestation whole, and reads in English', () => {
  const done = to('4 attest');
  const kinds = done.effects.flatMap((effect) =>
    effect.effect === 'record' && /^(key-(?!made)|slot-|envelope-)/.test(effect.kind)
      ? [effect]
      : [],
  );
  expect(kinds.map(({ kind, facts }) => [kind, facts['custodian']])).toEqual([
    ['key-registered', 'custodian 3'],
    ['slot-programmed', 'custodian 3'],
    ['key-registered', 'custodian 4'],
    ['key-attested', 'custodian 4'],
    ['key-registered', 'custodian 4'],
    ['key-attested', 'custodian 4'],
  ]);
  expect(kinds[0]?.facts).toEqual({
    index: 3,
    custodian: 'custodian 3',
    serial: 12_345_678,
    medium: 'yubikey-otp',
    model: 'YubiKey 5 NFC',
    firmware: '5.7.1',
    backup: false,
  });
  expect(kinds[3]?.facts).toMatchObject({
    'statement.1': 'A'.repeat(4000),
    'statement.2': 'A'.repeat(1000),
  });
  const chain = { mode: 'production' as const, ceremonyId: '44'.repeat(16) };
  const told = kinds.map(({ kind, facts }) =>
    narrateEntry(makeEntry(chain, undefined, { kind, ...facts })),
  );
  expect(told[0]).toBe(
    'The key of custodian 3 for share 3 is a YubiKey 5 NFC 12345678, firmware 5.7.1, used as YubiKey (OTP).',
  );
  expect(told[1]).toBe(
    'For share 3, slot 2 of the YubiKey 12345678 of custodian 3 was programmed with a new secret; it answers to a touch only. ' +
      `Its verifier is ${'cd'.repeat(8)}….`,
  );
  expect(told[4]).toMatch(
    /^The backup key of custodian 4 for share 4 is a YubiKey 5 NFC, firmware/,
  );
});

test('what an interrupted writing may have left is a key and a stick', () => {
  const walked = to('3 write');
  walked.feed({ type: 'choose-volume', id: 'stick' });
  const { phase } = walked.state;
  expect(phase.at === 'seat' && phase.seat.writing).toBe(
    'custodian 3: share 3 of 4 and personal identity on a YubiKey and a stick, not finished: look for it',
  );
  expect(walked.recorded('share-writing').at(-1)).toMatchObject({ medium: 'yubikey-otp' });
});

test('another medium may be chosen, also a key instead of paper, but never for an identity alone', () => {
  const walked = to('1 write');
  expect(viewOf(walked.say({ type: 'another-copy', medium: 'yubikey-fido2' }))).toMatchObject({
    screen: 'write',
    medium: 'yubikey-fido2',
  });
  const operator = to('operator write');
  expect(refusalOf(operator, { type: 'another-copy', medium: 'yubikey-otp' })).toBe('not-now');
  expect(refusalOf(to('3 read-back'), { type: 'read', how: 'camera' })).toBe('not-now');
});

test('the envelope of a FIDO2 key may be printed, and is read back from its own sheet', () => {
  const walked = to('4 write').say({ type: 'choose-printer', id: 'printer' });
  expect(place(walked.state)).toBe('4 read-back');
  expect(viewOf(walked)).toMatchObject({ screen: 'read-back', onSheet: true });
  const orders = walked.effects.flatMap((effect) =>
    effect.effect === 'write-key' && effect.paper !== undefined ? [effect] : [],
  );
  expect(orders).toMatchObject([
    {
      medium: 'yubikey-fido2',
      volumeId: null,
      paper: { printerId: 'printer', page: 'A4', sheetNumber: 1 },
      withIdentity: true,
    },
  ]);
  expect(refusalOf(walked, { type: 'read', how: 'usb' })).toBe('not-now');
  walked.say({ type: 'read', how: 'camera' });
  expect(place(walked.state)).toBe('4 copy');
  expect(walked.effects.filter(({ effect }) => effect === 'read-back').at(-1)).toMatchObject({
    key: 'yubikey-fido2',
    how: 'camera',
    volumeId: null,
    sheetNumber: 1,
  });
  expect(walked.recorded('share-read-back').at(-1)).toMatchObject({
    medium: 'yubikey-fido2',
    description: 'YubiKey 5 NFC 12345678, envelope on A4 sheet 1',
  });
});

test('printed again, the envelope has the next number; what may be left of the writing is a sheet', () => {
  const walked = to('4 write').say({ type: 'choose-printer', id: 'printer' });
  walked.say({ type: 'write-again' }).feed({ type: 'choose-printer', id: 'printer' });
  expect(walked.pending).toMatchObject({ effect: 'write-key', paper: { sheetNumber: 2 } });
  const { phase } = walked.state;
  expect(phase.at === 'seat' && phase.seat.writing).toContain(
    'on a YubiKey and a sheet, not finished',
  );
});

test('the envelope of an OTP key may be printed as well', () => {
  const walked = to('3 write').say({ type: 'choose-printer', id: 'printer' });
  expect(viewOf(walked)).toMatchObject({ screen: 'read-back', onSheet: true });
  walked.say({ type: 'read', how: 'typed' });
  expect(place(walked.state)).toBe('3 copy');
  expect(walked.effects.filter(({ effect }) => effect === 'read-back').at(-1)).toMatchObject({
    key: 'yubikey-otp',
    how: 'typed',
    sheetNumber: 1,
  });
});

test('a sheet for a YubiKey is asked for as one', () => {
  const walked = walk('recover', '1 share-in');
  walked.feed({ type: 'read', how: 'camera', sheet: 'key-share' });
  expect(walked.pending).toMatchObject({ effect: 'accept-share', sheet: 'key-share' });
});

test('the screens know what a sitting is about: its media, the key at the stick, the shares of the set', () => {
  expect(viewOf(to('4 handover'))).toMatchObject({ media: ['yubikey-fido2'] });
  expect(viewOf(to('witness handover'))).toMatchObject({ media: [] });
  const replug = to('3 read-back').states.find((state) => place(state) === '3 replug');
  expect(splitView(replug as SplitState, { entries: 1, words: 'four words' })).toMatchObject({
    screen: 'replug',
    medium: 'yubikey-otp',
  });
  const giving = recoverView(walk('recover', '2 share-in').state as RecoverState, {
    entries: 1,
    words: 'four words',
  });
  expect(giving).toMatchObject({ screen: 'share-in', count: 4, progress: { of: 3 } });
});

test('words lock what lies on a stick and what an OTP key locks; a FIDO2 key has its PIN', () => {
  const locked = (there: string) => {
    const view = viewOf(to(there));
    return view.screen === 'words' ? view.protects : null;
  };
  expect(locked('1 words')).toEqual(['personal identity']);
  expect(locked('2 words')).toEqual(['share 2 of 4', 'personal identity']);
  expect(locked('3 words')).toEqual(['share 3 of 4', 'personal identity']);
  expect(locked('4 words')).toEqual(['personal identity']);
});

test('what was read back with an OTP key is written down with its envelope', () => {
  const envelope = 'e0'.repeat(32);
  const done = { type: 'read-back-done', identityKey: 'aa', shareKey: 'bb'.repeat(32) } as const;
  const readBack = (more: { readonly envelope?: string }) => {
    const walked = to('3 read-back');
    walked.feed({ type: 'read', how: 'usb', volumeId: 'x' });
    walked.feed({ ...done, ...more });
    return walked.recorded('share-read-back').at(-1);
  };
  expect(readBack({ envelope })).toMatchObject({
    index: 3,
    envelope: { type: 'digest', value: envelope },
  });
  expect(readBack({})).not.toHaveProperty('envelope');
});
