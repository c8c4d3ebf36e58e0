import { beforeAll, describe, expect, test } from 'vitest';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { makeSealedEscrow, saidOf } from '../../test/support/documents.ts';
import {
  LogWriter,
  makeRecoverLog,
  makeSplitLog,
  type LogOptions,
  type TestLog,
} from '../../test/support/logs.ts';
import { makePerson } from '../../test/support/people.ts';
import { bundleType, type BundleDocument } from '../bundle/bundle.ts';
import { withholdLeaf } from './entry.ts';
import { wordsOf } from './anchor.ts';
import { encodeLog, parseLog, type CeremonyLog } from './log.ts';
import { verifyBundleFile } from './verify-files.ts';
import { verifyLog } from './verify.ts';

let set: TestShareSet;
let other: TestShareSet;
let split: TestLog;
let recover: TestLog;

beforeAll(async () => {
  set = await makeShareSet({ mode: 'rehearsal' });
  other = await makeShareSet({ mode: 'rehearsal' });
  split = await makeSplitLog(set);
  recover = await makeRecoverLog(set);
});

/** Through bytes and back, as an auditor gets it. */
function reread(log: CeremonyLog): CeremonyLog {
  return parseLog(encodeLog(log));
}

/** The log without the items that `drop` picks. */
function without(log: CeremonyLog, drop: (at: number) => boolean): CeremonyLog {
  return reread({ ...log, items: log.items.filter((_, at) => !drop(at)) });
}

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;

describe('a complete log', () => {
  test.each(['split', 'recover'] as const)('%s: authenticated by its manifest', (kind) => {
    const { log } = kind === 'split' ? split : recover;
    const verified = verifyLog(reread(log), { manifest: set.manifest });
    expect(verified.standing).toBe('authenticated');
    expect(verified.missing).toEqual([expect.stringContaining('signed by people only')]);
    expect(verified.notSealed).toEqual([]);
    expect(verified.quorumEntries).toBeGreaterThan(5);
    expect(verified.facts).toHaveLength(log.items.filter((item) => 'entry' in item).length);
    const names = verified.signers.map(({ who }) => who);
    expect(names).toContain('operator (operator)');
    expect(names).toContain('witness (witness)');
    expect(names).toContain('custodian 1 (custodian)');
    expect(names).toContain('share key 3 of 4, set 2026 A');
    expect(verified.signers.every(({ vouched }) => vouched)).toBe(true);
  });

  test('authenticated by the words of the manifest, however they are typed', () => {
    const words = wordsOf(set.manifest.digest).toUpperCase().replaceAll(' ', ',  ');
    expect(verifyLog(split.log, { words }).standing).toBe('authenticated');
  });

  test('authenticated by the words of the descriptor, through a committed receipt', () => {
    const words = wordsOf(set.sync.descriptor.digest);
    expect(verifyLog(split.log, { words }).standing).toBe('authenticated');
  });

  test('the descriptor alone proves nothing: without a committed receipt nothing ties it', async () => {
    const words = wordsOf(set.sync.descriptor.digest);
    const waiting = await makeSplitLog(set, { until: 'bundle' });
    const refused = await makeSplitLog(set, { outcome: 'refused' });
    for (const { log } of [waiting, refused]) {
      const verified = verifyLog(log, { words });
      expect(verified.standing).toBe('self-consistent');
      expect(verified.because).toContain('no receipt of that sync');
      expect(verified.signers.some(({ vouched }) => vouched)).toBe(false);
    }
  });

  test('without an anchor it is self-consistent, and nobody is vouched for', () => {
    const verified = verifyLog(split.log);
    expect(verified.standing).toBe('self-consistent');
    expect(verified.signers.some(({ vouched }) => vouched)).toBe(false);
  });

  test('a wrong anchor is refused: other manifest, other words, misread words', () => {
    const wrong = () => verifyLog(split.log, { manifest: other.manifest });
    expect(wrong).toThrow(code('anchor-does-not-fit'));
    const otherWords = wordsOf(other.manifest.digest);
    expect(() => verifyLog(split.log, { words: otherWords })).toThrow(code('anchor-does-not-fit'));
    expect(() => verifyLog(split.log, { words: 'abandon zzz' })).toThrow(code('words-unknown'));
    expect(() => verifyLog(split.log, { words: 'abandon' })).toThrow(code('words-malformed'));
    expect(() => verifyLog(split.log, { words: ' ' })).toThrow(code('words-malformed'));
  });
});

