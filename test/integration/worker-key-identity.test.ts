/**
 * Personal identities on YubiKeys, through a real worker thread and the FIDO2 driver, on software
 * keys that answer report by report: made, made again after the key lost its power, opened in a later
 * ceremony from the roster alone, signing with PIN and touch; and what goes wrong in it.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyEd25519 } from '../../shared/encoding/dsse.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { EntryTask } from '../../shared/ipc/entry.ts';
import { identityAttested, type KeyIdentity } from '../../shared/identity/key-identity.ts';
import { SOFTWARE_ROOT } from '../support/software-key/fido-applet.ts';
import { verifyAttestation } from '../../electron/devices/ctap/index.ts';
import { ScriptedPerson, type Hands } from '../support/entry-script.ts';
import { KeyRack, type KeyHands, type RackedKey } from '../support/key-rack.ts';
import { holds } from '../support/leaks.ts';
import { codeOf, startTestWorker, type TestWorker } from '../support/worker.ts';

const CEREMONY = 'ce'.repeat(16);
const MESSAGE = new TextEncoder().encode('what happened here');
let rack: KeyRack;
let worker: TestWorker;
let root: string;

beforeEach(async () => {
  rack = new KeyRack();
  worker = await startTestWorker('rehearsal', { softwareKeys: rack.channel });
  root = mkdtempSync(join(tmpdir(), 'conclave-key-identity-'));
});
afterEach(() => {
  worker.stop();
  rack.close();
  rmSync(root, { recursive: true, force: true });
});

/** Another ceremony: nothing is left of the worker before. */
async function later(): Promise<void> {
  rack.allOut();
  worker.stop();
  worker = await startTestWorker('rehearsal', { softwareKeys: rack.channel });
}

async function sit(name: string, index: number | null = null): Promise<ScriptedPerson> {
  const person = new ScriptedPerson(name);
  const role = index === null ? 'witness' : 'custodian';
  await worker.call('begin-seat', { turn: { name, role, index } });
  return person;
}

const withKey = (own: RackedKey, more: Partial<KeyHands> = {}): Hands => ({
  keys: { rack, own, ...more },
});
const make = (person: ScriptedPerson, hands: Hands) =>
  worker.callWith(person, hands, 'new-key-identity', {
    ceremonyId: CEREMONY,
    listed: [],
  });
const open = (person: ScriptedPerson, hands: Hands, listed: readonly KeyIdentity[]) =>
  worker.callWith(person, hands, 'open-key-identity', { listed });
const sign = (person: ScriptedPerson, hands: Hands) =>
  worker.callWith(person, hands, 'sign-identity', { messages: [MESSAGE] });

async function made(name: string, own: RackedKey): Promise<KeyIdentity> {
  rack.allOut();
  const { publicKey, credential } = await make(await sit(name), withKey(own));
  return { name, publicKey, credential };
}

const touches = ({ tasks }: ScriptedPerson) =>
  tasks.flatMap((task) => (task.task === 'touch' ? [task.does] : []));
const codes = ({ refusals }: ScriptedPerson) => refusals.map(({ code }) => code);
const typed = (tasks: readonly EntryTask[]) => tasks.filter(({ task }) => task === 'pin').length;

