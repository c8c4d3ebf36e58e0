import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeShareSet } from '../../test/support/share-sets.ts';
import { LogWriter, makeSplitLog, type TestLog } from '../../test/support/logs.ts';
import { makePerson, seededRandom } from '../../test/support/people.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { utf8ToBytes } from '../encoding/bytes.ts';
import {
  entryHash,
  fact,
  GENESIS,
  makeEntry,
  withholdLeaf,
  type Entry,
  type Facts,
} from './entry.ts';
import { encodeLog, encodeLogLine, entries, head, parseLog, type CeremonyLog } from './log.ts';
import { verifyLog } from './verify.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
const chain = { mode: 'rehearsal' as const, ceremonyId: '0f'.repeat(16) };
const person = makePerson('rehearsal', 'operator', ['operator'], seededRandom('operator'));

const path = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,10}(\.[A-Za-z0-9]{1,5}){0,2}$/);
const facts: fc.Arbitrary<Facts> = fc.dictionary(
  path,
  fc.oneof(fc.string({ maxLength: 40 }), fc.integer(), fc.boolean()),
  { minKeys: 2, maxKeys: 8, noNullPrototype: true },
);

/** A short log: three entries, a seal after each of the last two. */
async function shortLog(): Promise<CeremonyLog> {
  const writer = new LogWriter({ ...chain, kind: 'split' }, seededRandom('log'));
  writer.entry('ceremony-opened', { ceremony: 'split', application: 'Conclave 0.1.0' });
  const { keyid } = person.signer;
  writer.entry('identity-ready', {
    name: 'operator',
    role: 'operator',
    publicKey: keyid,
    how: 'new',
  });
  await writer.seal(person.signer);
  writer.entry('paused');
  await writer.seal(person.signer);
  return writer.log();
}

