/**
 * The component of an adopted set written as new legacy shares too, through a real worker: in the
 * clear onto sticks, read back from them, and put together by CheckTick's own formula.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { PRIME } from '../../shared/checktick/legacy/field.ts';
import { adoptSittings, slipped, TWO } from '../support/adopt-sittings.ts';
import { ScriptedPerson } from '../support/entry-script.ts';
import { holds } from '../support/leaks.ts';
import { choices } from '../support/legacy.ts';
import { legacyDeployment, type LegacyDeployment } from '../support/legacy-deployment.ts';
import { codeOf } from '../support/worker.ts';

const { root, worker, openSame, judge, giveAll } = adoptSittings();
const SET = 'ab'.repeat(16);
const BARE = new URL('../bench/bare/legacy.py', import.meta.url).pathname;

function stick(name: string) {
  const path = join(root(), name);
  mkdirSync(path, { recursive: true });
  return { path, volumeId: `at:${path}`, rehearsalFolder: root() };
}

/** Adopted, split anew 2 of 2 onto sticks, and proved from them. */
async function adopted(key: LegacyDeployment, version = 'v1', proves = true): Promise<void> {
  await openSame(key, version);
  await giveAll(key.shares.slice(0, 3));
  await judge();
  await worker().call('prove-legacy', {});
  await worker().call('restore-legacy', { place: 'both', answers: TWO });
  await worker().call('split', { setId: SET, generation: 1, threshold: 2, count: 2 });
  for (const index of [1, 2]) {
    const person = new ScriptedPerson(`custodian ${index}`);
    const { path: _, ...volume } = stick(`HOME-${index}`);
    await worker().call('begin-seat', { turn: { name: person.name, role: 'custodian', index } });
    await worker().callWith(person, {}, 'new-identity', {});
    const withIdentity = true;
    await worker().call('write-usb', { ...volume, withIdentity, sheet: null });
    const reading = { how: 'usb', ...volume, withIdentity, sheetNumber: null } as const;
    await worker().callWith(person, {}, 'read-back', reading);
    await worker().call('end-seat', {});
  }
  if (proves) await worker().call('prove-quorum', { threshold: 2 });
}

const fileIn = (path: string): string => {
  const [name = ''] = readdirSync(path).filter((one) => one.startsWith('conclave-legacy-share-'));
  return join(path, name);
};

/** On a stick of its own. */
async function written(number: number, name = `WARD-${number}`) {
  const { path, ...volume } = stick(name);
  const { fileName } = await worker().call('write-legacy', { number, ...volume });
  return { number, volume, file: join(path, fileName) };
}

/** What CheckTick's own formula makes of these lines. */
function checktickOf(shares: readonly string[]): string {
  const input = JSON.stringify({ shares, times: 1, prime: PRIME.toString(16) });
  const out = execFileSync('python3', [BARE], { input, encoding: 'utf8' });
  return (JSON.parse(out) as { secret: string }).secret;
}

describe('new legacy shares', () => {
  it.each([
    ['v1', 64],
    ['v2', 32],
  ] as const)(
    'of a %s of %d bytes are what CheckTick takes, and no secret leaves',
    async (version, bytes) => {
      const key = legacyDeployment(bytes);
      await adopted(key, version);
      await worker().call('split-legacy', { threshold: 3, count: 4 });
      const lines: string[] = [];
      for (const number of [1, 2, 3, 4]) {
        const { file, volume } = await written(number);
        expect(await worker().call('read-legacy-back', { number, ...volume })).toBeNull();
        const text = readFileSync(file, 'ascii');
        expect(text).toMatch(new RegExp(`^80${number}-${number}-[0-9a-f]{256,512}\n$`));
        lines.push(text.trimEnd());
      }
      expect(await worker().call('end-new-legacy', { proves: true })).toBeNull();
      const wanted = bytesToHex(key.custodian).padStart(128, '0');
      for (const three of choices(lines, 3)) expect(checktickOf(three)).toBe(wanted);
      // They are new ones: an old share among them gives nothing.
      expect(lines).not.toEqual(expect.arrayContaining([key.shares[0]]));
      for (const secret of [key.custodian, key.vault, key.platformKey]) {
        expect(holds(worker().sent, secret)).toBe(false);
      }
      const sent = JSON.stringify(worker().sent);
      for (const line of lines) expect(sent).not.toContain(line.split('-')[2]?.slice(9, 40));
      // The shares of the set still sign.
      const { signatures } = await worker().call('sign-quorum', { messages: [new Uint8Array(4)] });
      expect(signatures).toHaveLength(2);
    },
  );

  it('each is compared digit for digit, and none counts that was not read back', async () => {
    await adopted(legacyDeployment());
    await worker().call('split-legacy', { threshold: 2, count: 2 });
    const one = await written(1);
    const reading = { number: 1, ...one.volume };
    const text = readFileSync(one.file, 'ascii');
    const later = { number: 2, ...stick('WARD-2') };
    const { path: _, ...second } = later;
    for (const [content, code] of [
      [slipped(text, 500), 'new-legacy-differs'],
      [text.replace('801-1-', '802-2-'), 'new-legacy-differs'],
      [`${text}${text.replace('801-1-', '802-2-')}`, 'new-legacy-differs'],
      ['no share', 'legacy-not-a-share'],
    ] as const) {
      writeFileSync(one.file, content);
      expect(await codeOf(worker().call('read-legacy-back', reading))).toBe(code);
    }
    expect(await codeOf(worker().call('read-legacy-back', second))).toBe('new-legacy-missing');
    // Written again over what the stick had changed.
    await written(1);
    await worker().call('read-legacy-back', reading);
    expect(await codeOf(worker().call('end-new-legacy', { proves: true }))).toBe(
      'worker-out-of-order',
    );
    // No stick holds two of them.
    const both = { number: 2, ...one.volume };
    expect(await codeOf(worker().call('write-legacy', both))).toBe('new-legacy-second');
    const two = await written(2);
    await worker().call('read-legacy-back', { number: 2, ...two.volume });
    await worker().call('end-new-legacy', { proves: true });
    // Forgotten: nothing is left to be written.
    expect(await codeOf(worker().call('write-legacy', both))).toBe('worker-out-of-order');
    expect(fileIn(join(root(), 'WARD-2'))).toBe(two.file);
  });

  it('do not exist before the set was proved from its media, nor where no key was adopted', async () => {
    const asked = () => codeOf(worker().call('split-legacy', { threshold: 2, count: 2 }));
    expect(await asked()).toBe('worker-out-of-order');
    await adopted(legacyDeployment(), 'v1', false);
    expect(await asked()).toBe('worker-out-of-order');
    await worker().call('prove-quorum', { threshold: 2 });
    await worker().call('split-legacy', { threshold: 2, count: 2 });
    // Left: nothing is asked of them.
    expect(await worker().call('end-new-legacy', { proves: false })).toBeNull();
  });
});
