/**
 * What carries an envelope for a YubiKey, through a real worker: sticks, the lines of a sheet; and
 * what main hears of it.
 */
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { toTypedLines } from '../../shared/encoding/lines.ts';
import { encodeKeyEnvelope, keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import { NO_LOGS } from '../support/no-logs.ts';
import { isKeyTask } from '../support/key-rack.ts';
import {
  CEREMONY,
  envelopeBytes,
  envelopeOn,
  keySittings,
  LATER,
  type Sitting,
} from '../support/key-sittings.ts';
import { holds } from '../support/leaks.ts';
import { codeOf } from '../support/worker.ts';

const { rack, worker, manifest, sit, write, readBack, give } = keySittings();

describe('the typed lines of a sheet', () => {
  it('open with the key as the stick does, and are of one mode', async () => {
    const own = rack.add(12_345_678);
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    const typed = (wire: Uint8Array) =>
      worker().callWith(
        sitting.person,
        { keys: sitting.keys, way: 'typed', lines: toTypedLines('key-share', wire, 1) },
        'accept-share',
        {
          how: 'typed',
          sheet: 'key-share',
          volumeId: null,
          rehearsalFolder: null,
          person: sitting.person.name,
          manifest: manifest(),
          known: { void: [], superseded: [] },
          envelopes: NO_LOGS,
          index: 2,
          ways: ['camera', 'typed'],
          ceremonyId: LATER,
        },
      );
    const wire = envelopeBytes(sitting, 2);
    expect(await typed(wire)).toEqual({
      index: 2,
      medium: 'yubikey-otp',
      renewal: null,
      onSheet: { sheet: 1, envelope: keyEnvelopeDigest(wire) },
      otp: { envelope: keyEnvelopeDigest(wire), madeIn: CEREMONY, standing: 'not-known' },
    });
    const other = encodeKeyEnvelope({ ...envelopeOn(sitting, 2), mode: 'production' });
    expect(await codeOf(typed(other))).toBe('key-envelope-other-mode');
  });
});

describe('what lies on the stick', () => {
  it('is refused by name when it is of another share or set, and the key is not asked', async () => {
    const own = rack.add(12_345_678);
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    sitting.person.tasks.length = 0;
    expect(await codeOf(give(sitting, 3))).toBe('share-wrong-custodian');
    const other = { ...manifest(), setId: 'b2'.repeat(16) };
    expect(await codeOf(give(sitting, 2, {}, other))).toBe('share-of-another-set');
    expect(sitting.person.tasks.filter(isKeyTask)).toEqual([]);
  });

  it('is one share of a set, however it is locked', async () => {
    const own = rack.add(12_345_678);
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    expect(await codeOf(write(sitting, 'yubikey-otp'))).toBe('usb-share-exists');
    const next = await sit(3, { own });
    const onto: Sitting = { ...next, volume: sitting.volume };
    expect(await codeOf(write(onto, 'yubikey-fido2'))).toBe('usb-second-share');
    expect(
      await codeOf(
        worker().call('write-usb', { ...sitting.volume, withIdentity: true, sheet: null }),
      ),
    ).toBe('usb-second-share');
  });

  it('sends nothing of a PIN, of words or of an answer to main', async () => {
    const own = rack.add(12_345_678, '1357924680');
    const sitting = await sit(2, { own, pins: ['1357924680'] });
    await write(sitting, 'yubikey-fido2');
    await readBack(sitting, 'yubikey-fido2');
    const pin = new TextEncoder().encode('1357924680');
    const { sent } = worker();
    for (const secret of [pin, sitting.person.words]) expect(holds(sent, secret)).toBe(false);
    // It would be seen, also as bytes and as JSON spells them.
    const number = new TextEncoder().encode('12345678');
    expect(holds(sent, number)).toBe(true);
    const leaks = [
      '1357924680',
      pin,
      Object.fromEntries(pin.entries()),
      [...pin],
      bytesToHex(pin),
      JSON.stringify({ pin }),
    ];
    for (const leak of leaks) expect(holds([...sent, { leak }], pin)).toBe(true);
  });
});
