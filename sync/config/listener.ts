/**
 * The listener's certificate and key, and the rule that without them sync stays on this machine.
 * @module
 */
import { Hidden } from '../hidden.ts';
import { isLoopback } from './database-url.ts';
import type { Fault } from './faults.ts';
import { present, readSecretText, readText, type Settings } from './sources.ts';

export interface ListenerTls {
  readonly certificate: string;
  readonly key: Hidden;
}

export function listenerTls(
  settings: Settings,
  host: string | undefined,
  faults: Fault[],
  prefix: 'CONCLAVE_TLS' | 'CONCLAVE_PUBLIC_TLS' = 'CONCLAVE_TLS',
): ListenerTls | undefined {
  const [forCertificate, forKey] = [`${prefix}_CERT`, `${prefix}_KEY`];
  const certificatePath = present(settings[forCertificate]);
  const keyPath = present(settings[forKey]);
  if (certificatePath === undefined && keyPath === undefined) {
    // SECURITY: bearer tokens and one-time passphrases must not cross a network in the clear.
    if (host !== undefined && !isLoopback(host)) {
      faults.push({
        setting: forCertificate,
        problem: 'is missing; without a certificate sync listens on this machine only (127.0.0.1).',
      });
    }
    return undefined;
  }
  if (certificatePath === undefined || keyPath === undefined) {
    faults.push({
      setting: certificatePath === undefined ? forCertificate : forKey,
      problem: 'is missing; certificate and key are set together.',
    });
    return undefined;
  }
  const certificate = readText(forCertificate, certificatePath, faults);
  const key = readSecretText(forKey, keyPath, faults);
  if (certificate === undefined || key === undefined) return undefined;
  return { certificate, key: new Hidden(key) };
}
