/**
 * Settings of the people's way in: sync's own web address, and who vouches for machines.
 * @module
 */
import { isIP } from 'node:net';
import type { Mode } from '../../shared/mode.ts';
import type { Fault } from './faults.ts';
import type { Listener } from './listener.ts';
import { present, readText, type Settings } from './sources.ts';

/** Where people reach sync with a browser: passkeys are bound to it. */
export interface Site {
  /** Such as `https://sync.hospital.example`; never with a slash at the end. */
  readonly origin: string;
  /** The relying party's id: the host name alone. */
  readonly rpId: string;
  /** False only for `http://localhost` in a rehearsal. */
  readonly secure: boolean;
}

export interface PeopleConfig {
  /** Undefined where `CONCLAVE_PUBLIC_URL` is not set: then there are no passkeys. */
  readonly site: Site | undefined;
  /** PEM of the authority that signs the certificates of machines; undefined: none are taken. */
  readonly clientCa: string | undefined;
}

/** @param listen whether sync itself speaks TLS, with whom: certificates of machines need that */
export function peopleConfig(
  settings: Settings,
  mode: Mode,
  listen: Listener,
  faults: Fault[],
): PeopleConfig {
  const site = siteConfig(settings, mode, faults);
  const caPath = present(settings['CONCLAVE_CLIENT_CA']);
  const clientCa =
    caPath === undefined ? undefined : readText('CONCLAVE_CLIENT_CA', caPath, faults);
  if (clientCa !== undefined && listen.tls === undefined) {
    faults.push({
      setting: 'CONCLAVE_CLIENT_CA',
      problem: 'needs CONCLAVE_TLS_CERT: certificates of machines are checked by sync’s own TLS.',
    });
  }
  // SECURITY: a proxy that itself shows a machine's certificate would lend it to all its clients.
  if (clientCa !== undefined && listen.proxies !== undefined) {
    faults.push({
      setting: 'CONCLAVE_CLIENT_CA',
      problem:
        'does not go with CONCLAVE_TRUSTED_PROXIES: a machine’s certificate ends at a proxy. Let the proxy pass TLS through, without this setting, or give machines a sync of their own.',
    });
  }
  return { site, clientCa };
}

export function siteConfig(settings: Settings, mode: Mode, faults: Fault[]): Site | undefined {
  const url = present(settings['CONCLAVE_PUBLIC_URL']);
  return url === undefined ? undefined : parseSite(url, mode, faults);
}

function parseSite(text: string, mode: Mode, faults: Fault[]): Site | undefined {
  const fault = (problem: string): undefined => {
    faults.push({ setting: 'CONCLAVE_PUBLIC_URL', problem });
    return undefined;
  };
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return fault('is not an address such as https://sync.hospital.example.');
  }
  if (url.username !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return fault('must be scheme, host and port only.');
  }
  // SECURITY: browsers give passkeys to https only, and to localhost, which never leaves a machine.
  const rehearsal =
    mode === 'rehearsal' && url.protocol === 'http:' && url.hostname === 'localhost';
  if (url.protocol !== 'https:' && !rehearsal) {
    return fault('must begin with https:// (http://localhost in a rehearsal).');
  }
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) {
    return fault('must be a name: passkeys are not given to addresses; use localhost.');
  }
  return { origin: url.origin, rpId: url.hostname, secure: url.protocol === 'https:' };
}
