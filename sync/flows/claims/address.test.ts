import { expect, it } from 'vitest';
import { type EmailCheck, emailCheckSchema } from '../../../shared/bundle/escrowed-email.ts';
import { EMAIL_OUTCOMES } from '../../../shared/bundle/escrowed-email.ts';
import { accountDigest, linkTarget } from './address.ts';

const COMPARED = ['same', 'differs', 'none'] as const;

/** Every check that a bundle can carry. */
const CHECKS = EMAIL_OUTCOMES.flatMap((outcome) =>
  COMPARED.flatMap((account) =>
    COMPARED.flatMap((stated) =>
      [null, 'they said so'].flatMap((reason): EmailCheck[] => {
        const found = emailCheckSchema.safeParse({ outcome, account, stated, reason });
        return found.success ? [found.data] : [];
      }),
    ),
  ),
);

it('mails no link to an account’s address that the escrow does not vouch for', () => {
  expect(CHECKS.length).toBeGreaterThan(10);
  for (const check of CHECKS) {
    for (const isStated of [true, false]) {
      if (!isStated && check.stated !== 'none') continue;
      for (const isAccountAsCompared of [true, false]) {
        const target = linkTarget(check, { isStated, isAccountAsCompared });
        const isVouched = check.account === 'same' && isAccountAsCompared;
        const said = JSON.stringify({ check, isStated, isAccountAsCompared });
        if (check.outcome === 'none') expect(target, said).toBe('account');
        else if (isVouched) expect(target, said).toBe('account');
        else expect(target, said).not.toBe('account');
        if (!isStated) expect(target, said).not.toBe('stated');
        // One of the two is the escrow's: it is that one, never the other.
        if (!isVouched && check.stated === 'same') expect(target, said).toBe('stated');
      }
    }
  }
});

it('goes to the account’s where no escrow was compared', () => {
  for (const isAccountAsCompared of [true, false]) {
    expect(linkTarget(undefined, { isStated: false, isAccountAsCompared })).toBe('account');
  }
});

it('keeps an address as CheckTick compares it, in no two packages alike', () => {
  const [one, other] = ['0'.repeat(32), '1'.repeat(32)] as const;
  expect(accountDigest(one, 'A@Example.org')).toBe(accountDigest(one, 'a@example.org'));
  expect(accountDigest(one, 'a@example.org')).not.toBe(accountDigest(other, 'a@example.org'));
  expect(accountDigest(one, 'a@example.org')).not.toBe(accountDigest(one, 'b@example.org'));
});