describe('a log that somebody made up', () => {
  test('with the genuine public documents but without the keys, it is never authenticated', async () => {
    const stranger = makePerson('rehearsal', 'operator', ['operator']);
    const writer = new LogWriter({
      mode: 'rehearsal',
      kind: 'recover',
      ceremonyId: '0'.repeat(32),
    });
    writer.entry('ceremony-opened', { ceremony: 'recover', application: 'Conclave 0.1.0' });
    writer.entry('identity-ready', {
      name: 'operator',
      role: 'operator',
      publicKey: stranger.signer.keyid,
      how: 'opened',
    });
    writer.document(set.manifest.envelope).document(set.roster.envelope);
    writer.document(set.sync.descriptor.envelope);
    await writer.seal(stranger.signer);
    const log = reread(writer.log());
    const verified = verifyLog(log, { manifest: set.manifest });
    expect(verified.standing).toBe('self-consistent');
    expect(verified.missing).toContain('No quorum of share keys signed this log.');
    expect(verified.signers).toEqual([
      expect.objectContaining({ who: 'operator (operator)', vouched: false }),
    ]);
  });

  test('people alone, even genuine ones, are no quorum; k-1 share keys are none either', async () => {
    const writer = new LogWriter({
      mode: 'rehearsal',
      kind: 'recover',
      ceremonyId: '1'.repeat(32),
    });
    writer.entry('ceremony-opened', { ceremony: 'recover', application: 'Conclave 0.1.0' });
    writer.document(set.manifest.envelope).document(set.roster.envelope);
    await writer.seal(...set.cast.all.map(({ signer }) => signer), ...set.quorum.slice(1));
    const verified = verifyLog(reread(writer.log()), { manifest: set.manifest });
    expect(verified.standing).toBe('self-consistent');
    const [lastKey] = set.quorum;
    if (lastKey === undefined) throw new Error('no quorum');
    await writer.seal(lastKey);
    const now = verifyLog(reread(writer.log()), { manifest: set.manifest });
    expect(now.standing).toBe('authenticated');
  });

  test('entries put behind the quorum’s seal are never taken for a known person’s', async () => {
    const lastQuorum = split.log.items.findIndex(
      (item) => 'seal' in item && item.seal.envelope.signatures.length > 1,
    );
    const kept = split.log.items.slice(0, lastQuorum + 1);
    const stranger = makePerson('rehearsal', 'operator', ['operator']);
    const writer = LogWriter.after({ ...split.log, items: kept });
    writer.entry('identity-ready', {
      name: 'operator',
      role: 'operator',
      publicKey: stranger.signer.keyid,
      how: 'opened',
    });
    writer.entry('ceremony-closed', { outcome: 'committed' });
    await writer.seal(stranger.signer);
    const verified = verifyLog(reread(writer.log()), { manifest: set.manifest });
    const line = verified.signers.find(({ keyid }) => keyid === stranger.signer.keyid);
    expect(line?.vouched).toBe(false);
    expect(verified.missing.join(' ')).toMatch(/signed only by keys that no roster names/);
    expect(verified.quorumEntries).toBeLessThan(verified.facts.length - 1);
  });

  test('a seal of a key that nothing names is refused', async () => {
    const stranger = makePerson('rehearsal', 'stranger', ['witness']);
    const writer = new LogWriter({ mode: 'rehearsal', kind: 'split', ceremonyId: '2'.repeat(32) });
    writer.entry('ceremony-opened', { ceremony: 'split', application: 'Conclave 0.1.0' });
    await writer.seal(stranger.signer);
    expect(() => verifyLog(reread(writer.log()))).toThrow(code('signature-unknown'));
  });

  test('a bundle of another ceremony, or over another transcript, is refused', () => {
    const bundleItem = { document: (recover.bundle?.document ?? set.manifest).envelope };
    const mixed = { ...split.log, items: [...split.log.items, bundleItem] };
    expect(() => verifyLog(reread(mixed))).toThrow(code('document-contradicts-log'));
  });

  test('another kind in the first line is refused', () => {
    const header = { ...split.log.header, kind: 'recover' as const };
    expect(() => verifyLog(reread({ ...split.log, header }))).toThrow(
      code('document-contradicts-log'),
    );
  });
});