describe('making an identity on a key', () => {
  it('takes two touches, is made again by the key after it was out, and is attested for this person here', async () => {
    const own = rack.add(12_345_678);
    const person = await sit('witness');
    const { publicKey, credential, key } = await make(person, withKey(own));
    expect(touches(person)).toEqual(['make-credential', 'identity', 'identity-again']);
    expect(person.tasks.map(({ task }) => task)).toContain('key-replug');
    expect(typed(person.tasks)).toBe(2);
    expect(publicKey).toMatch(/^[0-9a-f]{64}$/);
    expect(credential.serial).toBe(12_345_678);
    const { attestation } = key;
    if (attestation === null) throw new Error('no attestation');
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
    const statement = {
      format: attestation.format,
      statement: bytes(attestation.statement),
      authenticatorData: bytes(attestation.authenticatorData),
      clientDataHash: bytes(attestation.clientDataHash),
    };
    const attested = identityAttested('rehearsal', CEREMONY, 'witness');
    expect(bytesToHex(statement.clientDataHash)).toBe(bytesToHex(attested));
    expect(Buffer.from(statement.authenticatorData).toString('hex')).toContain(credential.id);
    expect(verifyAttestation(statement, [SOFTWARE_ROOT], new Date()).kind).toBe('hardware');
    expect(verifyAttestation(statement, [], new Date()).kind).toBe('unknown-root');
  });

  it('signs with PIN and touch, each time, and says whose it is without either', async () => {
    const own = rack.add(12_345_678);
    const person = await sit('witness');
    const { publicKey } = await make(person, withKey(own));
    person.tasks.length = 0;
    expect(await worker.call('sign-identity', { messages: [] })).toEqual({
      keyid: publicKey,
      signatures: [],
    });
    for (let time = 1; time <= 2; time += 1) {
      const { keyid, signatures } = await sign(person, withKey(own));
      expect(keyid).toBe(publicKey);
      expect(verifyEd25519(signatures[0] ?? new Uint8Array(), MESSAGE, publicKey)).toBe(true);
      expect(touches(person)).toEqual(Array.from({ length: time }, () => 'sign'));
      expect(typed(person.tasks)).toBe(time);
    }
    // Without a window nobody can be asked, and nothing is signed.
    expect(await codeOf(worker.call('sign-identity', { messages: [MESSAGE] }))).toBe(
      'signing-needs-key',
    );
  });

  it('sends nothing of the PIN or of a seed to main, and writes no file', async () => {
    const own = rack.add(12_345_678, '1357924680');
    const person = await sit('witness');
    await make(person, withKey(own, { pins: ['1357924680'] }));
    await sign(person, withKey(own, { pins: ['1357924680'] }));
    expect(holds(worker.sent, new TextEncoder().encode('1357924680'))).toBe(false);
    expect(holds(worker.sent, new TextEncoder().encode('12345678'))).toBe(true);
    expect(readdirSync(root)).toEqual([]);
  });

  it('two people on one key are refused; the second takes another key', async () => {
    const own = rack.add(12_345_678);
    await made('operator', own);
    const person = await sit('witness');
    expect(await codeOf(make(person, withKey(own)))).toBe('cancelled');
    expect(codes(person)).toEqual(['key-taken']);
    expect(person.refusals[0]?.culprit).toContain('of operator');
    const other = rack.add(23_456_789);
    expect((await made('witness', other)).credential.serial).toBe(23_456_789);
  });

  it('is begun again when the key was pulled out, and nothing counts before it was read back', async () => {
    const own = rack.add(12_345_678);
    const person = await sit('witness');
    let pulled = 0;
    const hands: Hands = {
      ...withKey(own, {
        instead(task) {
          if (task.task === 'touch' && pulled < 3) own.key.plug.comeOutAfter(4 + 9 * pulled++);
          return undefined;
        },
      }),
      onRefused() {
        rack.only(own);
        return true;
      },
    };
    const { publicKey } = await make(person, hands);
    expect(codes(person).every((code) => code === 'fido-gone')).toBe(true);
    expect(codes(person)).toHaveLength(3);
    const { signatures } = await sign(person, withKey(own));
    expect(verifyEd25519(signatures[0] ?? new Uint8Array(), MESSAGE, publicKey)).toBe(true);
  });

  it('given up at the read-back there is no identity', async () => {
    const own = rack.add(12_345_678);
    const person = await sit('witness');
    const hands: Hands = { ...withKey(own), cancelAt: 'key-replug' };
    expect(await codeOf(make(person, hands))).toBe('cancelled');
    expect(await codeOf(worker.call('sign-identity', { messages: [] }))).toBe(
      'worker-out-of-order',
    );
  });
});

