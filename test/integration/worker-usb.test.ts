/**
 * Split on sticks through a real worker thread: keys, words, files, reading back, proof,
 * signatures; and what goes wrong in it. Folders stand for sticks, as in a rehearsal.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleType, type SetupBundle } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { generateRecipient } from '../../shared/sealing/hpke.ts';
import { xorComponents } from '../../shared/checktick/index.ts';
import { preAuthEncoding, verifyEd25519 } from '../../shared/encoding/dsse.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import { openAge } from '../../electron/media/age.ts';
import { ScriptedPerson } from '../support/entry-script.ts';
import { holds } from '../support/leaks.ts';
import { seededRandom } from '../support/people.ts';
import { codeOf, startTestWorker, type TestWorker } from '../support/worker.ts';

const SET = 'a1'.repeat(16);
let root: string;
let worker: TestWorker;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'conclave-worker-'));
  worker = await startTestWorker('rehearsal', { seed: 'worker-usb' });
});
afterEach(() => {
  worker.stop();
  rmSync(root, { recursive: true, force: true });
});

function stick(name: string) {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return { path, volumeId: `at:${path}`, rehearsalFolder: root };
}

const turn = (index: number) => ({ name: `custodian ${index}`, role: 'custodian', index }) as const;

async function makeSet() {
  const key = await worker.call('make-key', { componentBytes: 64, keyVersion: 'v1' });
  const plan = { setId: SET, generation: 1, threshold: 3, count: 4 };
  return { ...key, ...(await worker.call('split', plan)) };
}

/** Seat, identity, six words, written: everything up to the reading back. */
async function written(index: number) {
  const person = new ScriptedPerson(`custodian ${index}`);
  const { path, ...volume } = stick(`STICK-${index}`);
  await worker.call('begin-seat', { turn: turn(index) });
  const { publicKey } = await worker.callWith(person, {}, 'new-identity', {});
  const { records } = await worker.call('write-usb', {
    ...volume,
    withIdentity: true,
    sheet: null,
  });
  return { person, path, volume, publicKey, records };
}

const readBack = { how: 'usb', withIdentity: true, sheetNumber: null } as const;

async function issued(index: number) {
  const seat = await written(index);
  const keys = await worker.callWith(seat.person, {}, 'read-back', { ...readBack, ...seat.volume });
  await worker.call('end-seat', {});
  return { ...seat, ...keys };
}

describe('a split onto sticks', () => {
  it('gives a 3-of-4 set whose files, words, proof and signatures all hold', async () => {
    const { componentId, checks, shares } = await makeSet();
    const seats = [];
    for (const index of [1, 2, 3, 4]) seats.push(await issued(index));

    for (const [at, seat] of seats.entries()) {
      expect(seat.shareKey).toBe(shares[at]?.publicKey);
      expect(seat.identityKey).toBe(seat.publicKey);
      expect(readdirSync(seat.path).sort()).toEqual([
        `conclave-identity-custodian-${at + 1}-${seat.publicKey.slice(0, 8)}.age`,
        `conclave-share-${at + 1}-of-4-a1a1a1a1-rehearsal.age`,
      ]);
      expect(seat.records.map(({ description }) => description)).toEqual([
        `folder STICK-${at + 1}`,
        `folder STICK-${at + 1}`,
      ]);
      expect(Buffer.from(seat.person.words).toString().split(' ')).toHaveLength(6);
    }

    const { indexes } = await worker.call('prove-quorum', { threshold: 3 });
    expect(new Set(indexes).size).toBe(3);
    const messages = [
      preAuthEncoding('a', Uint8Array.of(1)),
      preAuthEncoding('b', Uint8Array.of(2)),
    ];
    const { signatures } = await worker.call('sign-quorum', { messages });
    expect(new Set(signatures.map(({ keyid }) => keyid))).toEqual(
      new Set(indexes.map((index) => shares[index - 1]?.publicKey)),
    );
    for (const { keyid, sigs } of signatures) {
      for (const [at, sig] of sigs.entries()) {
        expect(verifyEd25519(sig, messages[at] ?? new Uint8Array(), keyid)).toBe(true);
      }
    }

    // The component, put together outside of the worker from the sticks and the written words.
    const opened = [];
    for (const { path, person } of seats.slice(1)) {
      const name = readdirSync(path).find((each) => each.startsWith('conclave-share-')) ?? '';
      opened.push(decodeShare(await openAge(readFileSync(join(path, name)), person.words)));
    }
    const custodianComponent = await combineShares(opened, {
      what: 'custodian-component',
      componentId,
      checkValue: checks.custodianComponent,
    });

    // Sealed to the package's key it comes out as the half that fits.
    const recipient = await generateRecipient();
    const body: Omit<SetupBundle, 'sealed'> = {
      kind: 'setup',
      mode: 'rehearsal',
      audience: 'b2'.repeat(16),
      nonce: 'c3'.repeat(16),
      epoch: 0,
      packageDigest: 'd4'.repeat(32),
      ceremonyId: 'e5'.repeat(16),
      operator: seats[0]?.publicKey ?? '',
      createdAt: '2026-05-03T09:30:00Z',
      transcript: { entries: 1, head: 'f6'.repeat(32) },
      manifestDigest: '07'.repeat(32),
      rosterDigest: '18'.repeat(32),
      keyVersion: 'v1',
      manifest: { payload: '', payloadType: '', signatures: [] },
      roster: { payload: '', payloadType: '', signatures: [] },
    };
    const sealed = await worker.call('seal-setup', { body, recipient: recipient.publicKey });
    const document = await bundleType.sign(sealed.body, []);
    const vaultComponent = await openBundle(document.body, recipient.privateKey);
    expect(
      checkValueFits('vault-component', vaultComponent, componentId, checks.vaultComponent),
    ).toBe(true);
    const platformKey = xorComponents(vaultComponent, custodianComponent);
    expect(checkValueFits('platform-key', platformKey, componentId, checks.platformKey)).toBe(true);
    expect(await codeOf(worker.call('seal-setup', { body, recipient: recipient.publicKey }))).toBe(
      'worker-out-of-order',
    );

    // Canaries: the seeded platform key, both halves, every share, every word.
    const random = seededRandom('worker-usb');
    random(16);
    expect(Buffer.from(random(64)).equals(platformKey)).toBe(true);
    expect(Buffer.from(random(64)).equals(vaultComponent)).toBe(true);
    const secrets = [
      platformKey,
      vaultComponent,
      custodianComponent,
      ...opened.map(({ y }) => y),
      ...seats.map(({ person }) => person.words),
    ];
    for (const secret of secrets) expect(holds(worker.sent, secret)).toBe(false);
    // The search itself finds what is there.
    expect(holds(worker.sent, signatures[0]?.sigs[0] ?? new Uint8Array())).toBe(true);
    expect(holds(worker.sent, Buffer.from(shares[0]?.publicKey ?? '', 'hex'))).toBe(true);
  });
});

