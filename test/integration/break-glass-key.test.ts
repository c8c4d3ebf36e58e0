/**
 * The second break-glass program against Yubico's Python clients and the software key: what it opens
 * was locked by Conclave's own media and drivers, and what it writes the first program takes.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  askCredential,
  lockToCredentials,
  newCredential,
  type FidoAnswer,
} from '../../electron/media/yubikey/fido.ts';
import { pluggedKeys } from '../../electron/media/yubikey/keys.ts';
import {
  askSlotOf,
  lockToSlot,
  programSlot,
  type OtpSealOptions,
} from '../../electron/media/yubikey/otp.ts';
import { bytesToHex, utf8ToBytes } from '../../shared/encoding/bytes.ts';
import { toTypedLines } from '../../shared/encoding/lines.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import {
  encodeKeyEnvelope,
  type KeyEnvelope,
  type KeyMethod,
} from '../../shared/sharing/key-envelope.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import { hurriedClock, JumpingClock } from '../support/software-key/clock.ts';
import {
  FIRMWARE_5_4,
  FIRMWARE_5_7,
  type FidoProfile,
} from '../support/software-key/fido-profiles.ts';
import { FidoMachine } from '../support/software-key/fido.ts';
import { SoftwareKey } from '../support/software-key/key.ts';
import { otpKey } from '../support/software-key/otp.ts';
import { runYubicoProgram } from '../support/software-key/python-bridge.ts';
import { transportOf } from '../support/software-key/transport.ts';

const resource = (name: string) =>
  fileURLToPath(new URL(`../../resources/${name}`, import.meta.url));
const program = resource('break-glass-key.py');
const WORDS = 'absorb cradle fabric hollow market zebra';
const PIN = 'Schlüssel 42';
/** How many times faster the key lives than the client, so that a touch is soon too late. */
const HURRY = 50;
const serials = {
  otp: 12_345_678,
  otherOtp: 21_436_587,
  first: 23_456_789,
  backup: 34_567_890,
  otherFido: 45_678_901,
};

let top: string;
let set: TestShareSet;
let keys: Record<keyof typeof serials, ReturnType<typeof newKey>>;
/** The file of a stick, and the lines of a sheet. */
let otpFile: string;
let otpLines: string;
let fidoFile: string;
let challenge: Uint8Array;

/** Waits of a slot are the client's, by its own clock; those of a FIDO key cost no time. */
function newKey(serial: number, profile: FidoProfile | null = null) {
  const clock = profile === null ? hurriedClock(HURRY) : new JumpingClock();
  const key = new SoftwareKey({ clock, serial, ...(profile && { firmware: profile.firmware }) });
  const otp = otpKey(key);
  key.finger.hesitates(0);
  if (profile !== null) key.add(new FidoMachine(key, profile)).applet.pin.set(PIN);
  return { key, otp, sockets: { hid: transportOf([key]), clock } };
}
type TestKey = ReturnType<typeof newKey>;

async function plugged({ sockets }: TestKey, method: KeyMethod) {
  const [key] = await pluggedKeys(sockets, method);
  if (key === undefined) throw new Error('a key');
  return key;
}

function factsOf(index: number) {
  const share = set.shares[index - 1];
  if (share === undefined) throw new Error('no such share');
  const { mode, setId, generation, count } = share;
  return { mode, setId, generation, index, count, ceremonyId: set.ceremonyId };
}
const wire = (index: number) => set.wires[index - 1] ?? new Uint8Array();

/** As Conclave does it at a Split. */
async function lockedToSlot(
  index: number,
  asked: Uint8Array,
  options: Omit<OtpSealOptions, 'random'> = {},
): Promise<KeyEnvelope> {
  const { sockets } = keys.otp;
  const key = await plugged(keys.otp, 'otp-hmac');
  return lockToSlot(
    factsOf(index),
    wire(index),
    { serial: serials.otp, slot: 2, touch: true },
    asked,
    utf8ToBytes(WORDS),
    async (bytes) => (await askSlotOf(sockets, [key], 2, bytes, {})).response,
    { random: randomBytes, ...options },
  );
}

async function answerOf(made: TestKey): Promise<FidoAnswer> {
  const { sockets } = made;
  const key = await plugged(made, 'fido2');
  const pin = utf8ToBytes(PIN);
  const hash = randomBytes(32);
  const credential = await newCredential(sockets, key, pin, randomBytes, {}, hash);
  const asked = { credential, challenge: randomBytes(32) };
  const { response, userVerified } = await askCredential(sockets, key, asked, pin, {});
  return { ...asked, serial: key.serial, userVerified, response };
}

let files = 0;
async function file(name: string, content: Uint8Array | string): Promise<string> {
  files += 1;
  const full = path.join(top, `${files}-${name}`);
  await writeFile(full, content);
  return full;
}