describe('what is missing is said', () => {
  test('cut after any line: refused, or the missing close is named', () => {
    for (let keep = 1; keep < split.log.items.length - 1; keep++) {
      const cut = { ...split.log, items: split.log.items.slice(0, keep) };
      let verified;
      try {
        verified = verifyLog(reread(cut), { manifest: set.manifest });
      } catch (error) {
        expect(error).toMatchObject({ code: expect.any(String) as string });
        continue;
      }
      const isClosed = cut.items.some(
        (item) => 'entry' in item && JSON.stringify(item).includes('ceremony-closed'),
      );
      if (isClosed) expect(verified.notSealed.length).toBeGreaterThan(0);
      else {
        expect(verified.missing).toContain(
          'The ceremony was not closed, or the end of the log is missing.',
        );
      }
    }
  });

  test('entries after the last seal are not signed', () => {
    const verified = verifyLog(without(split.log, (at) => at === split.log.items.length - 1));
    expect(verified.notSealed).toHaveLength(2);
    expect(verified.missing.join(' ')).toContain('not signed by anybody');
  });

  test('every document line that is taken out is missed or refused', () => {
    split.log.items.forEach((item, dropped) => {
      if (!('document' in item)) return;
      try {
        const verified = verifyLog(without(split.log, (at) => at === dropped));
        const known = verifyLog(split.log).missing;
        expect(verified.missing.filter((line) => !known.includes(line)).length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.any(String) as string });
      }
    });
  });

  test('a custodian whose seal is gone is named', () => {
    const first = split.log.items.findIndex((item) => 'seal' in item);
    const verified = verifyLog(without(split.log, (at) => at === first));
    expect(verified.missing).toContain('The signature of custodian 1 is missing.');
  });

  test('a void ceremony says so and is nobody’s quorum', async () => {
    const { log } = await makeSplitLog(set, { until: 'void' });
    const verified = verifyLog(reread(log), { manifest: set.manifest });
    expect(verified.standing).toBe('self-consistent');
    expect(verified.facts.join('\n')).toContain('declared VOID');
    expect(verified.facts.join('\n')).toContain('share 2 of 4, custodian 2, stick 2, 16 GB');
    expect(verified.missing.join(' ')).not.toContain('No bundle was made');
  });

  test('a withheld leaf keeps the log authentic and is listed', () => {
    const items = split.log.items.map((item) =>
      'entry' in item ? { entry: withholdLeaf(item.entry, 'custodian') } : item,
    );
    const verified = verifyLog(reread({ ...split.log, items }), { manifest: set.manifest });
    expect(verified.standing).toBe('authenticated');
    expect(verified.withheld.length).toBeGreaterThan(4);
    expect(verified.facts.join('\n')).toContain('(withheld)');
  });
});

describe('a recovery of a sealed escrow', () => {
  test('is complete with its entry, tells which one, and misses what is not said', async () => {
    const salt = new Uint8Array(16).fill(1);
    const sealed = await makeSealedEscrow(set, new Uint8Array(32).fill(2), { salt });
    const { digest } = saidOf(sealed);
    const opened = { kind: 'sealed', digest, surveyKey: 'fits' } as const;
    const judge = async (escrow: NonNullable<LogOptions['escrow']>) => {
      const { log, bundle } = await makeRecoverLog(set, { escrow });
      return { bundle, verified: verifyLog(reread(log), { manifest: set.manifest }) };
    };
    const { verified, bundle } = await judge({ sealed, opened, entry: true });
    expect(verified.missing).toEqual([expect.stringContaining('signed by people only')]);
    expect(verified.facts.join('\n')).toContain(
      `in the escrow ${digest.slice(0, 16)}… of the kind sealed; against CheckTick’s hash of the survey’s key: fits`,
    );
    const file = verifyBundleFile(
      bundleType.toBytes(bundle?.document as BundleDocument),
      set.mode,
      { manifest: set.manifest, roster: set.roster },
    );
    expect(file.facts.join('\n')).toContain('its key fits the hash that CheckTick keeps');
    const silent = await judge({ sealed, opened, entry: false });
    expect(silent.verified.missing.join('\n')).toContain(
      `No entry says that the sealed escrow ${digest} was opened.`,
    );
    const wrong = { ...opened, surveyKey: 'not-compared' } as const;
    const unsaid = await judge({ sealed, opened: wrong, entry: true });
    expect(unsaid.verified.missing.join('\n')).toContain(
      'The bundle does not say of the sealed escrow what its package asks.',
    );
  });
});

describe('a recovery that compared an escrowed address', () => {
  const check = { outcome: 'matched', account: 'same', stated: 'none', reason: null } as const;

  test('is complete with its entry, and tells how it compared', async () => {
    const { log, bundle } = await makeRecoverLog(set, { email: { check, entry: true } });
    const verified = verifyLog(reread(log), { manifest: set.manifest });
    expect(verified.standing).toBe('authenticated');
    expect(verified.missing).toEqual([expect.stringContaining('signed by people only')]);
    expect(verified.facts.join('\n')).toContain('was compared: matched');
    const file = verifyBundleFile(
      bundleType.toBytes(bundle?.document as BundleDocument),
      set.mode,
      { manifest: set.manifest, roster: set.roster },
    );
    expect(file.facts.join('\n')).toContain('it is the same as the account’s address today');
  });

  test('is missing something without the entry, or with one of another outcome', async () => {
    const { log } = await makeRecoverLog(set, { email: { check, entry: false } });
    expect(verifyLog(reread(log), { manifest: set.manifest }).missing.join('\n')).toContain(
      'No entry says that the escrowed e-mail address was compared with the outcome matched.',
    );
  });

  test('is missing something when the bundle answers what nobody asked', async () => {
    const none = { outcome: 'none', account: 'none', stated: 'none', reason: null } as const;
    const { log } = await makeRecoverLog(set, { email: { check: none, entry: true } });
    expect(verifyLog(reread(log), { manifest: set.manifest }).missing.join('\n')).toContain(
      'The bundle does not say of the escrowed e-mail address what its package asks.',
    );
  });
});
