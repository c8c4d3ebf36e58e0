/**
 * Sheets through a real worker thread: PDF files as a rehearsal makes them, read back by scanning
 * the rendered page, by typing the lines that stand in it, and as a file.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { preAuthEncoding, verifyEd25519 } from '../../shared/encoding/dsse.ts';
import { type Hands, ScriptedPerson, sheetLines } from '../support/entry-script.ts';
import { codeOf, startTestWorker, type TestWorker } from '../support/worker.ts';

let root: string;
let worker: TestWorker;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'conclave-worker-'));
  worker = await startTestWorker('rehearsal');
});
afterEach(() => {
  worker.stop();
  rmSync(root, { recursive: true, force: true });
});

const plan = { setId: 'a1'.repeat(16), generation: 1, threshold: 3, count: 4 };
const sheet = {
  setLabel: '2026 A',
  setId: plan.setId,
  keyVersion: 'v1',
  ceremonyId: 'b2'.repeat(16),
  threshold: 3,
  count: 4,
  date: '3 May 2026',
};

async function makeSet() {
  await worker.call('make-key', { componentBytes: 64, keyVersion: 'v1' });
  return worker.call('split', plan);
}

async function printed(index: number, page: 'A4' | 'Letter' = 'A4', sheetNumber = 1) {
  const person = new ScriptedPerson(`custodian ${index}`);
  const turn = { name: person.name, role: 'custodian', index } as const;
  await worker.call('begin-seat', { turn });
  const { publicKey } = await worker.callWith(person, {}, 'new-identity', {});
  const { records } = await worker.call('write-paper', {
    printer: null,
    folder: root,
    page,
    sheetNumber,
    withIdentity: true,
    sheet,
    roles: ['custodian'],
  });
  const [identity, share] = records.map(
    ({ fileName }) => new Uint8Array(readFileSync(join(root, fileName ?? ''))),
  );
  if (share === undefined || identity === undefined) throw new Error('two sheets are printed');
  return { person, publicKey, records, sheets: { share, identity } };
}

const inHand = (how: 'camera' | 'typed' | 'file', sheetNumber = 1) =>
  ({ how, volumeId: null, rehearsalFolder: null, withIdentity: true, sheetNumber }) as const;

describe('a split onto paper', () => {
  it('is read back by camera, typed and as a file, and proves its quorum', async () => {
    const { shares } = await makeSet();
    const ways = ['camera', 'typed', 'file', 'camera'] as const;
    for (const [at, way] of ways.entries()) {
      const { person, publicKey, records, sheets } = await printed(
        at + 1,
        at < 2 ? 'A4' : 'Letter',
      );
      expect(records.map(({ description }) => description)).toEqual(
        Array.from({ length: 2 }, () => `${at < 2 ? 'A4' : 'Letter'} sheet 1`),
      );
      const lines = await sheetLines(sheets.share);
      const keys = await worker.callWith(person, { way, sheets, lines }, 'read-back', inHand(way));
      expect(keys).toEqual({ identityKey: publicKey, shareKey: shares[at]?.publicKey });
      if (way === 'typed') {
        expect(person.sentences).toContain(`Line 2 of ${lines.length} is right.`);
      }
      await worker.call('end-seat', {});
    }
    const { indexes } = await worker.call('prove-quorum', { threshold: 3 });
    const message = preAuthEncoding('manifest', Uint8Array.of(1));
    const { signatures } = await worker.call('sign-quorum', { messages: [message] });
    expect(signatures).toHaveLength(indexes.length);
    for (const { keyid, sigs } of signatures) {
      expect(shares.map(({ publicKey }) => publicKey)).toContain(keyid);
      expect(verifyEd25519(sigs[0] ?? new Uint8Array(), message, keyid)).toBe(true);
    }
  });

  it.each(['camera', 'typed', 'file'] as const)(
    'a second sheet is read from itself and never from the first: %s',
    async (way) => {
      const { shares } = await makeSet();
      const { person, sheets } = await printed(1);
      await worker.callWith(person, { sheets }, 'read-back', inHand('camera'));

      const copy = { ...inHand(way, 2), withIdentity: false } as const;
      const { records } = await worker.call('write-paper', {
        printer: null,
        folder: root,
        page: 'A4',
        sheetNumber: 2,
        withIdentity: false,
        sheet,
        roles: ['custodian'],
      });
      const [record] = records;
      expect(record?.description).toBe('A4 sheet 2');
      const second = new Uint8Array(readFileSync(join(root, record?.fileName ?? '')));

      const shown = { ...sheets };
      const lines = await sheetLines(sheets.share);
      const right = await sheetLines(second);
      const hands: Hands = {
        way,
        sheets: shown,
        lines,
        onRefused: () => {
          shown.share = second;
          lines.splice(0, lines.length, ...right);
          return true;
        },
      };
      const before = person.refusals.length;
      const keys = await worker.callWith(person, hands, 'read-back', copy);
      expect(keys.shareKey).toBe(shares[0]?.publicKey);
      const heard = person.refusals.slice(before);
      expect(heard.map(({ code }) => code)).toEqual(['sheet-other-copy']);
      expect(heard[0]?.happened).toBe('This is sheet 1 of your share; sheet 2 is being checked.');
    },
  );

  it('a line of the first sheet is not taken among those of the second', async () => {
    await makeSet();
    const first = await printed(1);
    const second = await printed(1, 'A4', 2);
    const lines = await sheetLines(second.sheets.share);
    const [, foreign = ''] = await sheetLines(first.sheets.share);
    const [, own = ''] = lines;
    lines[1] = foreign;
    const hands: Hands = {
      way: 'typed',
      sheets: second.sheets,
      lines,
      onRefused: () => {
        lines[1] = own;
        return true;
      },
    };
    await worker.callWith(second.person, hands, 'read-back', inHand('typed', 2));
    expect(second.person.refusals.map(({ code }) => code)).toEqual(['line-other-copy']);
  });

  it('says which line is wrong, and takes the camera instead', async () => {
    await makeSet();
    const { person, sheets } = await printed(1);
    const lines = await sheetLines(sheets.share);
    const wrong = [...lines];
    wrong[1] = (lines[1] ?? '').replace(/^./, (first) => (first === 'A' ? 'C' : 'A'));
    let hands: Hands = { way: 'typed', lines: wrong, sheets };
    hands = {
      ...hands,
      onRefused: () => {
        wrong[1] = lines[1] ?? '';
        return true;
      },
    };
    await worker.callWith(person, hands, 'read-back', inHand('typed'));
    expect(person.refusals.map(({ code }) => code)).toEqual(['line-check']);
    expect(person.refusals[0]?.culprit).toMatch(/^line 2/);
    // The person asked to type; the identity has no lines, so its sheet was scanned.
    expect(person.tasks.map(({ task }) => task)).toContain('scan');
    const switching = { way: 'camera', sheets } as const;
    await worker.callWith(person, switching, 'read-back', inHand('typed'));
  });

  it("refuses another custodian's sheet by its name, and a foreign sheet in the window", async () => {
    await makeSet();
    const first = await printed(1);
    await worker.callWith(first.person, { sheets: first.sheets }, 'read-back', inHand('camera'));
    await worker.call('end-seat', {});
    const { person, sheets } = await printed(2);
    const foreign = { sheets: { ...sheets, share: first.sheets.share } };
    expect(await codeOf(worker.callWith(person, foreign, 'read-back', inHand('camera')))).toBe(
      'share-wrong-custodian',
    );
    const shown = { share: sheets.identity, identity: sheets.identity };
    const mixedUp: Hands = {
      sheets: shown,
      onRefused: () => {
        shown.share = sheets.share;
        return true;
      },
    };
    await worker.callWith(person, mixedUp, 'read-back', inHand('camera'));
    // The refusal that ended the first window may have been the last it heard, or not.
    expect(person.refusals.at(-1)?.code).toBe('sheet-other-kind');
  });

  it('does not take a file where only camera and typing are offered', async () => {
    await makeSet();
    const { person, sheets } = await printed(1);
    const hands = { way: 'file', sheets } as const;
    expect(await codeOf(worker.callWith(person, hands, 'read-back', inHand('camera')))).toBe(
      'cancelled',
    );
    expect(person.refusals.map(({ code }) => code)).toEqual(['entry-way-closed']);
  });

  it('opens an identity of before from its sheet', async () => {
    await makeSet();
    const { person, publicKey, sheets } = await printed(1);
    await worker.call('begin-seat', { turn: { name: person.name, role: 'operator', index: null } });
    const input = { how: 'paper', volumePath: null, ways: ['camera', 'file'] } as const;
    const opened = await worker.callWith(person, { sheets }, 'open-identity', input);
    expect(opened).toEqual({ name: person.name, publicKey });
  });

  it('prints nothing into a folder in production', async () => {
    worker.stop();
    worker = await startTestWorker('production');
    await makeSet();
    const person = new ScriptedPerson('custodian 1');
    const turn = { name: person.name, role: 'custodian', index: 1 } as const;
    await worker.call('begin-seat', { turn });
    await worker.callWith(person, {}, 'new-identity', {});
    const input = {
      printer: null,
      folder: root,
      page: 'A4',
      sheetNumber: 1,
      withIdentity: true,
      sheet,
      roles: [],
    } as const;
    expect(await codeOf(worker.call('write-paper', input))).toBe('worker-out-of-order');
  });
});
