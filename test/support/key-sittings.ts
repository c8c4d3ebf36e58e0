/**
 * Sittings of custodians with YubiKeys at a real worker: one worker and one set for all tests of a
 * file, whose shares stay writable because nobody ends a seat; sticks are folders, the keys software
 * that answers report by report.
 * @module
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Checks, PublicShare, SlotProgramming } from '../../shared/ceremony/types.ts';
import type { EntryTask } from '../../shared/ipc/entry.ts';
import type { RefusalNote } from '../../shared/refusal.ts';
import { decodeKeyEnvelope, type KeyEnvelope } from '../../shared/sharing/key-envelope.ts';
import type { LiveSlot } from '../../shared/ledger/live-slots.ts';
import type { CommandInput, Noted } from '../../electron/worker/protocol.ts';
import type { KeyMedium, Manifest } from '../../shared/sharing/manifest.ts';
import { NO_LOGS } from './no-logs.ts';
import { ScriptedPerson, type Hands } from './entry-script.ts';
import { KeyRack, type KeyHands } from './key-rack.ts';
import { startTestWorker, type TestWorker } from './worker.ts';

export const SET = 'a1'.repeat(16);
export const CEREMONY = 'ce'.repeat(16);
/** The ceremony in which shares are given. */
export const LATER = 'cf'.repeat(16);

export interface Sitting {
  readonly person: ScriptedPerson;
  readonly path: string;
  readonly volume: { readonly volumeId: string; readonly rehearsalFolder: string };
  readonly keys: KeyHands;
}

/**
 * Makes everything before the tests of this file, and takes it away after them.
 * @param stickFaults makes the sticks fail
 */
export function keySittings(stickFaults?: SharedArrayBuffer) {
  const rack = new KeyRack();
  let root = '';
  let worker: TestWorker;
  let manifest: Manifest;
  /** What main knows of slots that open shares; each test says its own. */
  let live: readonly LiveSlot[] = [];
  let keeps = (_about: Noted) => true;

  beforeAll(async () => {
    worker = await startTestWorker('rehearsal', {
      softwareKeys: rack.channel,
      keeps: (about) => keeps(about),
      ...(stickFaults === undefined ? {} : { stickFaults }),
    });
    const key = await worker.call('make-key', { componentBytes: 64, keyVersion: 'v1' });
    const plan = { setId: SET, generation: 1, threshold: 3, count: 4 };
    manifest = manifestOf(key, (await worker.call('split', plan)).shares);
  });
  afterAll(() => {
    worker.stop();
    rack.close();
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'conclave-keys-'));
  });
  afterEach(() => {
    rack.empty();
    live = [];
    keeps = () => true;
    rmSync(root, { recursive: true, force: true });
  });

  return {
    rack,
    worker: () => worker,
    manifest: () => manifest,
    /** Main hears what is about to be programmed, and writes it down or cannot. */
    onNote: (listener: (about: SlotProgramming) => boolean) => {
      keeps = (noted) => noted.about !== 'slot-programming' || listener(noted.facts);
    },
    /** Nothing can be written down. */
    noRoom: () => {
      keeps = () => false;
    },
    knowLive: (slots: readonly LiveSlot[]) => {
      live = slots;
    },

    sit: async (index: number, keys: Omit<KeyHands, 'rack'>): Promise<Sitting> => {
      const person = new ScriptedPerson(`custodian ${index}`);
      const path = join(root, `STICK-${index}`);
      mkdirSync(path, { recursive: true });
      const turn = { name: person.name, role: 'custodian', index } as const;
      await worker.call('begin-seat', { turn });
      await worker.callWith(person, {}, 'new-identity', {});
      const volume = { volumeId: `at:${path}`, rehearsalFolder: root };
      return { person, path, volume, keys: { rack, ...keys } };
    },

    write: ({ person, volume, keys }: Sitting, medium: KeyMedium, hands: Hands = {}) =>
      worker.callWith(person, { keys, ...hands }, 'write-key', {
        medium,
        ...volume,
        withIdentity: true,
        ceremonyId: CEREMONY,
        liveSlots: live,
      }),

    readBack: ({ person, volume, keys }: Sitting, key: KeyMedium, hands: Hands = {}) =>
      worker.callWith(person, { keys, ...hands }, 'read-back', {
        how: 'usb',
        key,
        ...volume,
        withIdentity: true,
        sheetNumber: null,
      }),

    give: (
      { person, volume, keys }: Sitting,
      index: number,
      hands: Hands = {},
      of: Manifest = manifest,
      more: Partial<CommandInput<'accept-share'>> = {},
    ) =>
      worker.callWith(person, { keys, ...hands }, 'accept-share', {
        how: 'usb',
        ...volume,
        person: person.name,
        manifest: of,
        known: { void: [], superseded: [] },
        envelopes: NO_LOGS,
        index,
        ways: ['camera', 'typed'],
        ceremonyId: LATER,
        ...more,
      }),

    /** Once more after it was given and not locked anew. */
    renew: ({ person, keys }: Sitting, index: number, hands: Hands = {}) =>
      worker.callWith(person, { keys, ...hands }, 'renew-envelope', {
        person: person.name,
        manifest,
        index,
        ceremonyId: LATER,
      }),
  };
}

/** What the worker needs of it; nobody checks its signatures here. */
function manifestOf(
  { componentId, checks }: { readonly componentId: string; readonly checks: Checks },
  shares: readonly PublicShare[],
): Manifest {
  return {
    mode: 'rehearsal',
    setId: SET,
    label: '2026 A',
    componentId,
    componentBytes: 64,
    keyVersion: 'v1',
    generation: 1,
    threshold: 3,
    count: 4,
    shares: shares.map((share) => ({
      ...share,
      custodian: { name: `custodian ${share.index}`, publicKey: 'ab'.repeat(32) },
      media: [{ kind: 'yubikey-otp', description: 'YubiKey' }],
    })),
    checks,
    ceremonyId: CEREMONY,
    createdAt: '2026-05-03T09:30:00Z',
    roster: 'cd'.repeat(32),
    sync: { audience: 'ef'.repeat(16), publicKey: '12'.repeat(32) },
    previous: null,
  };
}

export const envelopeName = (index: number) =>
  `conclave-yubikey-share-${index}-of-4-a1a1a1a1-rehearsal.cbor`;
export function envelopeBytes({ path }: Sitting, index: number): Uint8Array {
  return new Uint8Array(readFileSync(join(path, envelopeName(index))));
}
export const envelopeOn = (sitting: Sitting, index: number): KeyEnvelope =>
  decodeKeyEnvelope(envelopeBytes(sitting, index));

/** What each touch did, in order. */
export const touches = ({ tasks }: ScriptedPerson) =>
  tasks.flatMap((task) => (task.task === 'touch' ? [task.does] : []));
/** The tasks that the window showed. */
export const seen = ({ tasks }: ScriptedPerson, from = 0) =>
  tasks.slice(from).map(({ task }) => task);

/** Tries again after each refusal, having done something about it. */
export const mending =
  (mend: (note: RefusalNote, task: EntryTask) => void) => (note: RefusalNote, task: EntryTask) => {
    mend(note, task);
    return true;
  };