describe('entries', () => {
  test('any facts come back from a log', () => {
    fc.assert(
      fc.property(fc.array(facts, { minLength: 1, maxLength: 5 }), (all) => {
        let last: Entry | undefined;
        const items = all.map((one) => ({ entry: (last = makeEntry(chain, last, one)) }));
        const writer = new LogWriter({ ...chain, kind: 'recover' });
        const log = { header: writer.header, items };
        const again = parseLog(encodeLog(log));
        expect(again).toEqual(log);
        expect(head(again)).toBe(last?.hash);
        entries(again).forEach((entry, at) => {
          for (const [key, value] of Object.entries(all[at] ?? {})) {
            expect(fact(entry, key)).toBe(value);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  test('the hash is the documented one, computed again with node:crypto', () => {
    const entry = makeEntry(chain, undefined, { kind: 'paused', count: 3 });
    const sized = (text: string) => {
      const bytes = Buffer.from(text);
      return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
    };
    const leaves = entry.leaves.map((leaf) => {
      if ('withheld' in leaf) throw new Error('open');
      const hash = createHash('sha256')
        .update('conclave/v1/leaf')
        .update(sized(leaf.path))
        .update(sized(leaf.type))
        .update(Buffer.from(leaf.salt, 'hex'))
        .update(JSON.stringify(leaf.value))
        .digest();
      return Buffer.concat([sized(leaf.path), hash]);
    });
    const hash = createHash('sha256')
      .update('conclave/v1/entry')
      .update(Buffer.from(chain.ceremonyId, 'hex'))
      .update(Buffer.from([0x52, 0, 0, 0, 0]))
      .update(Buffer.from(GENESIS, 'hex'))
      .update(Buffer.from([0, 2]))
      .update(Buffer.concat(leaves))
      .digest('hex');
    expect(entry.hash).toBe(hash);
    expect(entry.leaves.map(({ path: name }) => name)).toEqual(['count', 'kind']);
  });

  test('salts differ, so equal facts have different hashes', () => {
    const twice = [0, 1].map(() => makeEntry(chain, undefined, { kind: 'paused', a: 1 }).hash);
    expect(twice[0]).not.toBe(twice[1]);
  });

  test('ceremony, mode, number and the entry before are in the hash', () => {
    const entry = makeEntry(chain, undefined, { kind: 'paused', a: 1 });
    const hashes = [
      entryHash(chain, entry),
      entryHash({ ...chain, mode: 'production' }, entry),
      entryHash({ ...chain, ceremonyId: '00'.repeat(16) }, entry),
      entryHash(chain, { ...entry, n: 1 }),
      entryHash(chain, { ...entry, previous: '11'.repeat(32) }),
      entryHash(chain, { ...entry, leaves: entry.leaves.slice(1) }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('any leaf can be withheld without breaking the chain, and only by its right hash', async () => {
    const log = await shortLog();
    log.items.forEach((item, at) => {
      if (!('entry' in item)) return;
      for (const { path: name } of item.entry.leaves) {
        const hidden = withholdLeaf(item.entry, name);
        expect(fact(hidden, name)).toBeUndefined();
        expect(withholdLeaf(hidden, name)).toEqual(hidden);
        const items = log.items.map((one, index) => (index === at ? { entry: hidden } : one));
        const bytes = encodeLog({ ...log, items });
        const open = item.entry.leaves.find((leaf) => leaf.path === name);
        if (open === undefined || 'withheld' in open) throw new Error('open');
        expect(new TextDecoder().decode(bytes)).not.toContain(open.salt);
        expect(entries(parseLog(bytes))[item.entry.n]?.hash).toBe(item.entry.hash);
        const lie = {
          ...hidden,
          leaves: hidden.leaves.map((leaf) =>
            leaf.path === name ? { path: name, withheld: '00'.repeat(32) } : leaf,
          ),
        };
        const wrong = log.items.map((one, index) => (index === at ? { entry: lie } : one));
        expect(() => parseLog(encodeLog({ ...log, items: wrong }))).toThrow(
          refused('transcript-broken-chain'),
        );
      }
    });
  });
});

describe('the log', () => {
  let full: TestLog;
  beforeAll(async () => {
    full = await makeSplitLog(await makeShareSet({ mode: 'rehearsal', threshold: 2, count: 2 }));
  });

  test('a complete ceremony comes back as it was', () => {
    expect(parseLog(full.bytes)).toEqual(full.log);
    expect(encodeLog(parseLog(full.bytes))).toEqual(full.bytes);
  });

  test('every single-byte change is refused', async () => {
    const accept = (bytes: Uint8Array) => verifyLog(parseLog(bytes));
    const bytes = encodeLog(await shortLog());
    expect(accept(bytes).notSealed).toEqual([]);
    expect(notRefused(bytes, accept, { sample: 1 })).toEqual([]);
    expect(notRefused(full.bytes, accept, { sample: 1, step: 23 })).toEqual([]);
  }, 180_000);

  test('an entry or a seal that is moved, doubled or taken out is refused', async () => {
    const { header, items } = await shortLog();
    const parse = (...order: number[]) =>
      parseLog(encodeLog({ header, items: order.flatMap((at) => items[at] ?? []) }));
    expect(parse(0, 1, 2, 3, 4).items).toHaveLength(5);
    for (const order of [
      [1, 2, 3, 4],
      [0, 0, 1],
      [1, 0],
      [0, 2, 3, 4],
      [0, 1, 4],
    ]) {
      expect(() => parse(...order)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^transcript-/) as string }) as Error,
      );
    }
    // A seal before any entry seals nothing.
    expect(() => parse(2)).toThrow(refused('transcript-seal-wrong'));
  });

  test('entries of another ceremony do not fit, nor do its seals', async () => {
    const log = await shortLog();
    const header = { ...log.header, ceremonyId: 'ee'.repeat(16) };
    expect(() => parseLog(encodeLog({ ...log, header }))).toThrow(
      refused('transcript-broken-chain'),
    );
    const writer = new LogWriter({ ...chain, ceremonyId: 'ee'.repeat(16), kind: 'split' });
    writer.entry('paused');
    const items = [...writer.items, ...log.items.filter((item) => 'seal' in item)];
    expect(() => parseLog(encodeLog({ header: writer.header, items }))).toThrow(
      refused('transcript-seal-wrong'),
    );
  });

  test.each([
    ['an empty line', '\n'],
    ['an empty object', '{}\n'],
    ['two kinds in one line', '{"document":{},"seal":{}}\n'],
    ['a document that is none', '{"document":null}\n'],
    ['a seal that is none', '{"seal":[]}\n'],
    ['an entry that is none', '{"entry":{}}\n'],
    ['an unknown kind of line', '{"note":"x"}\n'],
    ['a line without its end', '{"entry":{}}'],
    ['a carriage return', '\r\n'],
  ])('%s is refused', async (_, line) => {
    const { header, items } = await shortLog();
    const bytes = [encodeLogLine(header), ...items.map(encodeLogLine), utf8ToBytes(line)];
    expect(() => parseLog(Uint8Array.from(bytes.flatMap((part) => [...part])))).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^(transcript|document)-/) as string,
      }) as Error,
    );
  });

  test('nothing, something else and far too much are refused', () => {
    expect(() => parseLog(new Uint8Array())).toThrow(refused('document-empty'));
    expect(() => parseLog(utf8ToBytes('hello\n'))).toThrow(refused('document-damaged'));
    expect(() => parseLog(utf8ToBytes('\n'))).toThrow(refused('document-damaged'));
    expect(() => parseLog(new Uint8Array(33 * 1024 * 1024))).toThrow(refused('document-too-large'));
  });

  test('doubled and unordered paths are refused, though their hash is right', async () => {
    const { header } = await shortLog();
    const good = makeEntry(chain, undefined, { kind: 'paused', a: 1 });
    const [one, two] = good.leaves;
    if (one === undefined || two === undefined) throw new Error('two leaves');
    for (const leaves of [
      [two, one],
      [one, one],
    ]) {
      const body = { ...good, leaves };
      const entry = { ...body, hash: entryHash(chain, body) };
      expect(() => parseLog(encodeLog({ header, items: [{ entry }] }))).toThrow(
        refused('transcript-broken-chain'),
      );
    }
  });
});
