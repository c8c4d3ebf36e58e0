import { describe, expect, test } from 'vitest';
import { NOW, READY } from '../../../test/support/ceremony-facts.ts';
import {
  SERIAL,
  key,
  SHEET,
  VERIFIER,
  SLOT,
  ENVELOPE,
  SET,
  Walk,
  AGREE,
  SIGNS,
  sits,
  opened,
  seated,
} from '../../../test/support/destroy-walk.ts';

describe('a destruction from agreement to the witness', () => {
  const done = seated(1)
    .all({ type: 'destroyed', id: SHEET.id }, { type: 'continue' }, ...SIGNS)
    .all(...sits(3))
    .all({ type: 'erase-slot', id: SLOT.id }, { type: 'destroyed', id: ENVELOPE.id })
    .all({ type: 'continue' }, ...SIGNS);

  test('writes down what was agreed, each thing destroyed, and the slot read empty', () => {
    expect(done.recorded('destruction-agreed')).toEqual([
      {
        setId: SET.setId,
        generation: 1,
        label: '2024 A',
        standing: 'void',
        witness: 'witness',
        'thing.1': 'share 1 of 4, custodian 1, A4 sheet 1',
        'thing.2': `share 3 of 4, custodian 3, slot 2 of the YubiKey 5C NFC ${SERIAL}`,
        'thing.3': `share 3 of 4, custodian 3, envelope on stick HOME-3 (16 GB), for YubiKey 5C NFC ${SERIAL}`,
      },
    ]);
    expect(done.recorded('medium-destroyed').map(({ description }) => description)).toEqual([
      'A4 sheet 1',
      `YubiKey 5C NFC ${SERIAL}, envelope on stick HOME-3 (16 GB)`,
    ]);
    expect(done.recorded('slot-erased')).toEqual([
      {
        index: 3,
        custodian: 'custodian 3',
        serial: SERIAL,
        slot: 2,
        found: 'configured',
        proved: true,
        empty: true,
      },
    ]);
    expect(done.recorded('share-attested').map(({ statement }) => statement)).toEqual([
      expect.stringContaining('I keep no copy of it'),
      expect.stringContaining('I keep no copy of it'),
    ]);
  });

  test('the witness sits down by himself when nothing is left, signs, and it is closed', () => {
    expect(done.view).toMatchObject({ screen: 'handover', arriving: { role: 'witness' } });
    done.all({ type: 'seated' }, ...SIGNS);
    expect(done.view).toMatchObject({ screen: 'destroyed', left: [] });
    expect(done.recorded('ceremony-closed')).toEqual([{ outcome: 'everything destroyed' }]);
    expect(done.effects.at(-1)).toEqual({ effect: 'finish' });
    // Three people signed, none of them with a share.
    const seals = done.effects.filter(({ effect }) => effect === 'seal');
    expect(seals).toEqual(Array.from({ length: 3 }, () => ({ effect: 'seal', withQuorum: false })));
  });
});

describe('before anything is destroyed', () => {
  test('whoever holds a share of it is no witness', () => {
    const walk = new Walk().say({ ...AGREE, witness: 'Custodian 3' });
    expect([walk.refusal, walk.view.screen]).toEqual(['destroy-own-witness', 'destruction']);
  });

  test('a set that was replaced wants a word about the backups, which is written down', () => {
    const change = { standing: 'superseded', supersededBy: '2026 A' } as const;
    const walk = new Walk(change).say(AGREE);
    expect([walk.refusal, walk.recorded('destruction-agreed')]).toEqual(['destroy-backups', []]);
    walk.say({ ...AGREE, backupsTried: true });
    expect(walk.recorded('destruction-agreed')[0]).toMatchObject({
      standing: 'superseded',
      backups: expect.stringContaining('restored in a test') as string,
    });
  });

  test('a set whose version was retired wants another one: no backup is needed that it may open', () => {
    const walk = new Walk({ standing: 'retired' }).say(AGREE);
    expect([walk.refusal, walk.recorded('destruction-agreed')]).toEqual([
      'destroy-version-backups',
      [],
    ]);
    walk.say({ ...AGREE, backupsTried: true });
    expect(walk.recorded('destruction-agreed')[0]).toMatchObject({
      standing: 'retired',
      backups: 'none is needed any more that may hold a survey key under its version',
    });
  });

  test('a laptop that is not ready stops it', () => {
    const findings = READY.map((one) => ({
      ...one,
      status: 'fail' as const,
      stopsProduction: true,
    }));
    const walk = new Walk().say(AGREE, {
      'check-environment': { type: 'environment-checked', findings, now: NOW },
    });
    expect(walk.say({ type: 'continue' }).refusal).toBe('environment-stops');
  });
});

