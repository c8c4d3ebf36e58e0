/**
 * The envelope of an OTP key on a printed sheet, through a real worker and driver: written, read
 * back, given, printed anew under a fresh challenge and proved from the new paper; and what fails on
 * the way, with the old sheet opening the share all the while.
 */
import { describe, expect, it } from 'vitest';
import { decodeKeyEnvelope, keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import { sheetLines, type Hands } from '../support/entry-script.ts';
import {
  CEREMONY,
  keySittings,
  LATER,
  mending,
  touches,
  type Sitting,
} from '../support/key-sittings.ts';
import { bytesOn, NEW, OLD, otpSheets } from '../support/otp-sheets.ts';
import { codeOf } from '../support/worker.ts';

const sittings = keySittings();
const { rack, worker, manifest, sit } = sittings;
const { names, sheetsIn, write, readBack, give, printAnew, prove } = otpSheets(sittings);
const SERIAL = 12_345_678;

/** Written, and given from sheet 1. */
async function given(): Promise<Sitting> {
  const sitting = await sit(2, { own: rack.add(SERIAL) });
  await write(sitting);
  await give(sitting, { sheets: await sheetsIn(OLD) });
  sitting.person.tasks.length = 0;
  sitting.person.refusals.length = 0;
  return sitting;
}

describe('the envelope of an OTP key on a sheet', () => {
  it('is printed with the identity and read back with key and words, typed once for both', async () => {
    const sitting = await sit(2, { own: rack.add(SERIAL) });
    const { records } = await write(sitting);
    expect(records[0]).toMatchObject({
      kind: 'yubikey-otp',
      description: expect.stringMatching(/12345678, envelope on A4 sheet 1$/) as string,
    });
    sitting.person.tasks.length = 0;
    const { shareKey } = await readBack(sitting, { sheets: await sheetsIn(/pdf$/) });
    expect(shareKey).toBe(manifest().shares[1]?.publicKey);
    const tasks = sitting.person.tasks.map(({ task }) => task);
    expect(tasks).toEqual(['scan', 'scan', 'key-replug', 'touch', 'passphrase']);
  });

  it('is given, printed anew under a fresh challenge, and proved with one touch and no words', async () => {
    const sitting = await sit(2, { own: rack.add(SERIAL) });
    await write(sitting);
    const old = await sheetsIn(OLD);
    const before = await bytesOn(old);
    sitting.person.tasks.length = 0;
    expect(await give(sitting, { sheets: old })).toEqual({
      index: 2,
      medium: 'yubikey-otp',
      renewal: null,
      onSheet: { sheet: 1, envelope: keyEnvelopeDigest(before) },
      otp: { envelope: keyEnvelopeDigest(before), madeIn: CEREMONY, standing: 'not-known' },
    });
    expect(touches(sitting.person)).toEqual(['open']);
    const { record, warning } = await printAnew(sitting, 2);
    expect([record.description, warning]).toEqual(['A4 sheet 2', null]);
    const fresh = await sheetsIn(NEW);
    const after = await bytesOn(fresh);
    expect(await prove(sitting, 2, { sheets: fresh })).toEqual({ after: keyEnvelopeDigest(after) });
    expect(touches(sitting.person)).toEqual(['open', 'renew', 'prove']);
    expect(sitting.person.tasks.filter(({ task }) => task === 'passphrase')).toHaveLength(1);
    const [one, other] = [decodeKeyEnvelope(before), decodeKeyEnvelope(after)];
    expect(other.keys[0]?.challenge).not.toEqual(one.keys[0]?.challenge);
    expect(other).toMatchObject({ ceremonyId: LATER, index: 2, method: 'otp-hmac' });
    // The next reveal is from the new sheet.
    expect(await give(sitting, { sheets: fresh })).toMatchObject({ onSheet: { sheet: 2 } });
  });

  it('is proved by its lines as well', async () => {
    const sitting = await given();
    await printAnew(sitting, 2);
    const { 'key-share': pdf = new Uint8Array() } = await sheetsIn(NEW);
    const lines = await sheetLines(pdf);
    const proved = await prove(sitting, 2, { way: 'typed', lines }, 'typed');
    expect(proved.after).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the old sheet opens the share', () => {
  it('after the window was closed at each step, and with no printer there', async () => {
    const sitting = await given();
    const old = await sheetsIn(OLD);
    expect(await codeOf(printAnew(sitting, 2, { cancelAt: 'touch' }))).toBe('cancelled');
    expect(await names()).not.toContainEqual(expect.stringMatching(NEW));
    expect(await give(sitting, { sheets: old })).toMatchObject({ onSheet: { sheet: 1 } });
    expect(await codeOf(printAnew(sitting, 2, { where: null }))).toMatch(/^print/);
    expect(await give(sitting, { sheets: old })).toMatchObject({ onSheet: { sheet: 1 } });
    await printAnew(sitting, 3);
    expect(await codeOf(prove(sitting, 3, { cancelAt: 'scan' }))).toBe('cancelled');
    const fresh = await sheetsIn(/sheet-3\.pdf$/);
    expect(await codeOf(prove(sitting, 3, { sheets: fresh, cancelAt: 'touch' }))).toBe('cancelled');
    // The same step again, with the same sheet.
    expect(await prove(sitting, 3, { sheets: fresh })).toHaveProperty('after');
    expect(await give(sitting, { sheets: old })).toMatchObject({ onSheet: { sheet: 1 } });
  });

  it('while its key is out: another key is named, and nothing is printed', async () => {
    const sitting = await given();
    const stranger = rack.add(34_567_890);
    rack.only(stranger);
    const other: Sitting = { ...sitting, keys: { rack, own: stranger } };
    expect(await codeOf(printAnew(other, 2))).toBe('cancelled');
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['key-other']);
    expect(await names()).not.toContainEqual(expect.stringMatching(NEW));
    rack.only(sitting.keys.own);
    expect(await give(sitting, { sheets: await sheetsIn(OLD) })).toHaveProperty('onSheet');
  });
});

describe('pulled out at the touch', () => {
  /** Comes out at the first touch that does this. */
  const pulledAt = (sitting: Sitting, does: 'renew' | 'prove'): Sitting => {
    const { own } = sitting.keys;
    let pulled = false;
    return {
      ...sitting,
      keys: {
        ...sitting.keys,
        instead(task) {
          if (task.task === 'touch' && task.does === does && !pulled) {
            pulled = true;
            own.key.plug.comeOutAfter(3);
          }
          return undefined;
        },
      },
    };
  };

  it('and given up: nothing is printed, or nothing is proved, and the old sheet opens the share', async () => {
    const sitting = await given();
    const { own } = sitting.keys;
    expect(await codeOf(printAnew(pulledAt(sitting, 'renew'), 2))).toBe('cancelled');
    expect(await names()).not.toContainEqual(expect.stringMatching(NEW));
    rack.only(own);
    await printAnew(sitting, 2);
    const sheets = await sheetsIn(NEW);
    expect(await codeOf(prove(pulledAt(sitting, 'prove'), 2, { sheets }))).toBe('cancelled');
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['otp-gone', 'otp-gone']);
    rack.only(own);
    expect(await give(sitting, { sheets: await sheetsIn(OLD) })).toHaveProperty('onSheet');
  });

  it('and put in again: the step is repeated, and the new sheet opens the share', async () => {
    const sitting = await given();
    const { own } = sitting.keys;
    const hands: Hands = { onRefused: mending(() => rack.only(own)) };
    await printAnew(pulledAt(sitting, 'renew'), 2, hands);
    const sheets = await sheetsIn(NEW);
    await prove(pulledAt(sitting, 'prove'), 2, { ...hands, sheets });
    expect(await give(sitting, { sheets })).toMatchObject({ onSheet: { sheet: 2 } });
  });
});

describe('refused as the new sheet', () => {
  it('the old one, and an earlier print, by their numbers', async () => {
    const sitting = await given();
    await printAnew(sitting, 2);
    await printAnew(sitting, 3);
    for (const which of [OLD, NEW]) {
      sitting.person.refusals.length = 0;
      const sheets = await sheetsIn(which);
      expect(await codeOf(prove(sitting, 3, { sheets }))).toBe('cancelled');
      expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['sheet-other-copy']);
    }
    expect(touches(sitting.person)).toEqual(['renew', 'renew']);
  });

  it('one of another day with the same number, although it would open', async () => {
    const sitting = await given();
    await printAnew(sitting, 2);
    const first = await sheetsIn(NEW);
    await printAnew(sitting, 2);
    expect(await codeOf(prove(sitting, 2, { sheets: first }))).toBe('cancelled');
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['sheet-other-envelope']);
    expect(touches(sitting.person)).toEqual(['renew', 'renew']);
    expect(await prove(sitting, 2, { sheets: await sheetsIn(NEW) })).toHaveProperty('after');
  });

  it('anything before a share was given from its sheet, or after its custodian got up', async () => {
    const sitting = await sit(2, { own: rack.add(SERIAL) });
    expect(await codeOf(printAnew(sitting, 2))).toBe('worker-out-of-order');
    await write(sitting);
    await give(sitting, { sheets: await sheetsIn(OLD) });
    expect(await codeOf(prove(sitting, 2, {}))).toBe('worker-out-of-order');
    const turn = { name: sitting.person.name, role: 'custodian', index: 2 } as const;
    await worker().call('begin-seat', { turn });
    expect(await codeOf(printAnew(sitting, 2))).toBe('worker-out-of-order');
  });
});