beforeAll(async () => {
  top = await mkdtemp(path.join(os.tmpdir(), 'conclave-break-glass-key-'));
  set = await makeShareSet({ threshold: 3, count: 4 });
  const oneProtocol = { ...FIRMWARE_5_4, pinProtocols: [1] as const };
  keys = {
    otp: newKey(serials.otp),
    otherOtp: newKey(serials.otherOtp),
    first: newKey(serials.first, FIRMWARE_5_7),
    backup: newKey(serials.backup, oneProtocol),
    otherFido: newKey(serials.otherFido, FIRMWARE_5_7),
  };
  for (const each of [keys.otp, keys.otherOtp]) {
    const key = await plugged(each, 'otp-hmac');
    const choice = { slot: 2 as const, typedSerial: null };
    await programSlot(each.sockets, key, choice, [], randomBytes);
  }
  challenge = randomBytes(32).fill(0x5a, 31);
  otpFile = await file(
    'share-1.cbor',
    encodeKeyEnvelope(await lockedToSlot(1, challenge, { workFactor: 12 })),
  );
  // What is filled up with zeros elsewhere is filled with ones here.
  const endsInZero = randomBytes(32).fill(0, 30);
  const lines = toTypedLines('key-share', encodeKeyEnvelope(await lockedToSlot(2, endsInZero)), 7);
  otpLines = await file('sheet-2.txt', `\r\n${lines.join('\r\n\n').toLowerCase()}\n`);
  const answers = [await answerOf(keys.first), await answerOf(keys.backup)];
  const fido = await lockToCredentials(factsOf(3), wire(3), answers);
  fidoFile = await file('share-3.cbor', encodeKeyEnvelope(fido));
});
afterAll(() => rm(top, { recursive: true, force: true }));

interface Opened {
  readonly code: number | null;
  /** What stood on the terminal. */
  readonly screen: string;
  readonly share: Uint8Array | null;
  readonly out: string;
}

/** Runs the program at a terminal, where `typed` is typed one after the other, then Ctrl-C. */
async function open(
  { key }: TestKey,
  envelope: string,
  typed: readonly string[],
  ...more: readonly string[]
): Promise<Opened> {
  files += 1;
  const out = path.join(top, `open-${files}`);
  const args = [program, '--out', out, ...more, envelope];
  const input = JSON.stringify(typed);
  const done = await runYubicoProgram('break_glass_key.py', key, args, input);
  const { code, stdout: screen, stderr } = done;
  expect(stderr).toBe('');
  for (const secret of typed) expect(screen).not.toContain(secret);
  if (!existsSync(out)) return { code, screen, share: null, out };
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  return { code, screen, share: new Uint8Array(await readFile(out)), out };
}

async function refused(said: RegExp, ...run: Parameters<typeof open>): Promise<string> {
  const { code, screen, share } = await open(...run);
  expect(screen).toMatch(said);
  expect([code, share]).toEqual([1, null]);
  return screen;
}

