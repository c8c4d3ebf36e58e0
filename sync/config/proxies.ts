/**
 * The proxies whose word about a client's address counts.
 * @module
 */
import { BlockList, isIP } from 'node:net';
import type { Fault } from './faults.ts';

export interface TrustedProxies {
  /** Whether this address is one of theirs. An IPv4 address may come mapped into IPv6. */
  includes(address: string): boolean;
}

/** @param text addresses and networks, such as `10.0.0.5, 10.1.0.0/16, fd00::/64` */
export function parseProxies(
  setting: string,
  text: string,
  faults: Fault[],
): TrustedProxies | undefined {
  const list = new BlockList();
  let sound = true;
  const fault = (part: string, problem: string): void => {
    faults.push({ setting, problem: `"${part.slice(0, 60)}" ${problem}` });
    sound = false;
  };
  for (const part of text.split(',').map((one) => one.trim())) {
    const [address = '', prefix, ...rest] = part.split('/');
    const family = isIP(address);
    const bits = family === 4 ? 32 : 128;
    const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
    if (family === 0 || rest.length > 0 || length < 0 || length > bits) {
      fault(part, 'is no address or network such as 10.0.0.5 or 10.1.0.0/16.');
    } else if (length === 0) {
      // SECURITY: to trust everybody is to let everybody choose his own address.
      fault(part, 'is everybody; name the proxies.');
    } else {
      list.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
    }
  }
  if (!sound) return undefined;
  return {
    includes(address) {
      const bare = address.replace(/^::ffff:(?=\d)/i, '');
      const family = isIP(bare);
      return family !== 0 && list.check(bare, family === 4 ? 'ipv4' : 'ipv6');
    },
  };
}
