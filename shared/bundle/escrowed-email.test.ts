/** What a package and a bundle say of the escrowed address, and what they never say. */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { emailCheck as anyCheck, recoverBundle } from '../../test/support/arbitraries.ts';
import { makeBundle, makeRecoverPackage } from '../../test/support/documents.ts';
import { makeShareSet } from '../../test/support/share-sets.ts';
import type { TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { encodeCbor } from '../encoding/cbor.ts';
import { bundleType, verifyBundle } from './bundle.ts';
import {
  answersPackage,
  emailCheck,
  emailCheckSchema,
  emailInWords,
  EMAIL_OUTCOMES,
  ESCROWED_EMAIL,
  isUnusual,
  outcomeOf,
  type EmailCheck,
} from './escrowed-email.ts';
import { sealTo } from '../sealing/hpke.ts';
import { packageType } from './package.ts';
import { openRecoverPackage, sealRecoverPackage, type PackageEmails } from './recover-package.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
const EMAILS: PackageEmails = {
  escrowed: 'ab'.repeat(50),
  account: 'user.seven@example.org',
  stated: 'seven@example.org',
};
const unlike = { account: 'none', stated: 'none' } as const;

describe('the outcome', () => {
  test.each([
    ['same', 'none', 'matched'],
    ['none', 'same', 'matched'],
    ['same', 'same', 'matched'],
    ['differs', 'same', 'differs'],
    ['same', 'differs', 'differs'],
    ['differs', 'none', 'differs'],
    ['none', 'none', 'not-comparable'],
  ] as const)('account %s, person %s: %s', (account, stated, outcome) => {
    expect(outcomeOf({ account, stated })).toBe(outcome);
  });

  test('only a match and an escrow without an address need no reason', () => {
    expect(EMAIL_OUTCOMES.filter((outcome) => !isUnusual(outcome))).toEqual(['matched', 'none']);
    const differs = { account: 'differs', stated: 'none' } as const;
    for (const reason of ['', 'no', 'was a@b before', 'x'.repeat(501), 'a\u202eb c']) {
      expect(emailCheck('differs', differs, reason), reason).toBeUndefined();
    }
    expect(emailCheck('differs', differs, ' the ward\nwas  renamed ')?.reason).toBe(
      'the ward was renamed',
    );
    expect(emailCheck('matched', { account: 'same', stated: 'none' }, 'whatever')?.reason).toBe(
      null,
    );
    // What was not compared so cannot be said so.
    expect(emailCheck('matched', differs, '')).toBeUndefined();
    expect(emailCheck('none', differs, '')).toBeUndefined();
  });

  test('only what can be true is a bundle’s', () => {
    const lies: EmailCheck[] = [
      { outcome: 'matched', account: 'differs', stated: 'same', reason: null },
      { outcome: 'matched', ...unlike, reason: null },
      { outcome: 'matched', account: 'same', stated: 'none', reason: 'needless' },
      { outcome: 'differs', account: 'same', stated: 'none', reason: 'because' },
      { outcome: 'differs', account: 'differs', stated: 'none', reason: null },
      { outcome: 'none', account: 'same', stated: 'none', reason: null },
      { outcome: 'missing', ...unlike, reason: null },
      { outcome: 'not-openable', ...unlike, reason: 'ask q@example.org' },
    ];
    for (const lie of lies) expect(emailCheckSchema.safeParse(lie).success).toBe(false);
  });

  test('in words it is one line that names no address', () => {
    fc.assert(
      fc.property(anyCheck, (check) => {
        const words = emailInWords(check);
        expect(words).not.toMatch(/[@\n]/);
        expect(words.length).toBeLessThan(900);
        if (check.outcome === 'differs') expect(words).toContain('DIFFERS');
        if (check.outcome === 'matched') expect(words).not.toMatch(/DIFFERS|MISSING|NOT/);
      }),
    );
  });
});

describe('a bundle answers what its package said', () => {
  const checks = {
    sealed: { outcome: 'matched', account: 'same', stated: 'none', reason: null },
    none: { outcome: 'none', ...unlike, reason: null },
    missing: { outcome: 'missing', ...unlike, reason: 'the escrow is old' },
  } as const;
  test('and nothing else', () => {
    for (const said of [undefined, ...ESCROWED_EMAIL]) {
      expect(answersPackage(said, undefined)).toBe(said === undefined);
      for (const of of ESCROWED_EMAIL) expect(answersPackage(said, checks[of])).toBe(said === of);
    }
    const closed: EmailCheck = { outcome: 'not-openable', ...unlike, reason: 'it is damaged' };
    expect(answersPackage('sealed', closed)).toBe(true);
    expect(answersPackage('none', closed)).toBe(false);
  });
});

describe('package and bundle', { timeout: 120_000 }, () => {
  let set: TestShareSet;
  beforeAll(async () => {
    set = await makeShareSet({ threshold: 2, count: 2 });
  });
  const CHECK: EmailCheck = {
    outcome: 'differs',
    account: 'differs',
    stated: 'same',
    reason: 'why',
  };

  test('addresses come back from the sealed part, and stand nowhere else', async () => {
    for (const emails of [EMAILS, { escrowed: null, account: '', stated: null }]) {
      const { document, ticket } = await makeRecoverPackage(set, { emails });
      const opened = await openRecoverPackage(
        document.body,
        ticket?.keys.privateKey ?? new Uint8Array(),
      );
      expect(opened.emails).toEqual(emails);
      expect(opened.vaultComponent).toEqual(set.vaultComponent);
      expect(new TextDecoder().decode(packageType.toBytes(document))).not.toContain('seven@');
    }
    const { document, ticket } = await makeRecoverPackage(set);
    const before = await openRecoverPackage(
      document.body,
      ticket?.keys.privateKey ?? new Uint8Array(),
    );
    expect(before.emails).toBeNull();
  });

  test('a sealed part that holds something else than the package says is refused', async () => {
    const { document, ticket } = await makeRecoverPackage(set, { emails: EMAILS });
    const { sealed: _, escrowedEmail: __, ...open } = document.body;
    const { keys } = ticket ?? { keys: set.sync.recipient };
    const none = { ...EMAILS, escrowed: null };
    for (const [said, emails] of [
      [undefined, EMAILS],
      ['sealed', null],
      ['sealed', none],
      ['none', EMAILS],
      ['missing', EMAILS],
      ['missing', null],
    ] as const) {
      const { vaultComponent } = set;
      const body = { ...open, ...(said === undefined ? {} : { escrowedEmail: said }) };
      const secrets = { vaultComponent, encryptedKek: 'ab'.repeat(60), emails };
      const lie = await sealRecoverPackage(body, keys.publicKey, secrets);
      await expect(openRecoverPackage(lie, keys.privateKey)).rejects.toThrow(
        refused('sealed-not-openable'),
      );
    }
    // What was said openly is bound to the seal.
    const changed = { ...document.body, escrowedEmail: 'none' as const };
    await expect(openRecoverPackage(changed, keys.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test('another form of the sealed part is refused', async () => {
    const { document, ticket } = await makeRecoverPackage(set, { emails: EMAILS });
    const { sealed: _, ...open } = document.body;
    const { keys } = ticket ?? { keys: set.sync.recipient };
    const { audience, ticketId, nonce } = open;
    const context = {
      type: 'package',
      version: 1,
      mode: open.mode,
      audience,
      ceremony: ticketId,
      nonce,
    } as const;
    const kek = 'ab'.repeat(60);
    for (const form of [
      [3, set.vaultComponent, kek, 'ab', 'a@b', null],
      [2, set.vaultComponent, kek, 'ab', 'a@b'],
      [2, set.vaultComponent, kek, '', 'a@b', null],
      [2, set.vaultComponent, kek, 'ab', null, null],
      [2, set.vaultComponent, kek, 'ab', 'a'.repeat(509), null],
      [2, set.vaultComponent, kek, 'a'.repeat(4_097), 'a@b', null],
    ]) {
      const sealed = await sealTo(keys.publicKey, context, open, encodeCbor(form));
      await expect(openRecoverPackage({ ...open, sealed }, keys.privateKey)).rejects.toThrow(
        refused('sealed-not-openable'),
      );
    }
  });

  test('a stored text that is no address is carried cut, so that the survey key still comes', async () => {
    const { document, ticket } = await makeRecoverPackage(set, {
      emails: { ...EMAILS, escrowed: 'a'.repeat(9_000) },
    });
    const opened = await openRecoverPackage(
      document.body,
      ticket?.keys.privateKey ?? new Uint8Array(),
    );
    expect(opened.emails?.escrowed).toBe('a'.repeat(4_096));
  });

  test('any outcome comes back from a bundle; every changed byte is refused', async () => {
    await fc.assert(
      fc.asyncProperty(recoverBundle, async (body) => {
        const document = await bundleType.sign(body, []);
        expect(bundleType.parse(bundleType.toBytes(document), body.mode).body).toEqual(body);
      }),
      { numRuns: 30 },
    );
    const { document } = await makeBundle(set, { kind: 'recover', escrowedEmail: CHECK });
    const accept = (changed: Uint8Array) =>
      verifyBundle(bundleType.parse(changed, 'production'), set.manifest.body, set.roster.body);
    expect(notRefused(bundleType.toBytes(document), accept, { sample: 1 })).toEqual([]);
  });
});
