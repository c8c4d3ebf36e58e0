/**
 * Settings of sync's edge: where the numbers for monitoring are read.
 * @module
 */
import type { Fault } from './faults.ts';
import { present, type Settings } from './sources.ts';

export interface EdgeConfig {
  /** Undefined: nobody reads them. Their listener speaks plain HTTP and serves nothing else. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Base address of an OpenTelemetry collector; undefined: no traces. */
  readonly traces: string | undefined;
}

/** SECURITY: without a port there is no listener, and without a host it is this machine only. */
export function edgeConfig(settings: Settings, faults: Fault[]): EdgeConfig {
  const traces = collector(settings, faults);
  const text = present(settings['CONCLAVE_METRICS_PORT']);
  const host = present(settings['CONCLAVE_METRICS_HOST']);
  if (text === undefined) {
    if (host !== undefined) {
      faults.push({ setting: 'CONCLAVE_METRICS_PORT', problem: 'is missing beside the host.' });
    }
    return { metrics: undefined, traces };
  }
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    faults.push({ setting: 'CONCLAVE_METRICS_PORT', problem: 'must lie between 0 and 65535.' });
  }
  return { metrics: { host: host ?? '127.0.0.1', port }, traces };
}

function collector(settings: Settings, faults: Fault[]): string | undefined {
  const setting = 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const text = present(settings[setting]);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const sound =
    (url?.protocol === 'http:' || url?.protocol === 'https:') &&
    url.username === '' &&
    url.search === '';
  if (!sound) {
    faults.push({ setting, problem: 'must be an address such as http://127.0.0.1:4318.' });
    return undefined;
  }
  return url.href.replace(/\/+$/, '');
}