describe('in a later ceremony', () => {
  it('the roster and the key are enough: no file, no sheet', async () => {
    const own = rack.add(12_345_678);
    const identity = await made('Witness', own);
    await later();
    // The name as somebody types it: people are the same whatever the capitals.
    const person = await sit('witness');
    const opened = await open(person, withKey(own), [identity]);
    expect(opened).toEqual(identity);
    expect(touches(person)).toEqual(['identity-again']);
    expect(person.tasks[0]).toMatchObject({ task: 'key-in', purpose: 'open' });
    const { signatures } = await sign(person, withKey(own));
    expect(verifyEd25519(signatures[0] ?? new Uint8Array(), MESSAGE, identity.publicKey)).toBe(
      true,
    );
  });

  it('another key is named with its owner before a PIN is sent, and the right one is then taken', async () => {
    const own = rack.add(12_345_678);
    const foreign = rack.add(23_456_789);
    const mine = await made('witness', own);
    const theirs = await made('operator', foreign);
    await later();
    const person = await sit('witness');
    const tries = foreign.fido.pin.left;
    rack.only(foreign);
    let first = true;
    const hands = withKey(own, {
      instead(task) {
        // The wrong one is in already; the person sees it named and changes it.
        if (task.task === 'key-in' && first) {
          first = false;
          return null;
        }
        if (task.task === 'key-in') rack.only(own);
        return undefined;
      },
    });
    const opening = open(person, { ...hands, onRefused: () => (rack.only(own), true) }, [
      theirs,
      mine,
    ]);
    expect(await opening).toEqual(mine);
    expect(person.refusals[0]?.happened).toContain('of operator');
    expect(foreign.fido.pin.left).toBe(tries);
  });

  it('a key whose number is hidden is told by its credential, without PIN and touch', async () => {
    const own = rack.add(12_345_678);
    const identity = await made('witness', own);
    await later();
    const person = await sit('witness');
    const hidden = { ...identity, credential: { ...identity.credential, serial: null } };
    const foreign = rack.add(23_456_789);
    expect(await codeOf(open(person, withKey(foreign), [hidden]))).toBe('cancelled');
    expect(codes(person)).toEqual(['fido-wrong-key']);
    expect(touches(person)).toEqual([]);
    expect(typed(person.tasks)).toBe(0);
  });

  it('a roster that says another identity of this key is refused, and nothing is signed', async () => {
    const own = rack.add(12_345_678);
    const identity = await made('witness', own);
    await later();
    const person = await sit('witness');
    const lie = { ...identity, publicKey: 'ab'.repeat(32) };
    expect(await codeOf(open(person, withKey(own), [lie]))).toBe('key-identity-differs');
    const noPoint = {
      ...identity,
      credential: { ...identity.credential, publicKey: `02${'ff'.repeat(32)}` },
    };
    expect(await codeOf(open(person, withKey(own), [noPoint]))).toBe('key-identity-differs');
    expect(await codeOf(worker.call('sign-identity', { messages: [] }))).toBe(
      'worker-out-of-order',
    );
  });

  it('somebody else’s name makes somebody else’s identity, never this one', async () => {
    const own = rack.add(12_345_678);
    const identity = await made('witness', own);
    await later();
    const person = await sit('operator');
    expect(await codeOf(open(person, withKey(own), [identity]))).toBe('identity-no-credential');
    const renamed = { ...identity, name: 'operator' };
    expect(await codeOf(open(person, withKey(own), [renamed]))).toBe('key-identity-differs');
  });

  it('a real ceremony takes no identity of a rehearsal, from the same key and credential', async () => {
    const own = rack.add(12_345_678);
    const identity = await made('witness', own);
    worker.stop();
    worker = await startTestWorker('production', { softwareKeys: rack.channel });
    const person = await sit('witness');
    expect(await codeOf(open(person, withKey(own), [identity]))).toBe('key-identity-differs');
  });

  it('a blocked PIN ends it by name; tries are shown before each', async () => {
    const own = rack.add(12_345_678);
    const identity = await made('witness', own);
    await later();
    const person = await sit('witness');
    const guessing = withKey(own, { pins: ['999999'] });
    const code = await codeOf(
      open(
        person,
        {
          ...guessing,
          onRefused(note) {
            if (note.code === 'fido-pin-replug') {
              rack.allOut();
              rack.only(own);
            }
            return true;
          },
        },
        [identity],
      ),
    );
    expect(code).toBe('fido-pin-blocked');
    const left = person.tasks.flatMap((task) => (task.task === 'pin' ? [task.triesLeft] : []));
    expect(left).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });
});

