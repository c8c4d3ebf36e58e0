/** Who must have signed a roster bundle, what it may say, and every changed byte of its files. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  makeNewAdmins,
  makeRosterBundle,
  makeRosterPackage,
} from '../../test/support/roster-documents.ts';
import { makeReceipt } from '../../test/support/receipts.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import type { Signer } from '../encoding/dsse.ts';
import { encodeJson } from '../encoding/json.ts';
import { rosterType } from '../identity/roster.ts';
import { shareSigner } from '../sharing/share-key.ts';
import { verifyBundleFile } from '../transcript/verify-files.ts';
import { bundleType, verifyBundle } from './bundle.ts';
import { openBundle } from './bundle-secret.ts';
import { newAdmins } from './new-admins.ts';
import { packageType, parsePackage } from './package.ts';
import { parseReceipt, receiptType } from './receipt.ts';
import { openNewRoster } from './roster-bundle.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
let set: TestShareSet;
beforeAll(async () => {
  set = await makeShareSet();
});

describe('a roster bundle', () => {
  test('needs k share keys of the set and an operator of the new roster', async () => {
    const keys = set.shares.map(shareSigner);
    const { operator, witness } = set.cast;
    const verify = async (signers: Signer[]) => {
      const { document, roster } = await makeRosterBundle(set, { signers });
      return verifyBundle(
        bundleType.parse(bundleType.toBytes(document), 'production'),
        set.manifest.body,
        roster.body,
      );
    };
    expect((await verify([...keys.slice(1), operator.signer])).shares).toHaveLength(3);
    await expect(verify([...keys.slice(2), operator.signer])).rejects.toThrow(
      refused('signature-missing'),
    );
    await expect(verify(keys)).rejects.toThrow(refused('signature-missing'));
    await expect(verify([...keys, operator.signer, witness.signer])).rejects.toThrow(
      refused('signature-unknown'),
    );
  });

  test('carries no secret: there is nothing to open', async () => {
    const { document } = await makeRosterBundle(set);
    await expect(openBundle(document.body, set.sync.recipient.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test('brings a roster that a quorum signed, that it names, and that follows the one in force', async () => {
    const { document, roster } = await makeRosterBundle(set);
    const open = (body = document.body) => openNewRoster(body, set.manifest.body, set.roster);
    expect(open().body).toEqual(roster.body);
    expect(() => open({ ...document.body, rosterDigest: 'ab'.repeat(32) })).toThrow(
      refused('document-damaged'),
    );
    expect(() => open({ ...document.body, keyVersion: 'v2' })).toThrow(refused('document-damaged'));
    for (const [change, code] of [
      [{ serial: 1 }, 'roster-not-next'],
      [{ serial: 3 }, 'roster-not-next'],
      [{ previous: null }, 'roster-not-next'],
      [{ people: set.roster.body.people.slice(1) }, 'roster-holder-missing'],
    ] as const) {
      const made = await makeRosterBundle(set, { change });
      expect(() => open(made.document.body)).toThrow(refused(code));
    }
    const few = await rosterType.sign(roster.body, set.quorum.slice(1));
    const weak = JSON.parse(
      new TextDecoder().decode(rosterType.toBytes(few)),
    ) as typeof document.body.roster;
    expect(() => open({ ...document.body, roster: weak })).toThrow(refused('signature-missing'));
  });

  test('names two people or none, and both of them approve', () => {
    const [one, two] = makeNewAdmins();
    expect(newAdmins.safeParse([one, two]).success).toBe(true);
    for (const wrong of [
      [one],
      [one, two, { ...two, userId: 9, name: 'third', publicKey: 'ab'.repeat(32) }],
      [one, { ...two, userId: one.userId }],
      [one, { ...two, name: one.name.toUpperCase() }],
      [one, { ...two, publicKey: one.publicKey }],
      [one, { ...two, roles: ['auditor'] }],
      [one, { ...two, roles: ['approver', 'approver'] }],
      [one, { ...two, roles: [] }],
      [one, { ...two, userId: 0 }],
    ]) {
      expect(newAdmins.safeParse(wrong).success).toBe(false);
    }
  });

  test('an auditor reads what it does, with the words of the new admins’ keys', async () => {
    const admins = makeNewAdmins();
    const { document, roster } = await makeRosterBundle(set, { admins });
    const bytes = bundleType.toBytes(document);
    const anchor = { manifest: set.manifest };
    const read = verifyBundleFile(bytes, 'production', anchor);
    expect(read.standing).toBe('authenticated');
    expect(read.facts.join('\n')).toContain(`the new roster is ${roster.digest}`);
    expect(read.facts.join('\n')).toContain(
      'admin 1, user 21 of CheckTick, becomes operator, approver',
    );
    expect(read.facts.at(-1)).toBe('It carries no secret.');
    expect(
      read.signers.map(({ kind }) => kind).filter((kind) => kind === 'share-key'),
    ).toHaveLength(3);
    expect(verifyBundleFile(bytes, 'production').standing).toBe('self-consistent');
    const strangers = await makeShareSet();
    expect(() => verifyBundleFile(bytes, 'production', { manifest: strangers.manifest })).toThrow(
      refused('anchor-does-not-fit'),
    );
    expect(encodeJson(document.body.admins)).toEqual(encodeJson(admins));
  });
});

describe('a single-byte change of a file is refused', { timeout: 180_000 }, () => {
  let small: TestShareSet;
  beforeAll(async () => {
    small = await makeShareSet({ threshold: 2, count: 2 });
  });

  test('roster package, roster bundle, its receipt', async () => {
    const source = packageType.toBytes(await makeRosterPackage(small, true));
    const read = (changed: Uint8Array) => parsePackage(changed, 'production', small.sync);
    expect(notRefused(source, read, { sample: 1 })).toEqual([]);
    const bundle = await makeRosterBundle(small, { admins: makeNewAdmins() });
    const accept = (changed: Uint8Array) =>
      verifyBundle(
        bundleType.parse(changed, 'production'),
        small.manifest.body,
        bundle.roster.body,
      );
    expect(notRefused(bundleType.toBytes(bundle.document), accept, { sample: 1 })).toEqual([]);
    const receipt = receiptType.toBytes(await makeReceipt(small, bundle));
    const parse = (changed: Uint8Array) => parseReceipt(changed, 'production', small.sync);
    expect(notRefused(receipt, parse, { sample: 1 })).toEqual([]);
  });
});
