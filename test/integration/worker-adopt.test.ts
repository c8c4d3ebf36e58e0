/**
 * Adopting a platform key that exists, through a real worker thread: ticket, package, legacy shares
 * as CheckTick writes them, the proof on a stored survey key, and a new set of the same key.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { xorComponents } from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import {
  legacyDeployment,
  storedKek,
  type LegacyDeployment,
} from '../support/legacy-deployment.ts';
import { holds } from '../support/leaks.ts';
import { ScriptedPerson } from '../support/entry-script.ts';
import {
  adoptSittings,
  blaming,
  file,
  PROOF,
  slipped,
  TWO,
  type Version,
} from '../support/adopt-sittings.ts';
import { codeOf } from '../support/worker.ts';

const { root, worker, listed, open, openSame, give, judge, takeBack, giveAll, restored } =
  adoptSittings();

/** What was opened where one stored survey key came along. */
const OPENED = { opened: [PROOF], unopened: [] };

describe('an adoption', () => {
  it.each([
    ['v1', 64],
    ['v2', 32],
  ] as const)(
    'of %s with %d bytes: proved by its survey key, split anew, and nothing let out',
    async (version, bytes) => {
      const key = legacyDeployment(bytes);
      await openSame(key, version);
      await giveAll(key.shares.slice(0, 3));
      expect(await judge()).toEqual({
        standing: 'uncompared',
        agreed: false,
        provable: true,
        suspects: [],
      });
      expect(await worker().call('prove-legacy', {})).toEqual({
        ...OPENED,
        place: 'both',
        wrong: null,
      });
      expect(await restored(key, 'both')).toEqual({ bytes, fits: true, shares: 3 });
      for (const secret of [key.custodian, key.vault, xorComponents(key.vault, key.custodian)]) {
        expect(holds(worker().sent, secret)).toBe(false);
      }
      for (const share of key.shares) {
        expect(JSON.stringify(worker().sent)).not.toContain(share.split('-')[2]?.slice(0, 40));
      }
    },
  );

  it('takes shares as they are in life, and each of them once', async () => {
    const key = legacyDeployment();
    await openSame(key);
    const [one = '', two = '', three = '', four = ''] = key.shares;
    const foreign = legacyDeployment().shares[0] ?? '';
    const first = await give('file', file('no share'), file(`Share 1: ${one}\r\n`));
    expect(first).toMatchObject({ taken: { numbers: [1] }, codes: ['legacy-not-a-share'] });
    expect((await give('file', file(one))).codes).toEqual(['legacy-duplicate']);
    expect((await give('file', file(foreign))).codes).toEqual(['legacy-contradicts']);

    const code = await give(
      'code',
      { type: 'scanned', text: Buffer.from('CONCLAVE/1/SHARE/AAAA') },
      { type: 'scanned', text: Buffer.from(two) },
    );
    expect(code).toMatchObject({ taken: { numbers: [2] }, codes: ['legacy-is-ours'] });

    const digits = three.split('-')[2] ?? '';
    const groups = digits.replaceAll(/(.{4})/g, '$1 ').toUpperCase();
    const typed = await give(
      'typed',
      { type: 'legacy-typed', number: 3, text: Buffer.from(`${groups.slice(0, -9)}O`) },
      { type: 'legacy-typed', number: 3, text: Buffer.from(groups) },
    );
    expect(typed).toMatchObject({ taken: { numbers: [3] }, codes: ['legacy-foreign-character'] });

    writeFileSync(join(root(), 'key'), randomBytes(32));
    writeFileSync(join(root(), 'share'), four);
    const options = ['-aes-256-cbc', '-salt', '-pbkdf2', '-pass', `file:${join(root(), 'key')}`];
    execFileSync('openssl', [
      'enc',
      ...options,
      '-in',
      join(root(), 'share'),
      '-out',
      join(root(), 'enc'),
    ]);
    const bytes = readFileSync(join(root(), 'enc'));
    const opened = await give(
      'openssl',
      { type: 'legacy-openssl', bytes, key: randomBytes(32) },
      { type: 'legacy-openssl', bytes, key: readFileSync(join(root(), 'key')) },
    );
    expect(opened).toMatchObject({ taken: { numbers: [4] }, codes: ['openssl-not-opened'] });
    expect(await judge()).toMatchObject({
      standing: 'agree',
      agreed: true,
    });
    expect(await worker().call('prove-legacy', {})).toMatchObject(OPENED);
  });

  it('names the wrong share of four; of one that is taken back nothing counts', async () => {
    const key = legacyDeployment();
    await openSame(key);
    const wrong = slipped(key.shares[2] ?? '', 100);
    await giveAll([...key.shares.slice(0, 2), wrong, ...key.shares.slice(3)]);
    expect(await judge()).toEqual({
      standing: 'wrong',
      agreed: false,
      provable: true,
      suspects: [{ number: 3, slip: 'digit', positions: [100] }],
    });
    expect(await worker().call('prove-legacy', {})).toMatchObject({ ...OPENED, place: 'both' });

    await takeBack(2);
    // What came out before is forgotten with it.
    expect(await codeOf(worker().call('prove-legacy', {}))).toBe('worker-out-of-order');
    await giveAll([key.shares[2] ?? '']);
    expect(await judge()).toMatchObject({
      standing: 'agree',
      agreed: true,
    });
  });

  it('says when more, or fewer, are needed than was said', async () => {
    const key = legacyDeployment();
    await openSame(key);
    await giveAll(key.shares);
    expect(await judge(4)).toMatchObject({ standing: 'uncompared', needed: 3 });
    expect(await judge(2)).toMatchObject({ standing: 'several-wrong', needed: 3 });
    expect(await judge(3)).not.toHaveProperty('needed');
  });

  it('with exactly three, one digit wrong: it restores another key, and that opens nothing', async () => {
    const key = legacyDeployment();
    await openSame(key);
    const [one = '', ...others] = key.shares.slice(0, 3);
    await giveAll([slipped(one, digitsOf(one) - 3), ...others]);
    await judge();
    expect(await codeOf(worker().call('prove-legacy', {}))).toBe('legacy-not-proved');
    expect(await codeOf(worker().call('restore-legacy', { place: 'both', answers: TWO }))).toBe(
      'worker-out-of-order',
    );
  });

  it('where a slip hides behind another share the survey key tells which it was', async () => {
    const key = legacyDeployment();
    await openSame(key);
    // One too high at the same place looks like one too low in another share, often enough.
    for (let position = 508; ; position -= 1) {
      if (position < 400) throw new Error('No slip hides behind another share.');
      const four = key.shares[3] ?? '';
      await giveAll([...key.shares.slice(0, 3), slipped(four, position)]);
      const judged = await judge();
      if (judged.standing === 'one-of') {
        expect(judged.suspects.map(({ number }) => number)).toContain(4);
        break;
      }
      for (let left = 4; left > 0; left -= 1) await takeBack(0);
    }
    expect(await worker().call('prove-legacy', {})).toEqual({ ...OPENED, place: 'both', wrong: 4 });
    expect(await restored(key, 'both')).toMatchObject({ fits: true });
  });

  it('an insider makes another look wrong: the survey key tells, and without one nothing is taken over', async () => {
    const { key, forged } = blaming();
    const encryptedKeks = [await storedKek(key.platformKey, PROOF)];
    const components = [{ place: 'both' as const, bytes: key.vault }];
    const version = { version: 'v1', compared: 'same' as const };
    await open('v1', [{ ...version, secrets: { components, encryptedKeks: [] } }]);
    await giveAll(forged);
    expect(await judge()).toMatchObject({ standing: 'wrong', agreed: false });
    expect(await codeOf(worker().call('prove-legacy', {}))).toBe('adopt-undecided');
    expect(await codeOf(worker().call('restore-legacy', { place: 'both', answers: TWO }))).toBe(
      'worker-out-of-order',
    );
    await open('v1', [{ ...version, secrets: { components, encryptedKeks } }]);
    await judge();
    expect(await worker().call('prove-legacy', {})).toEqual({ ...OPENED, place: 'both', wrong: 1 });
    expect(await restored(key, 'both')).toMatchObject({ fits: true });
  });

  it('what main could not write down does not count, and is given, taken back or restored again', async () => {
    const key = legacyDeployment();
    await openSame(key);
    const [one = '', two = '', three = ''] = key.shares;
    await giveAll([one, two]);
    // Main's disk is full at these moments: its list stays as it was.
    await give('file', file(three));
    listed.pop();
    await giveAll([three]);
    const [first = 0] = listed;
    await worker().call('forget-legacy', { id: first });
    await worker().call('forget-legacy', { id: first });
    listed.splice(0, 1);
    expect(await codeOf(judge())).toBe('legacy-too-few');
    await giveAll([one]);
    expect(await judge()).toMatchObject({ standing: 'uncompared' });
    await worker().call('prove-legacy', {});
    const place = { place: 'both', answers: null } as const;
    const restoredOnce = await worker().call('restore-legacy', place);
    expect(await worker().call('restore-legacy', place)).toEqual(restoredOnce);
  });

  it.each([
    ['a vault component of zeros', new Uint8Array(64)],
    ['one that makes a platform key of zeros', null],
  ])('%s is not taken over', async (_what, bytes) => {
    const key = legacyDeployment();
    const components = [{ place: 'both' as const, bytes: bytes ?? key.custodian }];
    const secrets = { components, encryptedKeks: [] };
    await open('v1', [{ version: 'v1', compared: 'same', secrets }]);
    await giveAll(key.shares);
    await judge();
    expect(await codeOf(worker().call('prove-legacy', {}))).toBe('legacy-zero');
    expect(await codeOf(worker().call('restore-legacy', { place: 'both', answers: TWO }))).toBe(
      'legacy-zero',
    );
  });

  it('shares that give no component of that length are refused before anybody answers for them', async () => {
    const key = legacyDeployment(64);
    const components = [{ place: 'both' as const, bytes: randomBytes(32) }];
    const secrets = { components, encryptedKeks: [] };
    await open('v1', [{ version: 'v1', compared: 'same', secrets }]);
    await giveAll(key.shares.slice(0, 3));
    await judge();
    expect(await codeOf(worker().call('prove-legacy', {}))).toBe('legacy-padding');
  });

  it.each(['row', 'vault'] as const)(
    'where the two halves differ, the one that opens it is that of the %s',
    async (right) => {
      const key = legacyDeployment();
      const other = randomBytes(64);
      const components = (['row', 'vault'] as const).map((place) => ({
        place,
        bytes: place === right ? key.vault : other,
      }));
      const secrets = { components, encryptedKeks: [await storedKek(key.platformKey, PROOF)] };
      await open('v1', [{ version: 'v1', compared: 'differs', secrets }]);
      await giveAll(key.shares.slice(1));
      await judge();
      expect(await worker().call('prove-legacy', {})).toMatchObject({ place: right });
      const wrong = right === 'row' ? 'vault' : 'row';
      expect(await codeOf(worker().call('restore-legacy', { place: wrong, answers: TWO }))).toBe(
        'worker-out-of-order',
      );
      const alone = worker().call('restore-legacy', { place: right, answers: null });
      expect(await codeOf(alone)).toBe('adopt-unanswered');
      expect(await restored(key, right)).toMatchObject({ fits: true });
    },
  );

  it('a stored survey key that is damaged, or of another key, does not hide one that opens', async () => {
    const key = legacyDeployment();
    const [damaged, strange, good] = [31, 32, 33].map((surveyId) => ({ userId: 7, surveyId }));
    if (!damaged || !strange || !good) throw new Error('there are three');
    const components = [{ place: 'both' as const, bytes: key.vault }];
    const encryptedKeks = [
      bytesToHex(randomBytes(60)),
      await storedKek(legacyDeployment().platformKey, strange),
      await storedKek(key.platformKey, good),
    ];
    const version = { version: 'v1', compared: 'same' as const };
    const keys = [damaged, strange, good];
    await open('v1', [{ ...version, keys, secrets: { components, encryptedKeks } }]);
    await giveAll([slipped(key.shares[0] ?? '', 9), ...key.shares.slice(1)]);
    await judge();
    expect(await worker().call('prove-legacy', {})).toEqual({
      opened: [good],
      unopened: [damaged, strange],
      place: 'both',
      wrong: 1,
    });
    expect(await restored(key, 'both')).toMatchObject({ fits: true });
  });

  it('where both halves open a stored survey key, nothing is chosen', async () => {
    const key = legacyDeployment();
    const other = randomBytes(64);
    const keys = [PROOF, { userId: 8, surveyId: 32 }] as const;
    const encryptedKeks = [
      await storedKek(xorComponents(other, key.custodian), keys[0]),
      await storedKek(key.platformKey, keys[1]),
    ];
    const components = [
      { place: 'row' as const, bytes: key.vault },
      { place: 'vault' as const, bytes: other },
    ];
    const secrets = { components, encryptedKeks };
    await open('v1', [{ version: 'v1', compared: 'differs', keys, secrets }]);
    await giveAll(key.shares);
    await judge();
    expect(await codeOf(worker().call('prove-legacy', {}))).toBe('adopt-two-keys');
    expect(await codeOf(worker().call('restore-legacy', { place: 'row', answers: TWO }))).toBe(
      'worker-out-of-order',
    );
  });

  it('says that the shares are those of another version', async () => {
    const [v1, v2] = [legacyDeployment(), legacyDeployment(32)];
    const version = async (name: string, of: LegacyDeployment): Promise<Version> => ({
      version: name,
      compared: 'same',
      secrets: {
        components: [{ place: 'both', bytes: of.vault }],
        encryptedKeks: [await storedKek(of.platformKey, PROOF)],
      },
    });
    await open('v2', [await version('v1', v1), await version('v2', v2)]);
    await giveAll(v1.shares.slice(0, 3));
    await judge();
    expect(await codeOf(worker().call('prove-legacy', {}))).toBe('adopt-other-version');
  });

  it('where there is nothing to open it is taken over at two people’s word, and only if one key is possible', async () => {
    const key = legacyDeployment();
    const components = [{ place: 'vault' as const, bytes: key.vault }];
    await open('v1', [
      { version: 'v1', compared: 'vault-only', secrets: { components, encryptedKeks: [] } },
    ]);
    await giveAll(key.shares);
    await judge();
    expect(await worker().call('prove-legacy', {})).toEqual({
      opened: [],
      unopened: [],
      place: 'vault',
      wrong: null,
    });
    expect(await codeOf(worker().call('restore-legacy', { place: 'row', answers: TWO }))).toBe(
      'worker-out-of-order',
    );
    const place = 'vault';
    for (const answers of [null, ['witness', 'witness']] as const) {
      const alone = worker().call('restore-legacy', { place, answers });
      expect(await codeOf(alone)).toBe('adopt-unanswered');
    }
    expect(await restored(key, place)).toMatchObject({ fits: true });
  });

  it.each([
    ['as hex in a text file', (bytes: Uint8Array) => `${bytesToHex(bytes).toUpperCase()}\n`],
    ['as .bin', (bytes: Uint8Array) => bytes],
  ])('of a component that was never split, %s', async (_what, write) => {
    const key = legacyDeployment(32);
    await openSame(key, 'v2');
    const person = new ScriptedPerson('somebody');
    const hands = { legacy: [file(write(key.custodian))] };
    const input = { person: person.name, how: 'file', whole: true, listed } as const;
    const taken = await worker().callWith(person, hands, 'take-legacy', input);
    listed.push(taken.id);
    expect(taken).toEqual({
      id: 1,
      numbers: [],
      source: 'a file with the whole component',
    });
    expect(await judge(null)).toEqual({
      standing: 'whole',
      agreed: false,
      provable: true,
      suspects: [],
    });
    expect(await worker().call('prove-legacy', {})).toMatchObject(OPENED);
    expect(await restored(key, 'both')).toMatchObject({ fits: true, bytes: 32 });
  });

  it.each([
    [32, 'v2'],
    [64, 'v1'],
  ] as const)(
    'of a component of %d bytes that was never split, typed: first with what it cannot be',
    async (bytes, version) => {
      const key = legacyDeployment(bytes);
      await openSame(key, version);
      const digits = bytesToHex(key.custodian);
      const typed = (text: string) =>
        ({ type: 'legacy-typed', number: null, text: Buffer.from(text) }) as const;
      const groups = `${digits.toUpperCase().replaceAll(/(.{4})/g, '$1 ')}\n`;
      const person = new ScriptedPerson('somebody');
      const hands = {
        legacy: [...WRONG_COMPONENTS.map(([, wrong]) => typed(wrong(digits))), typed(groups)],
        onRefused: () => true,
      };
      const input = { person: person.name, how: 'typed', whole: true, listed } as const;
      const taken = await worker().callWith(person, hands, 'take-legacy', input);
      expect(person.refusals.map((note) => note.code)).toEqual(
        WRONG_COMPONENTS.map(([code]) => code),
      );
      listed.push(taken.id);
      expect(taken).toEqual({ id: 1, numbers: [], source: 'typed by hand' });
      expect(await judge(null)).toMatchObject({ standing: 'whole' });
      expect(await worker().call('prove-legacy', {})).toMatchObject(OPENED);
      expect(await restored(key, 'both')).toMatchObject({ fits: true, bytes });
      expect(JSON.stringify(worker().sent)).not.toContain(digits.slice(0, 40));
    },
  );

  it('of one that was typed with a wrong digit: nothing but the survey key tells', async () => {
    const key = legacyDeployment(32);
    await openSame(key, 'v2');
    const digits = bytesToHex(key.custodian);
    const text = Buffer.from(`${digits.slice(0, -1)}${digits.endsWith('7') ? '8' : '7'}`);
    const person = new ScriptedPerson('somebody');
    const hands = { legacy: [{ type: 'legacy-typed', number: null, text } as const] };
    const input = { person: person.name, how: 'typed', whole: true, listed } as const;
    listed.push((await worker().callWith(person, hands, 'take-legacy', input)).id);
    await judge(null);
    expect(await codeOf(worker().call('prove-legacy', {}))).toBe('legacy-not-proved');
  });
});

/** What no component can be, as it is typed: the refusal, and how it differs from the right one. */
const WRONG_COMPONENTS: readonly (readonly [string, (digits: string) => string])[] = [
  ['component-digits', (digits) => digits.slice(0, -1)],
  ['component-digits', (digits) => `${digits}0`],
  ['component-digits', (digits) => digits.slice(0, -2)],
  ['component-digits', (digits) => `${digits}00`],
  ['component-digits', () => 'a'],
  ['legacy-foreign-character', (digits) => `${digits.slice(0, 9)}O${digits.slice(10)}`],
  ['legacy-foreign-character', (digits) => `0x${digits.slice(2)}`],
  ['legacy-foreign-character', () => 'the component'],
  ['legacy-zero', (digits) => '0'.repeat(digits.length)],
];

const digitsOf = (share: string): number => share.split('-')[2]?.length ?? 0;
