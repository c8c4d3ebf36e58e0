/**
 * A slot of a YubiKey is emptied through a real worker thread and the driver, on software keys that
 * answer report by report: which key, whose number, a touch, and the slot read empty; and what goes
 * wrong in it.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hmacConfig, writePayload } from '../../electron/devices/yubikey-otp/slot-config.ts';
import type { EntryTask } from '../../shared/ipc/entry.ts';
import { ScriptedPerson, type Hands } from '../support/entry-script.ts';
import { KeyRack, type KeyHands, type RackedKey } from '../support/key-rack.ts';
import { sealed } from '../support/software-key/otp-slots.ts';
import { verifierIn } from '../support/software-key/slot-verifier.ts';
import { codeOf, startTestWorker, type TestWorker } from '../support/worker.ts';

const SERIAL = 12_345_678;
const OTHER = 23_456_789;
let worker: TestWorker;
let rack: KeyRack;
/** Of the secret in the second slot, as the log of a Split has it. */
let known: string;

beforeAll(async () => {
  rack = new KeyRack();
  known = verifierIn(key().otp, 1);
  rack.empty();
  worker = await startTestWorker('rehearsal', { softwareKeys: rack.channel });
});
afterAll(() => {
  worker.stop();
  rack.close();
});
afterEach(() => rack.empty());

const secretOf = (slot: 0 | 1) => new Uint8Array(20).fill(slot + 1);
const configure = ({ otp }: RackedKey, slot: 0 | 1, secret = secretOf(slot), touch = true) => {
  otp.memory.write(slot, writePayload(hmacConfig(secret, touch, undefined), undefined))?.();
};
const holds = ({ otp }: RackedKey, slot: 0 | 1) => otp.memory.hmac(slot) !== null;

/** A key with secrets in both slots. */
function key(serial = SERIAL): RackedKey {
  const added = rack.add(serial);
  configure(added, 0);
  configure(added, 1);
  return added;
}

async function erase(
  person: ScriptedPerson,
  keys: Omit<KeyHands, 'rack'>,
  hands: Hands = {},
  verifiers: readonly string[] = ['ff'.repeat(32), known],
) {
  await worker.call('begin-seat', { turn: { name: person.name, role: 'custodian', index: 3 } });
  return worker.callWith(person, { keys: { rack, ...keys }, ...hands }, 'erase-slot', {
    serial: SERIAL,
    slot: 2,
    programmed: true,
    verifiers,
    title: 'share 3 of 4 of the set 2024 A',
    owners: [
      [SERIAL, 'custodian 3'],
      [OTHER, 'custodian 2'],
    ],
  });
}

const person = () => new ScriptedPerson('custodian 3');
const codes = ({ refusals }: ScriptedPerson) => refusals.map(({ code }) => code);
const seen = ({ tasks }: ScriptedPerson) => tasks.map(({ task }) => task);

describe('a slot is emptied', () => {
  it('after its key’s number was typed and it was touched, and is read empty; the other one stays', async () => {
    const own = key();
    const who = person();
    expect(await erase(who, { own })).toEqual({
      serial: SERIAL,
      slot: 2,
      found: 'configured',
      proved: true,
      isEmpty: true,
    });
    expect([holds(own, 0), holds(own, 1)]).toEqual([true, false]);
    expect(seen(who)).toEqual(['key-in', 'key-erase', 'touch']);
    expect(who.tasks[0]).toMatchObject({ purpose: 'erase', wanted: [{ serial: SERIAL }] });
    expect(who.tasks[1]).toMatchObject({
      slot: 2,
      programmed: true,
      isKnown: true,
      key: { serial: SERIAL },
    });
    expect(who.tasks[2]).toMatchObject({ does: 'erase' });
    expect(who.blinks).toBe(1);
  });

  it('of which an older log tells no verifier: whatever it holds, and the pages say so', async () => {
    const own = key();
    const who = person();
    const stranger = new Uint8Array(20).fill(9);
    configure(own, 1, stranger);
    expect(await erase(who, { own }, {}, [])).toMatchObject({ proved: false, isEmpty: true });
    expect(who.tasks.slice(1)).toMatchObject([{ isKnown: false }, { does: 'erase-any' }]);
    expect(holds(own, 1)).toBe(false);
  });

  it('and one that is empty already bears witness for itself, without being asked for anything', async () => {
    const own = rack.add(SERIAL);
    const who = person();
    expect(await erase(who, { own })).toMatchObject({
      found: 'empty',
      proved: false,
      isEmpty: true,
    });
    expect(own.otp.memory.changes).toBe(0);
    expect(seen(who)).toEqual(['key-in']);
  });

  it('a number that was typed wrongly is typed again; nothing was touched or changed by it', async () => {
    const own = key();
    const who = person();
    let typed = 0;
    const instead: NonNullable<KeyHands['instead']> = (task) => {
      if (task.task !== 'key-erase') return undefined;
      typed += 1;
      return { type: 'erase', typedSerial: typed === 1 ? SERIAL + 1 : SERIAL };
    };
    const stopped = await codeOf(erase(who, { own, instead }));
    expect([stopped, codes(who), who.blinks]).toEqual(['cancelled', ['key-number-differs'], 0]);
    expect(holds(own, 1)).toBe(true);
    typed = 0;
    expect(await erase(who, { own, instead }, { onRefused: () => true })).toMatchObject({
      isEmpty: true,
    });
  });
});