describe('a slot', () => {
  test('of a key that opens a share in use is never erased; it can be left with a reason', () => {
    const walk = seated(3, { inUse: [SERIAL] }).say({ type: 'erase-slot', id: SLOT.id });
    expect(walk.refusal).toBe('destroy-slot-in-use');
    expect(walk.effects.some(({ effect }) => effect === 'erase-slot')).toBe(false);
    expect(walk.view).toMatchObject({
      screen: 'destroy',
      things: [{ notErased: 'in-use', gone: false }, { gone: false }],
    });
    walk.say({ type: 'leave-slot', id: SLOT.id, reason: 'it opens 2026 A' });
    expect(walk.recorded('slot-left')).toEqual([
      { index: 3, custodian: 'custodian 3', serial: SERIAL, slot: 2, reason: 'it opens 2026 A' },
    ]);
    expect(walk.view).toMatchObject({ things: [{ gone: true }, { gone: false }] });
  });

  test('of a key that hides its number is not erased', () => {
    const remnants = [{ ...SLOT, serial: null }];
    const walk = seated(3, { remnants }).say({ type: 'erase-slot', id: SLOT.id });
    expect(walk.refusal).toBe('destroy-slot-unnamed');
  });

  test('that was left is dealt with, and nothing says that it is gone', () => {
    const walk = seated(3).all(
      { type: 'leave-slot', id: SLOT.id, reason: 'it opens a laptop too' },
      { type: 'destroyed', id: ENVELOPE.id },
    );
    const words = `slot 2 of the YubiKey 5C NFC ${SERIAL}, left as it is`;
    expect(walk.view).toMatchObject({ things: [{ words, gone: true }, { gone: true }] });
  });

  test('of which only the manifest tells: a key in use comes first, then one without a number', () => {
    const unknown = { ...SLOT, slot: null, verifiers: [] };
    const used = seated(3, { remnants: [unknown], inUse: [SERIAL] });
    expect(used.view).toMatchObject({ things: [{ notErased: 'in-use' }] });
    expect(used.say({ type: 'erase-slot', id: SLOT.id }).refusal).toBe('destroy-slot-in-use');
    const hidden = seated(3, { remnants: [{ ...unknown, serial: null }] });
    expect(hidden.view).toMatchObject({ things: [{ notErased: 'unnamed' }] });
    expect(hidden.say({ type: 'erase-slot', id: SLOT.id }).refusal).toBe('destroy-slot-unnamed');
  });

  test('of which only the manifest tells is not erased, and is left without its number', () => {
    const walk = seated(3, { remnants: [{ ...SLOT, slot: null, verifiers: [] }] });
    expect(walk.view).toMatchObject({ things: [{ notErased: 'unknown', slot: null }] });
    walk.say({ type: 'erase-slot', id: SLOT.id });
    expect(walk.refusal).toBe('destroy-slot-unknown');
    expect(walk.effects.some(({ effect }) => effect === 'erase-slot')).toBe(false);
    walk.say({ type: 'leave-slot', id: SLOT.id, reason: 'the log is elsewhere' });
    expect(walk.recorded('slot-left')).toEqual([
      { index: 3, custodian: 'custodian 3', serial: SERIAL, reason: 'the log is elsewhere' },
    ]);
    expect(walk.view).toMatchObject({ things: [{ gone: true }] });
  });

  test('is asked for the secret that its log tells; of an older log the view says that none is told', () => {
    const verifiersOf = ({ effects }: Walk) =>
      effects.flatMap((one) => (one.effect === 'erase-slot' ? [one.verifiers] : []));
    const known = seated(3);
    expect(known.view).toMatchObject({ things: [{ isKnown: true }, {}] });
    known.say({ type: 'erase-slot', id: SLOT.id });
    expect(verifiersOf(known)).toEqual([[VERIFIER]]);

    const older = seated(3, { remnants: [{ ...SLOT, verifiers: [] }] });
    expect(older.view).toMatchObject({ things: [{ isKnown: false }] });
    older.say({ type: 'erase-slot', id: SLOT.id });
    expect(verifiersOf(older)).toEqual([[]]);
    expect(older.recorded('slot-erased')).toMatchObject([{ found: 'configured', proved: false }]);
  });

  test('that was found empty has nothing proved', () => {
    const { id } = SLOT;
    const found = {
      serial: SERIAL,
      slot: 2,
      found: 'empty',
      proved: false,
      isEmpty: true,
    } as const;
    const walk = seated(3).say(
      { type: 'erase-slot', id },
      { 'erase-slot': { type: 'slot-erased', id, ...found } },
    );
    expect(walk.recorded('slot-erased')).toEqual([
      { index: 3, custodian: 'custodian 3', serial: SERIAL, slot: 2, found: 'empty', empty: true },
    ]);
  });

  test('that is not read empty stays on the list, and that is written down', () => {
    const walk = seated(3).say(
      { type: 'erase-slot', id: SLOT.id },
      {
        'erase-slot': {
          type: 'slot-erased',
          id: SLOT.id,
          serial: SERIAL,
          slot: 2,
          found: 'configured',
          proved: true,
          isEmpty: false,
        },
      },
    );
    expect(walk.refusal).toBe('destroy-slot-not-empty');
    expect(walk.recorded('slot-erased')).toMatchObject([{ empty: false }]);
    expect(walk.view).toMatchObject({ things: [{ gone: false }, { gone: false }] });
  });

  test('is no medium, and a medium no slot', () => {
    expect(seated(3).say({ type: 'destroyed', id: SLOT.id }).refusal).toBe('not-now');
    expect(seated(3).say({ type: 'erase-slot', id: ENVELOPE.id }).refusal).toBe('not-now');
    const leave = { type: 'leave-slot', id: ENVELOPE.id, reason: 'because' } as const;
    expect(seated(3).say(leave).refusal).toBe('not-now');
  });
});