describe('what goes wrong at a seat', () => {
  it('asks for the words again when they are mistyped, and takes them in any spelling', async () => {
    await makeSet();
    const { person, volume } = await written(1);
    const shouted = Buffer.from(`  ${Buffer.from(person.words).toString().toUpperCase()} `);
    const hands = {
      passphrases: [Buffer.from('quite another set of words'), Buffer.from([0xff, 0xfe]), shouted],
      onRefused: () => true,
    };
    await worker.callWith(person, hands, 'read-back', { ...readBack, ...volume });
    expect(person.refusals.map(({ code }) => code)).toEqual([
      'age-wrong-passphrase',
      'age-passphrase-unusable',
    ]);
  });

  it('lets the person close the window, and goes on afterwards', async () => {
    await makeSet();
    await worker.call('begin-seat', { turn: turn(1) });
    const person = new ScriptedPerson('custodian 1');
    const leaving = { cancelAt: 'show-words' } as const;
    expect(await codeOf(worker.callWith(person, leaving, 'new-identity', {}))).toBe('cancelled');
    const { volume, person: again } = await written(1);
    const closing = { cancelAt: 'passphrase' } as const;
    expect(
      await codeOf(worker.callWith(again, closing, 'read-back', { ...readBack, ...volume })),
    ).toBe('cancelled');
    await worker.callWith(again, {}, 'read-back', { ...readBack, ...volume });
  });

  it('refuses a second command while one waits, and a window that is not there', async () => {
    await makeSet();
    const { person, volume } = await written(1);
    let refused: Promise<string> = Promise.resolve('');
    const hands = {
      passphrases: [Buffer.from('wrong'), person.words],
      onRefused: () => {
        refused = codeOf(worker.call('end-seat', {}));
        return true;
      },
    };
    await worker.callWith(person, hands, 'read-back', { ...readBack, ...volume });
    expect(await refused).toBe('worker-busy');
    expect(await codeOf(worker.call('read-back', { ...readBack, ...volume }))).toBe(
      'worker-out-of-order',
    );
  });

  it("names another custodian's share instead of reading it back", async () => {
    await makeSet();
    const first = await issued(1);
    const second = await written(2);
    const wrongStick = { ...readBack, volumeId: first.volume.volumeId, rehearsalFolder: root };
    // Without the own identity beside it, the stick is recognised before anything is typed.
    expect(await codeOf(worker.callWith(second.person, {}, 'read-back', wrongStick))).toBe(
      'identity-file-missing',
    );
    const shareOnly = { ...wrongStick, withIdentity: false };
    expect(await codeOf(worker.callWith(second.person, {}, 'read-back', shareOnly))).toBe(
      'share-wrong-custodian',
    );
    // A file under the right name with another share in it: the share itself decides.
    const foreign = readFileSync(join(first.path, 'conclave-share-1-of-4-a1a1a1a1-rehearsal.age'));
    writeFileSync(join(second.path, 'conclave-share-2-of-4-a1a1a1a1-rehearsal.age'), foreign);
    const hands = { passphrases: [first.person.words] };
    const attempt = worker.callWith(second.person, hands, 'read-back', {
      ...readBack,
      ...second.volume,
    });
    expect(await codeOf(attempt)).toBe('share-wrong-custodian');
    expect(await codeOf(worker.call('prove-quorum', { threshold: 3 }))).toBe('not-all-read-back');
  });

  it('refuses a second share on one stick and takes the identity off it again', async () => {
    await makeSet();
    const first = await issued(1);
    await worker.call('begin-seat', { turn: turn(2) });
    const person = new ScriptedPerson('custodian 2');
    await worker.callWith(person, {}, 'new-identity', {});
    const wrong = { ...first.volume, withIdentity: true, sheet: null };
    expect(await codeOf(worker.call('write-usb', wrong))).toBe('usb-second-share');
    expect(readdirSync(first.path).filter((name) => name.includes('custodian-2'))).toEqual([]);
    // The words were not spent by the refusal.
    const { path: _, ...own } = stick('STICK-2');
    await worker.call('write-usb', { ...own, withIdentity: true, sheet: null });
    await worker.callWith(person, {}, 'read-back', { ...readBack, ...own });
  });

  it('forgets the words once they locked something, and takes them again to write again', async () => {
    await makeSet();
    const { person, path } = await written(1);
    const { path: _, ...other } = stick('STICK-1B');
    const again = { ...other, withIdentity: true, sheet: null };
    expect(await codeOf(worker.call('write-usb', again))).toBe('passphrase-needed');
    const hands = { passphrases: [Buffer.from('wrong'), person.words], onRefused: () => true };
    await worker.callWith(person, hands, 'write-usb', again);
    expect(person.refusals.map(({ code }) => code)).toEqual(['age-wrong-passphrase']);
    rmSync(path, { recursive: true });
    await worker.callWith(person, {}, 'read-back', { ...readBack, ...other });
    // Another copy for the safe: the words that were just typed lock it, too.
    const { path: __, ...copy } = stick('SAFE-1');
    await worker.call('write-usb', { ...copy, withIdentity: false, sheet: null });
    await worker.callWith(person, {}, 'read-back', { ...readBack, ...copy, withIdentity: false });
  });

  it('keeps the share of a seat that was left before reading back, and drops it afterwards', async () => {
    await makeSet();
    const { path } = await written(1);
    await worker.call('end-seat', {});
    rmSync(path, { recursive: true });
    await issued(1);
    await worker.call('begin-seat', { turn: turn(1) });
    const person = new ScriptedPerson('custodian 1');
    await worker.callWith(person, {}, 'new-identity', {});
    const { path: late, ...volume } = stick('LATE');
    await worker.call('write-usb', { ...volume, withIdentity: true, sheet: null });
    expect(readdirSync(late).filter((name) => name.includes('share'))).toEqual([]);
  });
});

