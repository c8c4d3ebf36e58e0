/**
 * An OTP envelope on a stick that is not made anew, through a real worker: a file system that fails at
 * each of its calls, a key that comes out at each of its reports. Whatever happens, the share was
 * given, what is said of the stick is what is on it, and the share opens with an envelope that the
 * log names.
 */
import {
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { renewed } from '../../shared/ceremony/seat/stick.ts';
import type { Renewal } from '../../shared/ceremony/types.ts';
import { keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import { StickFaults, type Fault } from '../support/faulty-sticks.ts';
import type { KeyHands } from '../support/key-rack.ts';
import {
  envelopeBytes,
  envelopeName,
  keySittings,
  seen,
  touches,
  type Sitting,
} from '../support/key-sittings.ts';
import { codeOf } from '../support/worker.ts';

const faults = new StickFaults();
const { rack, sit, write, give, renew } = keySittings(faults.shared);

afterEach(() => void faults.disarm());

/** More than a renewal has. */
const MOST = 400;

const onStick = (sitting: Sitting) => keyEnvelopeDigest(envelopeBytes(sitting, 2));

/** The digests in what the transcript says of it. */
function named(renewal: Renewal): unknown[] {
  const turn = { name: 'custodian 2', role: 'custodian', index: 2 } as const;
  return renewed(turn, renewal).flatMap((effect) =>
    effect.effect === 'record'
      ? Object.values(effect.facts).flatMap((fact) =>
          typeof fact === 'object' && 'value' in fact ? [fact.value] : [],
        )
      : [],
  );
}

/** What is said is what is on the stick, and the log names it. */
function requireTrue(sitting: Sitting, renewal: Renewal): void {
  const found = onStick(sitting);
  expect(named(renewal)).toContain(found);
  if (renewal.done || renewal.holds === 'new') expect(found).toBe(renewal.after);
  else if (renewal.holds === 'old') expect(found).toBe(renewal.before);
}

async function given(renewing: Promise<{ renewal: Renewal | null }>): Promise<Renewal> {
  const { renewal } = await renewing;
  if (renewal === null) throw new Error('An OTP envelope on a stick is made anew.');
  return renewal;
}

/** Null: the stick failed before the share was read. */
async function attempt(giving: Promise<{ renewal: Renewal | null }>): Promise<Renewal | null> {
  const code = await giving.then(
    () => null,
    () => codeOf(giving),
  );
  if (code === null) return given(giving);
  expect(code).toMatch(/^(file|usb|key-envelope)-/);
  return null;
}

async function written(): Promise<Sitting> {
  const sitting = await sit(2, { own: rack.add(12_345_678) });
  await write(sitting, 'yubikey-otp');
  return sitting;
}

describe('a stick that fails at one call', () => {
  it.each<Fault>(['not-done', 'done'])(
    'whose answer is lost (%s): what it holds is said as it is, and it opens the share',
    async (kind) => {
      const sitting = await written();
      const outcomes = new Set<string>();
      let at = 1;
      for (; at < MOST; at += 1) {
        faults.arm(at, kind);
        const renewal = await attempt(give(sitting, 2));
        const wasReached = faults.disarm();
        // Before the share was read: the step is repeated.
        if (renewal === null) continue;
        requireTrue(sitting, renewal);
        outcomes.add(renewal.done ? 'done' : renewal.holds);
        if (!renewal.done) requireTrue(sitting, await given(renew(sitting, 2)));
        if (!wasReached) break;
      }
      expect(at).toBeGreaterThan(12);
      expect([...outcomes]).toEqual(expect.arrayContaining(['done', 'old', 'new']));
      expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
      expect(readdirSync(sitting.path)).toHaveLength(2);
    },
  );

  it('and never answers again until it is put in anew: unknown, then it is read and known', async () => {
    const sitting = await written();
    const outcomes = new Set<string>();
    for (let at = 1; at < MOST; at += 1) {
      faults.arm(at, 'gone');
      const renewal = await attempt(give(sitting, 2));
      const wasReached = faults.disarm();
      if (renewal === null) continue;
      requireTrue(sitting, renewal);
      outcomes.add(renewal.done ? 'done' : renewal.holds);
      if (!wasReached) break;
      if (renewal.done) continue;
      expect(renewal).toMatchObject({ holds: 'unknown', note: { code: 'file-gone' } });
      const isNew = onStick(sitting) === renewal.after;
      const before = touches(sitting.person).length;
      const again = await given(renew(sitting, 2));
      expect(again).toMatchObject({ done: true });
      requireTrue(sitting, again);
      // One that is there after all needs no touch.
      expect(touches(sitting.person).slice(before)).toEqual(isNew ? [] : ['renew', 'prove']);
    }
    expect([...outcomes].sort()).toEqual(['done', 'unknown']);
  });
});
describe('the key', () => {
  it.each(['renew', 'prove'] as const)(
    'pulled out at each report of %s, and given up: the old envelope is there, and once more works',
    async (does) => {
      const sitting = await written();
      const { own } = sitting.keys;
      const pulledAfter = (reports: number): Sitting => {
        const keys: KeyHands = {
          ...sitting.keys,
          instead(task) {
            if (task.task === 'touch' && task.does === does) own.key.plug.comeOutAfter(reports);
            return undefined;
          },
        };
        return { ...sitting, keys };
      };
      let renewal = await given(give(pulledAfter(0), 2));
      let reports = 0;
      while (!renewal.done && reports < MOST) {
        requireTrue(sitting, renewal);
        expect(renewal).toMatchObject({ holds: 'old', note: { code: 'renewal-left' } });
        rack.only(own);
        reports += 1;
        renewal = await given(renew(pulledAfter(reports), 2));
      }
      expect(reports).toBeGreaterThan(5);
      requireTrue(sitting, renewal);
      rack.only(own);
      expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
    },
  );
});

describe('a stick with neither envelope', () => {
  it.each<[string, (path: string) => void]>([
    ['a byte is another', (path) => changeByte(path)],
    ['the file is gone', (path) => rmSync(path)],
    ['the file is empty', (path) => truncateSync(path)],
    ['something else lies there', (path) => writeFileSync(path, Buffer.alloc(100_000, 7))],
  ])('%s: the share is locked once more, from memory, and opens', async (_, spoil) => {
    const sitting = await written();
    const path = join(sitting.path, envelopeName(2));
    const left = await given(give(sitting, 2, { cancelAtAnswer: 2 }));
    expect(left).toMatchObject({ done: false, holds: 'old' });
    spoil(path);
    const from = touches(sitting.person).length;
    const again = await given(renew(sitting, 2));
    expect(again).toMatchObject({ done: true });
    requireTrue(sitting, again);
    expect(touches(sitting.person).slice(from)).toEqual(['renew', 'prove']);
    expect(readdirSync(sitting.path)).toHaveLength(2);
    expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
  });

  it('that is taken out meanwhile is not written to: it is asked for by name', async () => {
    const sitting = await written();
    await given(give(sitting, 2, { cancelAtAnswer: 2 }));
    renameSync(sitting.path, `${sitting.path}-out`);
    const from = touches(sitting.person).length;
    const out = await given(renew(sitting, 2));
    expect(out).toMatchObject({ done: false, holds: 'unknown', note: { code: 'volume-missing' } });
    expect(touches(sitting.person).slice(from)).toEqual([]);
    renameSync(`${sitting.path}-out`, sitting.path);
    expect(await given(renew(sitting, 2))).toMatchObject({ done: true });
  });
});

function changeByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

describe('the window', () => {
  /** The first answer opens, the second locks anew, the third opens what was read back. */
  it.each([
    [1, null],
    [2, 'old'],
    [3, 'done'],
  ] as const)('closed at answer %i of the key', async (cancelAtAnswer, outcome) => {
    const sitting = await written();
    const run = give(sitting, 2, { cancelAtAnswer });
    if (outcome === null) {
      // Nobody has typed the words: nothing was given.
      expect(await codeOf(run)).toBe('cancelled');
    } else {
      const renewal = await given(run);
      requireTrue(sitting, renewal);
      expect(renewal.done ? 'done' : renewal.holds).toBe(outcome);
    }
    expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
  });

  it('closed while the stick fails after the rename: the log names what is there', async () => {
    const sitting = await written();
    const outcomes = new Set<string>();
    for (let at = 1; at < MOST; at += 1) {
      faults.arm(at, 'not-done');
      const renewal = await attempt(give(sitting, 2, { cancelAtAnswer: 3 }));
      const wasReached = faults.disarm();
      if (renewal === null) continue;
      requireTrue(sitting, renewal);
      outcomes.add(renewal.done ? 'done' : renewal.holds);
      if (!renewal.done && renewal.holds === 'new') {
        expect(renewal.note.code).toBe('renewal-left');
      }
      if (!wasReached) break;
    }
    expect([...outcomes]).toEqual(expect.arrayContaining(['done', 'old', 'new']));
  });

  it('opened once more for nothing, or for a share that was not given so, is refused', async () => {
    const sitting = await written();
    expect(await codeOf(renew(sitting, 2))).toBe('worker-out-of-order');
    expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
    expect(await codeOf(renew(sitting, 2))).toBe('worker-out-of-order');
    expect(seen(sitting.person)).not.toContain('choose-key');
    expect(readdirSync(sitting.path)).toContain(envelopeName(2));
  });
});
