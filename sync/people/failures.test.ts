import { expect, it } from 'vitest';
import { truncatedAddress } from './failures.ts';

it.each([
  ['192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
  ['2001:db8::6', '2001:db8::/48'],
  ['::1', '::/48'],
])('keeps of %s the network %s only', (address, network) => {
  expect(truncatedAddress(address)).toBe(network);
});