describe('one custodian', () => {
  test('destroys nothing of another one, and nothing twice', () => {
    expect(seated(1).say({ type: 'destroyed', id: ENVELOPE.id }).refusal).toBe('not-now');
    const twice = seated(3).all(
      { type: 'destroyed', id: ENVELOPE.id },
      { type: 'destroyed', id: ENVELOPE.id },
    );
    expect(twice.refusal).toBe('not-now');
    expect(twice.recorded('medium-destroyed')).toHaveLength(1);
  });

  test('says from which bag or strip a thing came, and may have none', () => {
    const walk = seated(3).all(
      { type: 'erase-slot', id: SLOT.id },
      { type: 'destroyed', id: ENVELOPE.id, strip: 'B 0412' },
    );
    expect(walk.recorded('medium-destroyed')).toMatchObject([
      { custodian: 'custodian 3', strip: 'B 0412' },
    ]);
    const bare = seated(1).say({ type: 'destroyed', id: SHEET.id });
    expect(bare.recorded('medium-destroyed')[0]).not.toHaveProperty('strip');
  });

  test('does not go on before everything is done with, but may say what is not and why', () => {
    const walk = seated(3).all({ type: 'erase-slot', id: SLOT.id }, { type: 'continue' });
    expect(walk.refusal).toBe('not-now');
    walk.say({ type: 'get-up', reason: 'the stick is at home' });
    expect(walk.recorded('exception')).toEqual([
      {
        text: expect.stringMatching(
          /did not destroy envelope on.*: the stick is at home/,
        ) as string,
      },
    ]);
    expect(walk.view.screen).toBe('identity');
    walk.all(...SIGNS);
    expect(walk.recorded('share-attested')[0]?.['statement']).toContain('I keep the rest locked');
    expect(walk.view).toMatchObject({ screen: 'destroyers', progress: { done: 1, of: 3 } });
  });

  test('who destroys nothing has nothing to sign', () => {
    const walk = seated(3).say({ type: 'get-up', reason: 'everything is at home' });
    expect(walk.view.screen).toBe('destroyers');
    const absent = opened().all(
      { type: 'who', index: 3 },
      { type: 'get-up', reason: 'ill in bed' },
    );
    expect(absent.view.screen).toBe('destroyers');
    expect(absent.recorded('exception')[0]?.['text']).toContain('did not come to destroy anything');
  });

  test('signs as himself, with the identity that this laptop knows', () => {
    const walk = seated(1).all({ type: 'destroyed', id: SHEET.id }, { type: 'continue' });
    const open = (name: string, publicKey: string) =>
      walk.say(
        { type: 'identity', how: 'existing-paper' },
        {
          'open-identity': { type: 'identity-opened', name, publicKey },
        },
      ).refusal;
    expect(open('custodian 2', key('custodian 2'))).toBe('identity-other-name');
    expect(open('custodian 1', key('a stranger'))).toBe('identity-not-listed');
    expect(open('custodian 1', key('custodian 1'))).toBeNull();
  });
});

describe('the end', () => {
  test('nobody came and nothing was done: closed, without a signature', () => {
    const walk = opened().say({ type: 'continue' });
    expect(walk.view).toMatchObject({ screen: 'destroyed', gone: [] });
    expect(walk.effects.some(({ effect }) => effect === 'seal')).toBe(false);
  });

  test('a witness whose identity is known cannot go without signing', () => {
    const one = seated(1).all({ type: 'destroyed', id: SHEET.id }, { type: 'continue' }, ...SIGNS);
    one.all({ type: 'continue' }, { type: 'seated' });
    expect(one.view).toMatchObject({ screen: 'identity', maySkip: false });
    expect(one.say({ type: 'skip-identity', reason: 'lost it' }).refusal).toBe('not-now');
    const other = seated(1, { people: [] }).all(
      { type: 'destroyed', id: SHEET.id },
      { type: 'continue' },
      { type: 'skip-identity', reason: 'never had one' },
      { type: 'continue' },
      { type: 'seated' },
    );
    expect(other.view).toMatchObject({ screen: 'identity', maySkip: true });
  });

  test('it can be stopped at any step: what was done stays written, the rest on the list', () => {
    const walk = seated(3).say({ type: 'erase-slot', id: SLOT.id });
    walk.say({ type: 'abandon', reason: 'a fire alarm' });
    expect(walk.view).toMatchObject({ screen: 'destroyed', gone: [expect.anything()] });
    expect(walk.recorded('ceremony-closed')).toEqual([{ outcome: 'some of it is left' }]);
    expect(walk.recorded('declared-void')).toEqual([]);
    expect(walk.say({ type: 'continue' }).refusal).toBe('not-now');
  });
});
