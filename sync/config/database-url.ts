/**
 * Reads `DATABASE_URL` into the settings of the driver.
 *
 * The driver is never handed the URL itself: its own parser accepts `sslmode=no-verify` and lets
 * the URL switch off a check that the configuration asked for.
 * @module
 */
import { isIP } from 'node:net';
import { Hidden } from '../hidden.ts';
import type { Fault } from './faults.ts';

/** A PostgreSQL to connect to. `tls: false` only for loopback and unix sockets. */
export interface PostgresAddress {
  /** Host name, address, or the folder of a unix socket (starts with `/`). */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: Hidden | undefined;
  readonly database: string;
  readonly tls: false | { readonly ca: string | undefined };
}

/** True for this machine only: 127.0.0.0/8, ::1 and the name localhost. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  if (bare === 'localhost' || bare === '::1') return true;
  return isIP(bare) === 4 && bare.startsWith('127.');
}

export function parseDatabaseUrl(
  text: string,
  ca: string | undefined,
  faults: Fault[],
): PostgresAddress | undefined {
  const fault = (problem: string): undefined => {
    faults.push({ setting: 'DATABASE_URL', problem });
    return undefined;
  };
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return fault('is not an address such as postgresql://user@host:5432/checktick.');
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    return fault('must begin with postgresql://.');
  }
  const unknown = [...url.searchParams.keys()].filter((key) => key !== 'sslmode' && key !== 'host');
  if (unknown.length > 0) return fault(`has parts that sync does not use: ${unknown.join(', ')}.`);
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname);
  const database = decodeURIComponent(url.pathname.slice(1));
  const user = decodeURIComponent(url.username);
  if (host === '' || database === '' || user === '') {
    return fault('must name a user, a host and a database.');
  }
  const local = host.startsWith('/') || isLoopback(host);
  const sslmode = url.searchParams.get('sslmode');
  // SECURITY: unverified TLS protects against nobody who sits on the network (checktick.md, 14).
  if (sslmode !== null && !['disable', 'require', 'verify-ca', 'verify-full'].includes(sslmode)) {
    return fault('has an sslmode that does not verify the server; leave sslmode out.');
  }
  if (sslmode === 'disable' && !local) {
    return fault('switches TLS off for another machine; remove sslmode=disable.');
  }
  const plain = local && (sslmode === null || sslmode === 'disable');
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    password: url.password === '' ? undefined : new Hidden(decodeURIComponent(url.password)),
    database,
    tls: plain ? false : { ca },
  };
}