test('from a stick, a sheet, and a stick with a backup key: the first program gives the component', async () => {
  const media = [
    await open(keys.otp, otpFile, [WORDS]),
    await open(keys.otp, otpLines, [WORDS]),
    await open(keys.backup, fidoFile, [PIN]),
  ];
  expect(media.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(media.map(({ share }) => share)).toEqual([wire(1), wire(2), wire(3)]);
  expect(media[0]?.screen).toMatch(/share 1 of 4 is locked to slot 2 of YubiKey 12345678/);
  expect(media[2]?.screen).toMatch(/share 3 of 4 is locked to YubiKey 23456789 or 34567890/);
  const manifest = await file('manifest.json', manifestType.toBytes(set.manifest));
  const out = path.join(top, 'component');
  const shares = media.map((each) => each.out);
  const first = ['-I', '-S', resource('break-glass.py'), '--manifest', manifest, '--out', out];
  const { stderr } = await promisify(execFile)('python3', [...first, ...shares]);
  expect(stderr).toBe('checked against the manifest\n');
  expect((await readFile(out, 'utf8')).trim()).toBe(bytesToHex(set.component));
});

describe('a slot', () => {
  test('is asked once, however often the words are typed; spaces and capitals do not matter', async () => {
    const sloppy = `  ${WORDS.toUpperCase().replaceAll(' ', '  ')} `;
    const { screen, share } = await open(keys.otp, otpFile, ['six other words', sloppy]);
    expect(share).toEqual(wire(1));
    expect(screen.match(/these are not the words/g)).toHaveLength(1);
    expect(screen.match(/touch it when it blinks/g)).toHaveLength(1);
  });

  test('of another key is told before anybody types words', async () => {
    const screen = await refused(
      /refused: this YubiKey does not open share 1 of 4/,
      keys.otherOtp,
      otpFile,
      [WORDS],
    );
    expect(screen).not.toMatch(/Words/);
  });

  test('that is not touched, or given up on, opens nothing', async () => {
    keys.otp.key.finger.waits();
    await refused(/refused: .*[Tt]ime/, keys.otp, otpFile, [WORDS]);
    keys.otp.key.finger.hesitates(0);
    await refused(/these are not the words.*\n.*refused: given up/s, keys.otp, otpFile, ['wrong']);
  });

  test('is asked by another program, and its answer typed', async () => {
    const filled = new Uint8Array(64);
    filled.set(challenge);
    const answer = keys.otp.otp.memory.hmac(1)?.respond(filled) ?? filled;
    const typed = [bytesToHex(answer), WORDS];
    const { screen, share } = await open(keys.otherOtp, otpFile, typed, '--by-hand');
    expect(share).toEqual(wire(1));
    expect(screen).toContain(`ykman otp calculate 2 ${bytesToHex(challenge)}\r\n`);
    const other = ['00'.repeat(20), WORDS];
    await refused(/does not open share 1/, keys.otherOtp, otpFile, other, '--by-hand');
  });
});

describe('a credential', () => {
  test('of either key opens it, and of no other; whose PIN is then not asked for', async () => {
    expect((await open(keys.first, fidoFile, [PIN])).share).toEqual(wire(3));
    // Umlauts as some keyboards write them.
    expect((await open(keys.backup, fidoFile, [PIN.normalize('NFD')])).share).toEqual(wire(3));
    const screen = await refused(
      /refused: this YubiKey does not open share 3 of 4/,
      keys.otherFido,
      fidoFile,
      [PIN],
    );
    expect(screen).not.toMatch(/PIN/);
  });

  test('with a wrong PIN, the tries that are left are said, and one is used', async () => {
    await refused(/PIN_INVALID; tries left: 7/, keys.first, fidoFile, ['123456']);
    expect((await open(keys.first, fidoFile, [PIN])).share).toEqual(wire(3));
    for (const left of [7, 6, 5]) {
      const blocked = left === 5 ? 'PIN_AUTH_BLOCKED' : 'PIN_INVALID';
      await refused(new RegExp(`${blocked}; tries left: ${left}`), keys.first, fidoFile, [
        '123456',
      ]);
    }
    keys.first.key.plug.out();
    keys.first.key.plug.in();
    expect((await open(keys.first, fidoFile, [PIN])).share).toEqual(wire(3));
  });
});

describe('what is read', () => {
  const untouched = /refused: .*: (damaged|line)/;

  test('is refused when damaged anywhere, before a key is asked', async () => {
    const whole = new Uint8Array(await readFile(fidoFile));
    for (const at of [4, 40, whole.length - 40, whole.length - 1]) {
      const bad = await file(
        'flip',
        whole.map((byte, i) => (i === at ? byte ^ 1 : byte)),
      );
      const screen = await refused(untouched, keys.first, bad, [PIN]);
      expect(screen).not.toMatch(/PIN/);
    }
    await refused(untouched, keys.first, await file('cut', whole.slice(0, 99)), [PIN]);
  });

  test('is refused with the line that was mistyped, missing or of another kind of sheet', async () => {
    const lines = (await readFile(otpLines, 'utf8'))
      .split('\n')
      .filter((line) => line.trim() !== '');
    const change = (at: number) =>
      lines.map((line, n) =>
        n === at ? line.replace(/^./, (c) => (c === 'q' ? 'p' : 'q')) : line,
      );
    for (const [text, said] of [
      [change(3), /line 4 is mistyped/],
      [lines.filter((_, n) => n !== 2), /line 3 is mistyped, or a line is missing/],
      [lines.slice(0, -1), /lines are missing/],
      [toTypedLines('share', wire(1)), /line 1 is mistyped/],
    ] as const) {
      await refused(said, keys.otp, await file('sheet.txt', text.join('\n')), [WORDS]);
    }
  });

  test('never takes the place of another file', async () => {
    const taken = await file('taken', 'precious');
    const args = [program, '--out', taken, fidoFile];
    const done = await runYubicoProgram('break_glass_key.py', keys.first.key, args, '[]');
    expect([done.code, done.stdout]).toEqual([1, expect.stringMatching(/exists already/)]);
    expect(await readFile(taken, 'utf8')).toBe('precious');
  });
});

test('stays what it promises: at most 150 lines', async () => {
  const text = await readFile(program, 'utf8');
  expect(text.split('\n').length - 1).toBeLessThanOrEqual(150);
});
