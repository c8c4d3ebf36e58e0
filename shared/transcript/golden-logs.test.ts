/** Logs that an earlier Conclave wrote are read and judged as they were. See golden.test.ts. */
import { describe, expect, test } from 'vitest';
import { goldenFile, goldenJson, type Expected } from '../../test/support/golden.ts';
import type { MovedFile } from '../bundle/moved-file.ts';
import { foldLedger } from '../ledger/fold.ts';
import { standingOf } from '../ledger/known-envelopes.ts';
import { MODES } from '../mode.ts';
import { parseManifest } from '../sharing/manifest.ts';
import { encodeLog, head, parseLog } from './log.ts';
import { sealedFiles } from './moved-files.ts';
import { narrateLog } from './narrate.ts';
import { verifyLog } from './verify.ts';

/** A letter for each byte: comparing a hundred thousand numbers one by one takes seconds. */
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

describe.each(MODES)('golden logs, %s', (mode) => {
  const read = (name: string) => goldenFile(mode, name);
  const expected = goldenJson(mode, 'expected.json') as Expected;
  const manifest = parseManifest(read('share-set.json'), mode);

  test('logs are still authenticated', () => {
    for (const name of ['log-split', 'log-recover', 'log-withheld']) {
      const bytes = read(`${name}.jsonl`);
      const log = parseLog(bytes);
      expect(text(encodeLog(log))).toBe(text(bytes));
      const verified = verifyLog(log, { manifest });
      expect(verified.standing).toBe('authenticated');
      expect(verified.withheld.length > 0).toBe(name === 'log-withheld');
      expect(head(log)).toBe(expected.heads[name === 'log-withheld' ? 'log-split' : name]);
    }
  });

  test('the log of a change of the roster is still authenticated, by manifest and by words', () => {
    const wanted = goldenJson(mode, 'log-roster-expected.json') as {
      head: string;
      words: string;
    };
    const bytes = read('log-roster.jsonl');
    const log = parseLog(bytes);
    expect(text(encodeLog(log))).toBe(text(bytes));
    const set = parseManifest(read('log-roster-share-set.json'), mode);
    for (const anchor of [{ manifest: set }, { words: wanted.words }]) {
      const verified = verifyLog(log, anchor);
      expect(verified.standing).toBe('authenticated');
      expect(verified.withheld).toEqual([]);
      expect(verified.facts.join('\n')).toContain(
        'Changes: 1 custodian 1 is told by mail at keys@hospital.example from now on, and was not before; 2 operator is operator and witness from now on.',
      );
    }
    expect(head(log)).toBe(wanted.head);
  });

  test('the log of a recovery from sheets of OTP keys still tells which sheet counts', () => {
    const wanted = goldenJson(mode, 'log-otp-sheet-expected.json') as {
      head: string;
    };
    const bytes = read('log-otp-sheet.jsonl');
    const log = parseLog(bytes);
    expect(text(encodeLog(log))).toBe(text(bytes));
    expect(head(log)).toBe(wanted.head);
    const set = parseManifest(read('log-otp-sheet-share-set.json'), mode);
    const { standing, facts, missing } = verifyLog(log, { manifest: set });
    expect(standing).toBe('authenticated');
    const told = facts.join('\n');
    expect(told).toContain('read back from sheet 2, which counts from here on instead of sheet 1.');
    expect(told).toContain(
      'custodian 1 destroyed sheet 1 before the eyes of witness; sheet 2 counts.',
    );
    expect(told).toMatch(/Share 2 of custodian 2 .*has been answered once. The reason: No printer/);
    expect(missing.filter((line) => /sheet/.test(line))).toEqual([]);
  });

  test('logs that name each envelope of an OTP key still tell which ones are over', () => {
    const wanted = goldenJson(mode, 'log-envelopes-expected.json') as {
      split: string;
      recovery: string;
    };
    const set = parseManifest(read('log-envelopes-share-set.json'), mode);
    const logs = (['-split', ''] as const).map((name) => {
      const bytes = read(`log-envelopes${name}.jsonl`);
      const log = parseLog(bytes);
      expect(text(encodeLog(log))).toBe(text(bytes));
      expect(verifyLog(log, { manifest: set }).standing).toBe('authenticated');
      return log;
    });
    expect(logs.map(head)).toEqual([wanted.split, wanted.recovery]);
    const told = logs.flatMap((log) => narrateLog(log)).join('\n');
    expect(told).toMatch(/share 3 of custodian 3 was read back .* in the envelope e2e2/i);
    expect(told).toContain('was about to take the place of b1b1');
    const now = '2026-06-01T00:00:00Z';
    const { envelopes } = foldLedger({ logs, receipts: [], manifests: [], running: null, now });
    const at = (byte: string, index: number, sheet: number | null) =>
      standingOf(
        { digest: byte.repeat(32), ceremonyId: set.body.ceremonyId, setId: null, index, sheet },
        envelopes,
      );
    expect(at('e1', 3, 1).standing).toBe('newest');
    expect(at('e2', 3, 2)).toMatchObject({
      standing: 'replaced',
      by: { live: 'e1'.repeat(32), liveSheet: 1, saidLost: true },
    });
    expect(at('b1', 2, null)).toMatchObject({ by: { live: 'b2'.repeat(32) } });
  });

  test('the log of an adoption still tells what proved the key, and what opens it as well', () => {
    const wanted = goldenJson(mode, 'log-adopt-expected.json') as { head: string };
    const bytes = read('log-adopt.jsonl');
    const log = parseLog(bytes);
    expect(text(encodeLog(log))).toBe(text(bytes));
    expect(head(log)).toBe(wanted.head);
    const set = parseManifest(read('log-adopt-share-set.json'), mode);
    expect(verifyLog(log, { manifest: set }).standing).toBe('authenticated');
    const told = narrateLog(log).join('\n');
    expect(told).toContain('a former custodian gave the legacy shares 4: a code on paper.');
    expect(told).toContain('it did not open those of 1 survey 32 (user 7); legacy share 3 is the');
    expect(told).toContain('any 3 of 4 legacy shares open it as before');
    const now = '2026-06-01T00:00:00Z';
    const sources = { logs: [log], receipts: [], manifests: [], running: null, now };
    expect(foldLedger(sources).sets).toMatchObject([
      {
        status: 'live',
        legacy: 'any 3 of 4 legacy shares',
        legacyKept: { threshold: 3, proved: true, pieces: { length: 4, 3: { number: 4 } } },
      },
    ]);
  });

  test('the log of new shares is still authenticated by either set, and tells which one ended', () => {
    const wanted = goldenJson(mode, 'log-rotate-expected.json') as { head: string };
    const bytes = read('log-rotate.jsonl');
    const log = parseLog(bytes);
    expect(text(encodeLog(log))).toBe(text(bytes));
    expect(head(log)).toBe(wanted.head);
    const before = parseManifest(read('log-rotate-before.json'), mode);
    const set = parseManifest(read('log-rotate-share-set.json'), mode);
    for (const one of [before, set]) {
      expect(verifyLog(log, { manifest: one })).toMatchObject({
        standing: 'authenticated',
        missing: ['Entries 42 to 45 are signed by people only, not by a quorum.'],
      });
    }
    const told = narrateLog(log).join('\n');
    expect(told).toContain('new shares of the same platform key take the place of the set 2026 A');
    const now = '2026-06-01T00:00:00Z';
    const sources = { logs: [log], receipts: [], manifests: [], running: null, now };
    const { sets } = foldLedger(sources);
    expect(sets.map(({ label, status, supersededBy }) => [label, status, supersededBy])).toEqual(
      expect.arrayContaining([
        ['2028 B', 'live', null],
        ['2026 A', 'superseded', '2028 B'],
      ]),
    );
    // The half that came for it is the old one: nothing of the set of before may be destroyed yet.
    expect(sets.find(({ label }) => label === '2028 B')?.vaultProvedAt).toBeNull();
  });

  test('the log of a new platform key is still authenticated by either set, and both stay in use', () => {
    const wanted = goldenJson(mode, 'log-version-expected.json') as { head: string };
    const bytes = read('log-version.jsonl');
    const log = parseLog(bytes);
    expect(text(encodeLog(log))).toBe(text(bytes));
    expect(head(log)).toBe(wanted.head);
    const before = parseManifest(read('log-version-before.json'), mode);
    const set = parseManifest(read('log-version-share-set.json'), mode);
    for (const one of [before, set]) {
      expect(verifyLog(log, { manifest: one })).toMatchObject({
        standing: 'authenticated',
        missing: ['Entries 42 to 45 are signed by people only, not by a quorum.'],
      });
    }
    const told = narrateLog(log).join('\n');
    expect(told).toContain(
      'a new platform key, version v2, is made beside version v1, whose set 2026 A',
    );
    expect(told).toContain('stays in use, with roster 2');
    const now = '2026-06-01T00:00:00Z';
    const sources = { logs: [log], receipts: [], manifests: [], running: null, now };
    const { sets, ceremonies } = foldLedger(sources);
    expect(sets.map(({ keyVersion, status }) => [keyVersion, status])).toEqual(
      expect.arrayContaining([
        ['v1', 'live'],
        ['v2', 'live'],
      ]),
    );
    expect(ceremonies[0]?.title).toBe('New platform key v2, set 2028 B');
  });

  test('the log of another set of the same key is still authenticated by either set, and both stay in use', () => {
    const wanted = goldenJson(mode, 'log-add-set-expected.json') as { head: string };
    const bytes = read('log-add-set.jsonl');
    const log = parseLog(bytes);
    expect(text(encodeLog(log))).toBe(text(bytes));
    expect(head(log)).toBe(wanted.head);
    const before = parseManifest(read('log-add-set-before.json'), mode);
    const set = parseManifest(read('log-add-set-share-set.json'), mode);
    for (const one of [before, set]) {
      const { standing, missing } = verifyLog(log, { manifest: one });
      expect(standing).toBe('authenticated');
      expect(missing).toEqual([
        expect.stringMatching(/^Entries .* are signed by people only, not by a quorum\.$/),
      ]);
    }
    const told = narrateLog(log).join('\n');
    expect(told).toContain(
      'another set of the platform key of version v1 comes beside the set 2026 A',
    );
    expect(told).toContain('was put together from the shares 1, 2, 3 that were given');
    const now = '2026-06-01T00:00:00Z';
    const sources = { logs: [log], receipts: [], manifests: [], running: null, now };
    const { sets, keyVersions, ceremonies } = foldLedger(sources);
    expect(sets.map(({ label, status }) => [label, status])).toEqual(
      expect.arrayContaining([
        ['2026 A', 'live'],
        ['On-call', 'live'],
      ]),
    );
    expect(keyVersions).toMatchObject([{ keyVersion: 'v1', liveSets: { length: 2 } }]);
    expect(ceremonies[0]?.title).toBe('Another set of the platform key v1, set On-call');
  });

  test('the log of an adoption that wrote legacy shares still tells who has them, in the clear', () => {
    const wanted = goldenJson(mode, 'log-new-legacy-expected.json') as { head: string };
    const bytes = read('log-new-legacy.jsonl');
    const log = parseLog(bytes);
    expect(text(encodeLog(log))).toBe(text(bytes));
    expect(head(log)).toBe(wanted.head);
    const set = parseManifest(read('log-new-legacy-share-set.json'), mode);
    const { standing, facts, missing } = verifyLog(log, { manifest: set });
    expect(standing).toBe('authenticated');
    expect(missing.filter((line) => line.includes('legacy'))).toEqual([]);
    expect(facts.join('\n')).toContain(
      'New legacy share 2 was written for a doctor, unlocked: stick WARD-2 (16 GB).',
    );
    const now = '2026-06-01T00:00:00Z';
    const sources = { logs: [log], receipts: [], manifests: [], running: null, now };
    expect(foldLedger(sources).sets[0]?.legacyKept?.made).toMatchObject({
      threshold: 2,
      count: 2,
      pieces: [
        { by: 'custodian 1', gone: false },
        { number: 2, by: 'a doctor' },
      ],
    });
  });

  test('the log of a destruction still tells which slot was read empty, and who watched', () => {
    const wanted = goldenJson(mode, 'log-destroy-expected.json') as {
      head: string;
      witness: string;
    };
    const bytes = read('log-destroy.jsonl');
    const log = parseLog(bytes);
    expect(text(encodeLog(log))).toBe(text(bytes));
    expect(head(log)).toBe(wanted.head);
    const { facts, signers, missing } = verifyLog(log);
    expect(facts.join('\n')).toMatch(/Slot 2 of the YubiKey 12345678 .*read again, it is empty/);
    expect(signers).toContainEqual(
      expect.objectContaining({ keyid: wanted.witness, who: 'witness (witness)' }),
    );
    expect(missing).toEqual(['Entry 14 is not signed by anybody.']);
  });

  test('the log of survey keys that moved still tells what came back, and what an earlier one had sealed', () => {
    const wanted = goldenJson(mode, 'log-move-expected.json') as {
      cut: string;
      head: string;
      package: string;
      kept: MovedFile[];
    };
    const set = parseManifest(read('log-move-share-set.json'), mode);
    const [cut, whole] = (['log-move-cut', 'log-move'] as const).map((name) => {
      const bytes = read(`${name}.jsonl`);
      const log = parseLog(bytes);
      expect(text(encodeLog(log))).toBe(text(bytes));
      return log;
    });
    if (cut === undefined || whole === undefined) throw new Error('two logs');
    expect([head(cut), head(whole)]).toEqual([wanted.cut, wanted.head]);
    // The second file was written, and its seal is missing.
    expect(sealedFiles(cut, set, wanted.package)).toEqual(wanted.kept);
    const { standing, missing, facts } = verifyLog(whole, { manifest: set });
    expect(standing).toBe('authenticated');
    expect(missing.filter((line) => /file|survey key|bundle/i.test(line))).toEqual([]);
    expect(facts.join('\n')).toContain('File 1 of 3 was moved in ceremony');
    const now = '2026-06-01T00:00:00Z';
    const sources = { logs: [whole], receipts: [], manifests: [], running: null, now };
    expect(foldLedger(sources).keyVersions).toMatchObject([
      { keyVersion: 'v1', emptied: { to: 'v2', stay: 2 } },
    ]);
  });
});
