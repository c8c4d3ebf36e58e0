import { describe, expect, test } from 'vitest';
import { opened, SIGNS, sits } from '../../../test/support/destroy-walk.ts';
import type { Remnant } from '../../ledger/ledger.ts';
import type { DestroyFacts } from './state.ts';

describe('the legacy shares of an adopted key', () => {
  const piece = (number: number, custodian: string): Remnant => ({
    id: `legacy ${number}`,
    index: number,
    custodian,
    gone: false,
    what: 'legacy',
    number,
    description: `legacy share ${number}, brought to the adoption as a text file`,
  });
  const LEGACY: Partial<DestroyFacts> = {
    label: '2026 A',
    standing: 'legacy',
    ofKeyInUse: true,
    // One of the four was destroyed another day.
    remnants: [piece(1, 'custodian 1'), piece(2, 'a former custodian'), piece(4, 'a doctor')],
  };

  test('are destroyed one by one; files are looked for; the witness signs; what is left is said', () => {
    const walk = opened(LEGACY)
      .all(...sits(1), { type: 'destroyed', id: 'legacy 1' }, { type: 'continue' })
      .all(...SIGNS);
    expect(walk.recorded('legacy-destroyed')).toEqual([
      {
        number: 1,
        custodian: 'custodian 1',
        description: 'legacy share 1, brought to the adoption as a text file',
      },
    ]);
    expect(walk.recorded('share-attested')[0]).toMatchObject({
      statement: expect.stringContaining('of legacy share 1 of 4 as destroyed') as string,
    });
    walk.say(
      { type: 'look-for-files', volumeId: 'stick 1', folder: null },
      {
        'find-leftovers': {
          type: 'leftovers-found',
          where: 'stick OLD',
          files: ['platform_custodian_component_v1.bin'],
          looked: 7,
          complete: true,
        },
      },
    );
    expect(walk.recorded('leftovers-looked-for')).toEqual([
      {
        where: 'stick OLD',
        looked: 7,
        complete: true,
        'file.1': 'platform_custodian_component_v1.bin',
      },
    ]);
    expect(walk.view).toMatchObject({
      screen: 'destroyers',
      waiting: [{ index: 2 }, { index: 4 }],
      looked: [{ where: 'stick OLD' }],
    });
    walk.all({ type: 'continue' }, { type: 'seated' }, ...SIGNS);
    expect(walk.view).toMatchObject({
      screen: 'destroyed',
      left: { length: 2 },
      legacy:
        '2 of 4 legacy shares were destroyed before a witness. Fewer are left (2) than open this key (3). Copies that nobody listed open it as well.',
    });
  });

  test('when all are gone files can still be looked for, before the witness is asked', () => {
    const walk = opened({ ...LEGACY, remnants: [piece(1, 'custodian 1')] })
      .all(...sits(1), { type: 'destroyed', id: 'legacy 1' }, { type: 'continue' })
      .all(...SIGNS);
    expect(walk.view).toMatchObject({ screen: 'destroyers', waiting: [] });
    walk.all({ type: 'continue' }, { type: 'seated' }, ...SIGNS);
    expect(walk.recorded('ceremony-closed')).toEqual([{ outcome: 'everything destroyed' }]);
  });

  test('files are looked for in one place, and only where legacy shares are destroyed', () => {
    const look = { type: 'look-for-files', volumeId: null, folder: '/home' } as const;
    expect(opened().say(look).refusal).toBe('not-now');
    const both = opened(LEGACY).say({ ...look, volumeId: 'stick 1' });
    expect([both.refusal, both.recorded('leftovers-looked-for')]).toEqual(['not-now', []]);
  });
});
