/**
 * How one of sync's two listeners is reached: its certificate, or a proxy that has one. Without
 * either sync stays on this machine.
 * @module
 */
import { Hidden } from '../hidden.ts';
import { pairProblem } from './certificate.ts';
import { isLoopback } from './database-url.ts';
import type { Fault } from './faults.ts';
import { parseProxies, type TrustedProxies } from './proxies.ts';
import { present, readSecretText, readText, type Settings } from './sources.ts';

export interface ListenerTls {
  readonly certificate: string;
  readonly key: Hidden;
  /** Read again when they change: a new certificate needs no restart. */
  readonly files: { readonly certificate: string; readonly key: string };
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  readonly tls: ListenerTls | undefined;
  /** Undefined: whoever connects is the client, and no header says otherwise. */
  readonly proxies: TrustedProxies | undefined;
  /** TLS ends at these proxies; sync speaks plain HTTP with them and with nobody else. */
  readonly tlsAtProxy: boolean;
}

/** The settings of one listener begin with this. */
export type ListenerPrefix = 'CONCLAVE' | 'CONCLAVE_PUBLIC';

/** @param host undefined when the setting itself is faulty */
export function listenerConfig(
  settings: Settings,
  host: string | undefined,
  port: number,
  faults: Fault[],
  prefix: ListenerPrefix,
): Listener {
  const proxies = trustedProxies(settings, faults, prefix);
  const tlsAtProxy = yesOrNo(settings, `${prefix}_TLS_AT_PROXY`, faults);
  const files = tlsFiles(settings, faults, prefix);
  const tls = files === undefined ? undefined : readTls(files, faults, prefix);
  const fault = (name: string, problem: string): void => {
    faults.push({ setting: `${prefix}_${name}`, problem });
  };
  if (tlsAtProxy && proxies === undefined) {
    fault('TRUSTED_PROXIES', 'is missing; say at which addresses TLS ends.');
  }
  if (tlsAtProxy && files !== undefined) {
    fault('TLS_AT_PROXY', 'contradicts the certificate: TLS ends at the proxy or here, not both.');
  }
  // SECURITY: bearer tokens and one-time passphrases must not cross a network in the clear.
  if (files === undefined && !tlsAtProxy && host !== undefined && !isLoopback(host)) {
    fault(
      'TLS_CERT',
      'is missing; without a certificate sync listens on this machine only (127.0.0.1).',
    );
  }
  return { host: host ?? '127.0.0.1', port, tls, proxies, tlsAtProxy };
}

function trustedProxies(
  settings: Settings,
  faults: Fault[],
  prefix: ListenerPrefix,
): TrustedProxies | undefined {
  const setting = `${prefix}_TRUSTED_PROXIES`;
  const text = present(settings[setting]);
  return text === undefined ? undefined : parseProxies(setting, text, faults);
}

function yesOrNo(settings: Settings, setting: string, faults: Fault[]): boolean {
  const text = present(settings[setting]) ?? 'no';
  if (text !== 'yes' && text !== 'no') faults.push({ setting, problem: 'must be yes or no.' });
  return text === 'yes';
}

function tlsFiles(
  settings: Settings,
  faults: Fault[],
  prefix: ListenerPrefix,
): ListenerTls['files'] | undefined {
  const [forCertificate, forKey] = [`${prefix}_TLS_CERT`, `${prefix}_TLS_KEY`];
  const certificate = present(settings[forCertificate]);
  const key = present(settings[forKey]);
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) {
    faults.push({
      setting: certificate === undefined ? forCertificate : forKey,
      problem: 'is missing; certificate and key are set together.',
    });
  }
  return { certificate: certificate ?? '', key: key ?? '' };
}

/** Reads certificate and key, and checks that they belong together. Adds faults otherwise. */
export function readTls(
  files: ListenerTls['files'],
  faults: Fault[],
  prefix: ListenerPrefix,
): ListenerTls | undefined {
  if (files.certificate === '' || files.key === '') return undefined;
  const certificate = readText(`${prefix}_TLS_CERT`, files.certificate, faults);
  const key = readSecretText(`${prefix}_TLS_KEY`, files.key, faults);
  if (certificate === undefined || key === undefined) return undefined;
  const problem = pairProblem(certificate, key);
  if (problem !== undefined) {
    faults.push({ setting: `${prefix}_TLS_CERT`, problem });
    return undefined;
  }
  return { certificate, key: new Hidden(key), files };
}
