/** The digest against an implementation of its own (Python's hashlib). */
import { expect, test } from 'vitest';
import { bytesToHex } from '../encoding/bytes.ts';
import type { KeyEnvelopeFacts } from '../sharing/key-envelope.ts';
import { shareAttested } from './share-attested.ts';

const FACTS: KeyEnvelopeFacts = {
  mode: 'production',
  ceremonyId: 'ce'.repeat(16),
  setId: 'a1'.repeat(16),
  generation: 1,
  index: 2,
  count: 4,
};
const attested = (change: Partial<KeyEnvelopeFacts> = {}, custodian = 'custodian 1') =>
  bytesToHex(shareAttested({ ...FACTS, ...change }, custodian));

test('has the documented bytes', () => {
  expect(attested()).toBe('d69105063b7a54081fefb18549ba1c4d8ed066b399942fd0d2d128b7e95ac0fa');
  const rehearsed = { mode: 'rehearsal', generation: 12, index: 3 } as const;
  expect(attested(rehearsed, 'Custodian 1')).toBe(
    '2bcedc1d651faa686501c342a8c9fa52bfb5139552a3c22b76bbff3f6d9c2b01',
  );
});

test('is another one for each mode, ceremony, set, generation, share and custodian', () => {
  const all = [
    attested(),
    attested({ mode: 'rehearsal' }),
    attested({ ceremonyId: 'cf'.repeat(16) }),
    attested({ setId: 'a2'.repeat(16) }),
    attested({ generation: 12 }),
    attested({ index: 3 }),
    attested({}, 'custodian 2'),
  ];
  expect(new Set(all).size).toBe(all.length);
});