describe('a custodian whose identity is on a key', () => {
  const SET = 'a1'.repeat(16);
  const stick = () => {
    const path = join(root, 'STICK');
    mkdirSync(path, { recursive: true });
    return { volumeId: `at:${path}`, rehearsalFolder: root };
  };

  beforeEach(async () => {
    await worker.call('make-key', { componentBytes: 64, keyVersion: 'v1' });
    await worker.call('split', { setId: SET, generation: 1, threshold: 3, count: 4 });
  });

  it('locks a share with the same key, by another credential, and signs; no words anywhere', async () => {
    const own = rack.add(12_345_678);
    const person = await sit('custodian 2', 2);
    const { publicKey } = await make(person, withKey(own));
    const volume = stick();
    const { records } = await worker.callWith(person, withKey(own), 'write-key', {
      medium: 'yubikey-fido2',
      ...volume,
      withIdentity: false,
      ceremonyId: CEREMONY,
      liveSlots: [],
    });
    expect(records).toHaveLength(1);
    const read = await worker.callWith(person, withKey(own), 'read-back', {
      how: 'usb',
      key: 'yubikey-fido2',
      ...volume,
      withIdentity: false,
      sheetNumber: null,
    });
    expect(read.identityKey).toBe(publicKey);
    expect((await sign(person, withKey(own))).keyid).toBe(publicKey);
    const asked = new Set(person.tasks.map(({ task }) => task));
    expect(asked.has('show-words') || asked.has('passphrase')).toBe(false);
  });

  it('gets words for the share alone where words lock it, and types them at the read-back', async () => {
    const own = rack.add(12_345_678);
    const person = await sit('custodian 2', 2);
    await make(person, withKey(own));
    const volume = stick();
    const input = { ...volume, withIdentity: false, sheet: null };
    expect(await codeOf(worker.call('write-usb', input))).toBe('passphrase-needed');
    await worker.callWith(person, {}, 'write-usb', input);
    expect(person.tasks.filter(({ task }) => task === 'show-words').at(-1)).toMatchObject({
      protects: ['share 2 of 4'],
    });
    const back = { how: 'usb' as const, ...volume, withIdentity: false, sheetNumber: null };
    const { shareKey } = await worker.callWith(person, {}, 'read-back', back);
    expect(shareKey).toMatch(/^[0-9a-f]{64}$/);
    expect(person.tasks.at(-1)?.task).toBe('passphrase');
  });

  it('may not lock a share to the key that makes somebody else’s identity', async () => {
    const own = rack.add(12_345_678);
    await made('witness', own);
    rack.allOut();
    const person = await sit('custodian 2', 2);
    await make(person, withKey(rack.add(23_456_789)));
    rack.allOut();
    const writing = worker.callWith(person, withKey(own), 'write-key', {
      medium: 'yubikey-fido2',
      ...stick(),
      withIdentity: false,
      ceremonyId: CEREMONY,
      liveSlots: [],
    });
    expect(await codeOf(writing)).toBe('cancelled');
    expect(codes(person)).toContain('key-taken');
  });
});
