/**
 * A passphrase of a person's own, through a real worker thread onto real age files: taken, read
 * back in several spellings, opened by age's library alone; refused when the window lies.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter } from 'age-encryption';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FromEntry, ToEntry } from '../../shared/ipc/entry.ts';
import type { RefusalNote } from '../../shared/refusal.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import type { Port } from '../../electron/worker/protocol.ts';
import { ScriptedPerson, type Hands } from '../support/entry-script.ts';
import { Refused, startTestWorker, type TestWorker } from '../support/worker.ts';

const OWN = 'Ümläut grävel Tin-whistle forty9 kêttle';
const SIX_PLAIN = 'Anchor Velvet Copper Morning Orbit Lizard';
const NEW = { protects: ['share 1 of 4', 'your personal identity'], first: ['2026 A'] };

let root: string;
let worker: TestWorker;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'conclave-own-'));
  worker = await startTestWorker('rehearsal', { seed: 'worker-passphrase' });
  await worker.call('make-key', { componentBytes: 64, keyVersion: 'v1' });
  const plan = { setId: 'a1'.repeat(16), generation: 1, threshold: 3, count: 4 };
  await worker.call('split', plan);
  const turn = { name: 'custodian 1', role: 'custodian', index: 1 } as const;
  await worker.call('begin-seat', { turn });
});
afterEach(() => {
  worker.stop();
  rmSync(root, { recursive: true, force: true });
});

function stick(name: string) {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return { path, volume: { volumeId: `at:${path}`, rehearsalFolder: root } };
}

async function chosen(hands: Hands): Promise<ScriptedPerson> {
  const person = new ScriptedPerson('custodian 1');
  await worker.callWith(person, hands, 'new-identity', NEW);
  return person;
}

async function written() {
  const { path, volume } = stick('STICK-1');
  await worker.call('write-usb', { ...volume, withIdentity: true, sheet: null });
  return {
    path,
    readBack: { ...volume, how: 'usb', withIdentity: true, sheetNumber: null } as const,
  };
}

/** As any age tool does: the file and the very string that was typed. */
async function openWithAge(path: string, kind: string, passphrase: string): Promise<Uint8Array> {
  const name = readdirSync(path).find((each) => each.startsWith(`conclave-${kind}-`)) ?? '';
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return decrypter.decrypt(readFileSync(join(path, name)), 'uint8array');
}

/** Everything that left the worker, to main and to the windows, as one text. */
function said(...people: readonly ScriptedPerson[]): string {
  return JSON.stringify([
    worker.sent,
    people.map(({ tasks, refusals, sentences }) => ({ tasks, refusals, sentences })),
  ]);
}

/** Remembers each showing of the words. */
class Undecided extends ScriptedPerson {
  readonly shown: string[] = [];
  override attend(window: Port<ToEntry, FromEntry>, hands: Hands): void {
    super.attend(window, hands);
    window.onMessage((message) => {
      if (message.type === 'words') this.shown.push(Buffer.from(message.words).toString());
    });
  }
}

const tries = (texts: readonly string[]) => texts.map((text) => Buffer.from(text));

