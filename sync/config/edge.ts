/**
 * Settings of sync's edge: where the numbers for monitoring are read.
 * @module
 */
import type { Fault } from './faults.ts';
import { present, type Settings } from './sources.ts';

export interface EdgeConfig {
  /** Undefined: nobody reads them. Their listener speaks plain HTTP and serves nothing else. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
}

/** SECURITY: without a port there is no listener, and without a host it is this machine only. */
export function edgeConfig(settings: Settings, faults: Fault[]): EdgeConfig {
  const text = present(settings['CONCLAVE_METRICS_PORT']);
  const host = present(settings['CONCLAVE_METRICS_HOST']);
  if (text === undefined) {
    if (host !== undefined) {
      faults.push({ setting: 'CONCLAVE_METRICS_PORT', problem: 'is missing beside the host.' });
    }
    return { metrics: undefined };
  }
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    faults.push({ setting: 'CONCLAVE_METRICS_PORT', problem: 'must lie between 0 and 65535.' });
  }
  return { metrics: { host: host ?? '127.0.0.1', port } };
}
