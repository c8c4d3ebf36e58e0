/**
 * Failed sign-ins are written down, so that somebody is told when there are many.
 * @module
 */
import { isIP, isIPv6 } from 'node:net';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';

export type SignInWay = 'passkey' | 'identity' | 'token' | 'certificate' | 'enrolment';

/** The diary takes this many a minute of each process: enough for an alert, too few to fill a disk. */
const PER_MINUTE = 30;

/** The network that an address belongs to: enough to see a pattern, not a person. */
export function truncatedAddress(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d)/i, '');
  if (isIPv6(bare)) {
    const [head = ''] = bare.split('::');
    const groups = head.split(':').filter((group) => group !== '');
    return `${groups.slice(0, 3).join(':') || ''}::/48`;
  }
  // What a proxy passes on may be anything.
  return isIP(bare) === 0 ? 'unknown' : bare.replace(/\.\d+$/, '.0/24');
}

/** @returns a function that writes one failed sign-in down; it never throws */
export function failureRecorder(on: Queryable): (how: SignInWay, address: string) => Promise<void> {
  let minute = 0;
  let count = 0;
  return async (how, address) => {
    const current = Math.floor(Date.now() / 60_000);
    if (current !== minute) {
      minute = current;
      count = 0;
    }
    count += 1;
    if (count > PER_MINUTE) return;
    // A database that is down is reported elsewhere; the refusal must reach the caller all the same.
    await appendEvent(on, {
      type: 'sign-in-failed',
      facts: { how, from: truncatedAddress(address) },
    }).catch(() => {});
  };
}