describe('nothing is erased', () => {
  it('on a key of somebody else, who is named', async () => {
    const own = key(OTHER);
    const who = person();
    expect(await codeOf(erase(who, { own }))).toBe('cancelled');
    expect(who.refusals[0]?.happened).toMatch(/23456789 of custodian 2, and the YubiKey 12345678/);
    expect([holds(own, 0), holds(own, 1)]).toEqual([true, true]);
  });

  it('on a key that hides its number, not even when its slot is empty', async () => {
    const hidden = rack.add(SERIAL);
    hidden.otp.hidesSerial = true;
    expect(await codeOf(erase(person(), { own: hidden }))).toBe('key-number-hidden');
    configure(hidden, 1);
    expect(await codeOf(erase(person(), { own: hidden }))).toBe('key-number-hidden');
    expect(holds(hidden, 1)).toBe(true);
  });

  it('where nobody touches it', async () => {
    const own = key();
    own.key.finger.waits();
    const who = person();
    expect(await codeOf(erase(who, { own }, { cancelAt: 'touch' }))).toBe('cancelled');
    expect(holds(own, 1)).toBe(true);
  });

  it('where the slot was set up for something else since', async () => {
    const own = key();
    // What the slot types as a password: configured, and no secret for challenges.
    const config = hmacConfig(new Uint8Array(20).fill(9), true, undefined).slice(0, 50);
    config[46] = 0;
    own.otp.memory.write(1, writePayload(sealed(config), undefined))?.();
    const who = person();
    expect(await codeOf(erase(who, { own }))).toBe('key-slot-other');
    expect(seen(who).at(-1)).toBe('touch');
  });

  it('where the slot answers with any other secret, or the two were swapped', async () => {
    const own = key();
    const who = person();
    configure(own, 1, secretOf(0));
    configure(own, 0, secretOf(1));
    expect(await codeOf(erase(who, { own }))).toBe('key-slot-other-secret');
    expect([holds(own, 0), holds(own, 1), who.blinks]).toEqual([true, true, 1]);
    // One bit of the secret.
    configure(own, 1, secretOf(1).fill(3, 19));
    expect(await codeOf(erase(person(), { own }))).toBe('key-slot-other-secret');
    expect(holds(own, 1)).toBe(true);
  });

  it('when the window is closed before the number was typed', async () => {
    const own = key();
    expect(await codeOf(erase(person(), { own }, { cancelAt: 'key-erase' }))).toBe('cancelled');
    expect(holds(own, 1)).toBe(true);
  });
});

describe('pulled out', () => {
  it('before the touch: put back in, the step is repeated, and nothing is typed twice', async () => {
    const own = key();
    const who = person();
    let pulled = false;
    const instead = (task: EntryTask) => {
      if (task.task === 'touch' && !pulled) {
        pulled = true;
        rack.allOut();
        return null;
      }
      return undefined;
    };
    const onRefused = () => {
      rack.only(own);
      return true;
    };
    expect(await erase(who, { own, instead }, { onRefused })).toMatchObject({
      found: 'configured',
      isEmpty: true,
    });
    expect(seen(who).filter((task) => task === 'key-erase')).toHaveLength(1);
    expect(holds(own, 1)).toBe(false);
  });
});