describe('a personal identity of before', () => {
  it('opens from a stick among others, signs, and is gone with the seat', async () => {
    await makeSet();
    const seat = await issued(1);
    const other = await issued(2);
    for (const name of readdirSync(other.path)) {
      if (name.includes('identity')) {
        writeFileSync(join(seat.path, name), readFileSync(join(other.path, name)));
      }
    }
    await worker.call('begin-seat', {
      turn: { name: 'custodian 1', role: 'custodian', index: null },
    });
    const input = { how: 'usb', volumePath: seat.path, ways: [] } as const;
    const opened = await worker.callWith(seat.person, {}, 'open-identity', input);
    expect(opened).toEqual({ name: 'custodian 1', publicKey: seat.publicKey });
    const message = preAuthEncoding('seal', Uint8Array.of(1, 2, 3));
    const signed = await worker.call('sign-identity', { messages: [message] });
    expect(signed.keyid).toBe(seat.publicKey);
    expect(verifyEd25519(signed.signatures[0] ?? new Uint8Array(), message, signed.keyid)).toBe(
      true,
    );
    await worker.call('end-seat', {});
    expect(await codeOf(worker.call('sign-identity', { messages: [message] }))).toBe(
      'worker-out-of-order',
    );
    await worker.call('begin-seat', { turn: turn(1) });
    const empty = { how: 'usb', volumePath: stick('EMPTY').path, ways: [] } as const;
    expect(await codeOf(worker.callWith(seat.person, {}, 'open-identity', empty))).toBe(
      'identity-file-missing',
    );
  });
});
