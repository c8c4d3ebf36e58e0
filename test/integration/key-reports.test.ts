/**
 * How many reports each operation with a key takes: no more than the protocol asks for, but for what
 * is looked at on purpose. The bare side's count and the protocol's text are two ways to the minimum.
 */
import { expect, test } from 'vitest';
import { fidoOperations } from '../bench/fido-operations.ts';
import { measureOperations } from '../bench/key-operations.ts';
import { otpOperations } from '../bench/otp-operations.ts';

test.each([
  ['OTP', otpOperations],
  ['FIDO2', fidoOperations],
])('%s', async (_, made) => {
  const { operations, plug } = await made(0);
  const rows = await measureOperations(operations, plug, 0);
  expect(rows.length).toBeGreaterThanOrEqual(8);
  for (const { name, reports, bare, fewest, bound } of rows) {
    expect({ name, reports, bare }).toEqual({ name, reports: bound, bare: fewest });
  }
});
