/** What another laptop is told of sets and destructions, and whom it believes. */
import { beforeAll, describe, expect, test } from 'vitest';
import { makeAdoptLog } from '../../test/support/adopt-log.ts';
import { makeDestroyLog, type DestroyLogOptions } from '../../test/support/destroy-log.ts';
import { LogWriter, makeRecoverLog } from '../../test/support/logs.ts';
import { seededRandom } from '../../test/support/people.ts';
import { makeChain } from '../../test/support/receipts.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { parseChain } from '../bundle/chain.ts';
import { ed25519Signer } from '../encoding/dsse.ts';
import { foldLedger } from '../ledger/fold.ts';
import { Refusal } from '../refusal.ts';
import { requireHandedOn, type Trusted } from './handed-on.ts';
import { encodeLog, type CeremonyLog } from './log.ts';

const random = seededRandom('handed on');
let set: TestShareSet;
let trusted: Trusted;
let adopted: Awaited<ReturnType<typeof makeAdoptLog>>;

beforeAll(async () => {
  set = await makeShareSet({ mode: 'rehearsal', random });
  const { descriptor } = set.sync;
  trusted = { descriptor, manifests: [set.manifest], rosters: [set.roster] };
  adopted = await makeAdoptLog(set, random, true);
});

function codeOf(log: CeremonyLog, by: Trusted = trusted): string {
  try {
    requireHandedOn(log, by);
    return 'believed';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const destroyed = async (
  options: Partial<DestroyLogOptions> = {},
  of: { readonly setId: string; readonly generation: number } = set.manifest.body,
) => {
  const { setId, generation } = of;
  const { label } = set.manifest.body;
  const legacy = [1, 3];
  return makeDestroyLog(
    set,
    { setId, generation, label },
    { random, media: [], legacy, ...options },
  );
};

describe('the log of a destruction', () => {
  test('is believed where the witness of the roster signed it, and then nothing lists what is gone', async () => {
    const { log, bytes } = await destroyed();
    expect(codeOf(log)).toBe('believed');
    const receipts = adopted.receipt === null ? [] : [adopted.receipt];
    const chain = parseChain(makeChain(set, receipts, [adopted.bytes, bytes]), 'rehearsal');
    expect(chain.transcripts.map(encodeLog)).toEqual([adopted.bytes, bytes]);
    const logs = [...chain.transcripts];
    const { manifests } = chain;
    const now = '2028-06-01T00:00:00Z';
    const [known] = foldLedger({ logs, receipts, manifests, running: null, now }).sets;
    expect(known?.legacyKept).toMatchObject({
      pieces: [
        { number: 1, by: 'custodian 1', gone: true },
        { number: 2, gone: false },
        { number: 3, gone: true },
        { number: 4, by: 'a former custodian', gone: false },
      ],
      made: { threshold: 2, pieces: [{ by: 'custodian 1' }, { by: 'a doctor' }] },
    });
  });

  test('is not believed without that witness, for another set, or with anything behind the signature', async () => {
    expect(codeOf((await destroyed({ unwitnessed: true })).log)).toBe('transcript-not-signed');
    const of = { setId: 'ee'.repeat(16), generation: 1 };
    expect(codeOf((await destroyed({}, of)).log)).toBe('transcript-other-set');
    const { log } = await destroyed();
    expect(codeOf(log, { ...trusted, rosters: [] })).toBe('transcript-not-signed');
    // A roster of another set names its own witness.
    const other = await makeShareSet({ mode: 'rehearsal', random });
    const theirs = { ...trusted, rosters: [other.roster] };
    expect(codeOf(log, theirs)).toBe('transcript-not-signed');
    const more = LogWriter.after(log).entry('legacy-destroyed', {
      number: 2,
      custodian: 'custodian 2',
      description: 'legacy share 2',
    });
    expect(codeOf(more.log())).toBe('transcript-added-to');
    const document = LogWriter.after(log).document(set.manifest.envelope);
    expect(codeOf(document.log())).toBe('transcript-added-to');
  });

  test('a key that only the log itself calls the witness is nobody’s', async () => {
    const signer = ed25519Signer(random(32));
    const impostor = { ...set.cast, witness: { ...set.cast.witness, signer } };
    const { setId, generation, label } = set.manifest.body;
    const { log } = await makeDestroyLog(
      { mode: 'rehearsal', cast: impostor },
      { setId, generation, label },
      { random, media: [], legacy: [1] },
    );
    expect(codeOf(log)).toBe('transcript-not-signed');
  });
});

describe('other logs', () => {
  test('of an adoption are believed by the quorum of a set that is trusted, and nothing behind it', () => {
    expect(codeOf(adopted.log)).toBe('believed');
    expect(codeOf(adopted.log, { ...trusted, manifests: [] })).toBe('transcript-other-set');
    const written = { number: 3, custodian: 'nobody', description: 'stick X' };
    const more = LogWriter.after(adopted.log).entry('new-legacy-written', written);
    expect(codeOf(more.log())).toBe('transcript-added-to');
  });

  test('of a recovery are not kept: its receipt says what it did', async () => {
    const { log } = await makeRecoverLog(set, { random });
    expect(codeOf(log)).toBe('transcript-kind');
  });
});

// Each byte of a log: log.test.ts; each of a chain: bundle/documents.test.ts.
test('a byte of a log that is changed in the chain is seen', async () => {
  const { bytes } = await destroyed();
  const chain = makeChain(set, [], [bytes]);
  const parse = (changed: Uint8Array) => parseChain(changed, 'rehearsal');
  expect(parse(chain).transcripts).toHaveLength(1);
  expect(notRefused(chain, parse, { sample: 1, step: 401 })).toEqual([]);
});
