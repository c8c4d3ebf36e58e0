/** A full drill on the wire: only the platform key opens the test escrow, and only its key answers. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type FullDrillMade,
  makeDrillBundle,
  makeDrillPackage,
  makeFullDrillPackage,
} from '../../test/support/drill-documents.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { equalBytes } from '../encoding/bytes.ts';
import { openEscrow, sealEscrow } from '../escrow/escrow.ts';
import { escrowPrivateKey } from '../sharing/escrow-key.ts';
import { verifyBundleFile } from '../transcript/verify-files.ts';
import { bundleType } from './bundle.ts';
import { openFullDrillPackage } from './full-drill-package.ts';
import { againstTarget, durationInWords, fullDrillInWords } from './full-drill-words.ts';
import {
  answersFullDrill,
  FULL_DRILL_TARGETS,
  type FullDrillSaid,
  openTestEscrow,
  signFullDrill,
} from './full-drill.ts';
import { packageType } from './package.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
const CEREMONY = 'ab'.repeat(16);
let set: TestShareSet;
let other: TestShareSet;
let made: FullDrillMade;
beforeAll(async () => {
  set = await makeShareSet();
  other = await makeShareSet();
  made = await makeFullDrillPackage(set);
});

const open = (body: FullDrillMade['package']['body'], of = set) => {
  const { mode, audience, nonce, keyVersion, full } = body;
  const { ticketId, proofKey, escrow } = full;
  const key = escrowPrivateKey(of.platformKey, { mode, keyVersion });
  return openTestEscrow(key, { mode, audience, nonce, keyVersion, ticketId, proofKey }, escrow);
};

describe('the package', () => {
  test('the ticket opens the vault component, and nothing else does', async () => {
    const { body } = packageType.parse(packageType.toBytes(made.package), 'production');
    if (body.kind !== 'drill' || body.full === undefined) throw new Error('a full drill');
    const full = { ...body, full: body.full };
    const half = await openFullDrillPackage(full, made.ticket.keys.privateKey);
    expect(equalBytes(half, set.vaultComponent)).toBe(true);
    const stranger = (await makeFullDrillPackage(set)).ticket.keys.privateKey;
    await expect(openFullDrillPackage(full, stranger)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
    // What stands openly is bound to it.
    for (const change of [
      { ...full, epoch: full.epoch + 1 },
      { ...full, full: { ...full.full, proofKey: 'ab'.repeat(32) } },
    ]) {
      await expect(openFullDrillPackage(change, made.ticket.keys.privateKey)).rejects.toThrow(
        refused('sealed-not-openable'),
      );
    }
  });

  test('the platform key of the set opens the test escrow, for this package alone', async () => {
    const { body } = made.package;
    expect(equalBytes(await open(body), made.seed)).toBe(true);
    await expect(open(body, other)).rejects.toThrow(refused('sealed-not-openable'));
    for (const change of [
      { ...body, nonce: '00'.repeat(16) },
      { ...body, keyVersion: 'v2' },
      { ...body, full: { ...body.full, proofKey: 'ab'.repeat(32) } },
    ]) {
      await expect(open(change)).rejects.toThrow(refused('sealed-not-openable'));
    }
  });

  test('a survey’s escrow is no test escrow, and a test escrow no survey’s', async () => {
    const { mode, audience, keyVersion, full } = made.package.body;
    const key = escrowPrivateKey(set.platformKey, { mode, keyVersion });
    const binding = { mode, audience, keyVersion, userId: 7, surveyId: 31 };
    const sealed = await sealEscrow(set.manifest.body.escrowKey ?? '', binding, made.seed);
    expect(equalBytes(await openEscrow(key, binding, sealed), made.seed)).toBe(true);
    // Its encapsulated key and ciphertext, in the place of the test escrow’s.
    const bytes = (from: number, to?: number) =>
      Buffer.from(sealed.subarray(from, to)).toString('base64');
    const enc = bytes(sealed.length - 48 - 2 - 1_120, sealed.length - 48 - 2);
    const escrow = { enc, ct: bytes(sealed.length - 48) };
    const body = { ...made.package.body, full: { ...full, escrow } };
    await expect(open(body)).rejects.toThrow(refused('sealed-not-openable'));
  });
});

describe('the answer', () => {
  const answer = async (change: {
    readonly full?: FullDrillSaid;
    readonly proves?: readonly number[];
  }) => {
    const { document } = await makeDrillBundle(set, {
      package: made.package,
      proves: change.proves ?? [1, 2, 3],
      ceremonyId: CEREMONY,
      ...(change.full === undefined ? {} : { change: { full: change.full } }),
    });
    return bundleType.parse(bundleType.toBytes(document), 'production').body;
  };
  const judged = async (change: Parameters<typeof answer>[0], from: object = made.package.body) => {
    const body = await answer(change);
    if (body.kind !== 'drill') throw new Error('a drill');
    return answersFullDrill(body, from, set.manifest.body);
  };
  const signed = async (
    said: Partial<Parameters<typeof signFullDrill>[1]> = {},
    by = made.seed,
  ) => {
    const { mode, audience, nonce } = made.package.body;
    const { setId, generation } = set.manifest.body;
    const all = { mode, audience, ceremonyId: CEREMONY, nonce, setId, generation, ...said };
    const signature = await signFullDrill(by, all);
    return { opened: true, signature, restoreMs: 243_000, wholeMs: 3_600_000 } as const;
  };

  test('is one where the key of the test escrow signed for this ceremony, nonce and set', async () => {
    expect(await judged({ full: await signed() })).toBe(true);
    for (const said of [
      { ceremonyId: 'cd'.repeat(16) },
      { nonce: 'cd'.repeat(16) },
      { audience: 'cd'.repeat(16) },
      { setId: 'cd'.repeat(16) },
      { generation: 2 },
      { mode: 'rehearsal' as const },
    ]) {
      expect(await judged({ full: await signed(said) })).toBe(false);
    }
    expect(await judged({ full: await signed({}, new Uint8Array(32)) })).toBe(false);
  });

  test('needs as many proved shares as open the key', async () => {
    expect(await judged({ full: await signed(), proves: [1, 2] })).toBe(false);
    const full = { opened: false, why: 'too-few', wholeMs: 5 } as const;
    expect(await judged({ full, proves: [1, 2] })).toBe(true);
  });

  test('is not left out, and not given unasked', async () => {
    const { body: plain } = await makeDrillPackage(set);
    expect(await judged({})).toBe(false);
    expect(await judged({}, plain)).toBe(true);
    expect(await judged({ full: await signed() }, plain)).toBe(false);
  });

  test('an auditor reads how long it took, and that a missed target is one', async () => {
    const full = { ...(await signed()), wholeMs: FULL_DRILL_TARGETS.wholeMs };
    const { document } = await makeDrillBundle(set, {
      package: made.package,
      proves: [1, 2, 3],
      ceremonyId: CEREMONY,
      change: { full },
    });
    const { facts } = verifyBundleFile(bundleType.toBytes(document), 'production');
    expect(facts.join(' ')).toContain(
      'put together from the shares 4 minutes 3 seconds (target: less than 15 minutes; met) after the first of them',
    );
    expect(facts.join(' ')).toContain('4 hours 0 minutes (target: less than 4 hours; missed)');
  });
});

test('durations and targets in words', () => {
  expect([0, 1_000, 59_999, 61_000, 3_600_000, 7_500_000].map(durationInWords)).toEqual([
    '0 seconds',
    '1 second',
    '59 seconds',
    '1 minute 1 second',
    '1 hour 0 minutes',
    '2 hours 5 minutes',
  ]);
  expect(againstTarget('restoreMs', 899_999)).toMatch(/14 minutes 59 seconds .*; met\)$/);
  expect(againstTarget('restoreMs', 900_000)).toMatch(/; missed\)$/);
  const said = fullDrillInWords({ opened: false, why: 'not-restored', wholeMs: 60_000 });
  expect(said).toContain('NOT opened: the shares and the vault component gave no platform key');
});
