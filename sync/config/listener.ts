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
): ListenerTls | undefined {
  const certificatePath = present(settings['CONCLAVE_TLS_CERT']);
  const keyPath = present(settings['CONCLAVE_TLS_KEY']);
  if (certificatePath === undefined && keyPath === undefined) {
    // SECURITY: bearer tokens and one-time passphrases must not cross a network in the clear.
    if (host !== undefined && !isLoopback(host)) {
      faults.push({
        setting: 'CONCLAVE_TLS_CERT',
        problem: 'is missing; without a certificate sync listens on this machine only (127.0.0.1).',
      });
    }
    return undefined;
  }
  if (certificatePath === undefined || keyPath === undefined) {
    faults.push({
      setting: certificatePath === undefined ? 'CONCLAVE_TLS_CERT' : 'CONCLAVE_TLS_KEY',
      problem: 'is missing; certificate and key are set together.',
    });
    return undefined;
  }
  const certificate = readText('CONCLAVE_TLS_CERT', certificatePath, faults);
  const key = readSecretText('CONCLAVE_TLS_KEY', keyPath, faults);
  if (certificate === undefined || key === undefined) return undefined;
  return { certificate, key: new Hidden(key) };
}