describe('a passphrase of one’s own', () => {
  it('locks share and identity, is read back, and opens them in any age tool', async () => {
    const person = await chosen({ own: tries([OWN]) });
    expect(person.tasks.map(({ task }) => task)).toEqual(['show-words', 'own-passphrase']);
    const { path, readBack } = await written();
    const { shareKey } = await worker.callWith(person, {}, 'read-back', readBack);
    const share = decodeShare(await openWithAge(path, 'share', OWN));
    expect(share.index).toBe(1);
    expect(shareKey).toMatch(/^[0-9a-f]{64}$/);
    expect((await openWithAge(path, 'identity', OWN)).length).toBeGreaterThan(32);
    await expect(openWithAge(path, 'share', OWN.toLowerCase())).rejects.toThrow();
    for (const part of [OWN, ...OWN.split(' '), Buffer.from(OWN).toString('base64')]) {
      expect(said(person)).not.toContain(part);
    }
  });

  it('opens with accents typed apart and spaces around; not with other words', async () => {
    const person = await chosen({ own: tries([OWN]) });
    const { readBack } = await written();
    const passphrases = tries([OWN.toUpperCase(), ` ${OWN.normalize('NFD')} `]);
    await worker.callWith(person, { passphrases, onRefused: () => true }, 'read-back', readBack);
    expect(person.refusals.map(({ code }) => code)).toEqual(['age-wrong-passphrase']);
    // Opened at a later sitting, too: the identity among the files of the stick.
    await worker.call('end-seat', {});
    const later = { name: 'custodian 1', role: 'custodian', index: null } as const;
    await worker.call('begin-seat', { turn: later });
    const input = { how: 'usb', volumePath: join(root, 'STICK-1'), ways: [] } as const;
    const opened = await worker.callWith(person, {}, 'open-identity', input);
    expect(opened.name).toBe('custodian 1');
  });

  it('keeps its capitals, even when it looks like six generated words', async () => {
    const person = await chosen({ own: tries([SIX_PLAIN]) });
    const { path, readBack } = await written();
    await worker.callWith(person, {}, 'read-back', readBack);
    expect(person.refusals).toEqual([]);
    expect(decodeShare(await openWithAge(path, 'share', SIX_PLAIN)).index).toBe(1);
  });

  it('is given up again for the same six words', async () => {
    const person = new Undecided('custodian 1');
    await worker.callWith(person, { own: [] }, 'new-identity', NEW);
    expect(person.tasks.map(({ task }) => task)).toEqual([
      'show-words',
      'own-passphrase',
      'show-words',
    ]);
    expect(person.shown).toHaveLength(2);
    expect(person.shown[1]).toBe(person.shown[0]);
    const { readBack } = await written();
    await worker.callWith(person, {}, 'read-back', readBack);
  });

  it('locks a ticket’s key as well', async () => {
    const person = new ScriptedPerson('operator');
    const { path, volume } = stick('TICKET');
    const input = { ...volume, ticketId: 'b2'.repeat(16), person: 'operator' };
    await worker.callWith(person, { own: tries([OWN]) }, 'make-ticket', input);
    expect((await openWithAge(path, 'ticket', OWN)).length).toBeGreaterThan(32);
  });
});

describe('a window that lies', () => {
  it('gets no weak, misspelt or unreadable passphrase through, and the next good one is taken', async () => {
    const bad: [string | Buffer, string][] = [
      ['password123', 'passphrase-weak'],
      ['correct horse battery staple', 'passphrase-weak'],
      ['custodian 1 2026 A conclave', 'passphrase-weak'],
      [`${OWN} `, 'passphrase-spaces'],
      [`${OWN}\u200b`, 'passphrase-characters'],
      [`${OWN} ${'x'.repeat(128)}`, 'passphrase-long'],
      [Buffer.from([0xff, 0xfe, 0x41]), 'passphrase-not-text'],
    ];
    const notes: RefusalNote[] = [];
    const person = await chosen({
      own: [...bad.map(([text]) => Buffer.from(text)), Buffer.from(OWN)],
      onRefused: (note) => notes.push(note) > 0,
    });
    expect(notes.map(({ code }) => code)).toEqual(bad.map(([, code]) => code));
    expect(notes[0]?.happened).toMatch(/^A guesser with the file would need about \d/);
    const { path, readBack } = await written();
    await worker.callWith(person, {}, 'read-back', readBack);
    expect(decodeShare(await openWithAge(path, 'share', OWN)).index).toBe(1);
  });

  it('locks nothing when it is closed after a refusal', async () => {
    const person = new ScriptedPerson('custodian 1');
    const own = tries(['password123']);
    await expect(worker.callWith(person, { own }, 'new-identity', NEW)).rejects.not.toBeInstanceOf(
      Refused,
    );
    const { volume } = stick('STICK-1');
    await expect(
      worker.call('write-usb', { ...volume, withIdentity: true, sheet: null }),
    ).rejects.toBeInstanceOf(Refused);
  });

  it('hears nothing of what it sent, whatever it was', async () => {
    const rare = fc.string({
      unit: fc.constantFrom(...'QZXJVKüÿµ~^§0123456789'.split('')),
      minLength: 6,
      maxLength: 13,
    });
    const texts = fc.sample(rare, 40);
    const person = new ScriptedPerson('custodian 1');
    await worker
      .callWith(person, { own: tries(texts), onRefused: () => true }, 'new-identity', NEW)
      .catch(() => undefined);
    expect(person.refusals).toHaveLength(texts.length);
    const everything = said(person);
    for (const text of texts) {
      for (const spelling of [text, text.normalize('NFC'), Buffer.from(text).toString('hex')]) {
        expect(everything).not.toContain(spelling);
      }
    }
  });
});
