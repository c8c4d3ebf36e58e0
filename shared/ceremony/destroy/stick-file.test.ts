/** The file of a share on a stick: removed, and looked for when the stick was opened again. */
import { expect, test } from 'vitest';
import { ENVELOPE, seated, SHEET } from '../../../test/support/destroy-walk.ts';
import type { Remnant } from '../../ledger/ledger.ts';

const STICK: Remnant = {
  id: '1 medium 1',
  index: 1,
  custodian: 'custodian 1',
  gone: false,
  what: 'medium',
  kind: 'usb',
  description: 'stick HOME-1 (16 GB)',
};
const remnants = [STICK, ENVELOPE];
const REMOVE = { type: 'remove-file', id: STICK.id, volumeId: 'v1' } as const;
const FILE = 'conclave-share-1-of-4-a1a1a1a1.age';

test('is gone from the reopened stick, which is evidence; the stick is still to be destroyed', () => {
  const walk = seated(1, { remnants });
  expect(walk.view).toMatchObject({ screen: 'destroy', things: [{ file: 'there', gone: false }] });
  walk.say(REMOVE);
  const names = walk.effects.map(({ effect }) => effect);
  expect(names.slice(-4)).toEqual([
    'remove-share-file',
    'await-replug',
    'look-for-share-file',
    'record',
  ]);
  expect(walk.recorded('share-file-removed')).toEqual([
    { index: 1, custodian: 'custodian 1', where: 'stick HOME-1', gone: true, 'file.1': FILE },
  ]);
  expect(walk.view).toMatchObject({ screen: 'destroy', things: [{ file: 'gone', gone: false }] });
  expect(walk.say({ type: 'continue' }).refusal).toBe('not-now');
  walk.say({ type: 'destroyed', id: STICK.id });
  expect(walk.recorded('medium-destroyed')).toHaveLength(1);
});

test('that is there again is said so, and is no evidence', () => {
  const walk = seated(1, { remnants }).say(REMOVE, {
    'look-for-share-file': { type: 'share-file-looked-for', id: STICK.id, files: [FILE] },
  });
  expect(walk.refusal).toBe('destroy-file-there');
  expect(walk.recorded('share-file-removed')).toMatchObject([{ gone: false }]);
  expect(walk.view).toMatchObject({ things: [{ file: 'there' }] });
});

test('the stick may be destroyed while it is out; what comes back then says nothing', () => {
  const walk = seated(1, { remnants }).say(REMOVE, {
    'await-replug': { type: 'entry-cancelled' },
  });
  expect(walk.view).toMatchObject({ things: [{ file: 'reopen' }] });
  walk.say({ type: 'destroyed', id: STICK.id });
  expect(walk.recorded('share-file-removed')).toEqual([]);
  expect(walk.recorded('medium-destroyed')).toHaveLength(1);
});

test('an envelope on a stick is asked for as one', () => {
  const walk = seated(3, { remnants: [ENVELOPE] }).say({ ...REMOVE, id: ENVELOPE.id });
  expect(walk.effects).toContainEqual({
    effect: 'remove-share-file',
    id: ENVELOPE.id,
    volumeId: 'v1',
    setId: 'a1'.repeat(16),
    index: 3,
    count: 4,
    envelope: true,
  });
});

test.each([
  ['a sheet has none', SHEET, true],
  [
    'an envelope on a sheet has none',
    {
      ...ENVELOPE,
      ...SHEET,
      kind: 'yubikey-otp',
      description: 'YubiKey 5 12345678, envelope on A4 sheet 1',
    } as Remnant,
    true,
  ],
  ['one that could be of a share in use is left alone', STICK, false],
] as const)('%s', (_, one, filesTold) => {
  const walk = seated(1, { remnants: [one], filesTold });
  expect(walk.view).toMatchObject({ things: [{ file: null }] });
  walk.say({ ...REMOVE, id: one.id });
  expect([walk.refusal, walk.effects.some(({ effect }) => effect === 'remove-share-file')]).toEqual(
    ['not-now', false],
  );
});
