/**
 * Where settings come from: the environment first, then the optional JSON file named by
 * `CONCLAVE_CONFIG`. Both end as one flat record of texts under the environment's names.
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import type { Fault } from './faults.ts';

/** JSON key to environment name. Secrets have no JSON key, only the file that holds them. */
const JSON_KEYS = {
  mode: 'CONCLAVE_MODE',
  dataFolder: 'CONCLAVE_DATA',
  databaseUrlFile: 'DATABASE_URL_FILE',
  databaseCa: 'DATABASE_CA',
  databasePool: 'DATABASE_POOL',
  vaultAddress: 'VAULT_ADDR',
  vaultCa: 'VAULT_CACERT',
  vaultMount: 'VAULT_MOUNT',
  deployment: 'CONCLAVE_DEPLOYMENT',
  vaultRoleId: 'VAULT_ROLE_ID',
  vaultRoleIdFile: 'VAULT_ROLE_ID_FILE',
  vaultSecretIdFile: 'VAULT_SECRET_ID_FILE',
  listenHost: 'CONCLAVE_LISTEN_HOST',
  listenPort: 'CONCLAVE_LISTEN_PORT',
  tlsCertificate: 'CONCLAVE_TLS_CERT',
  tlsKey: 'CONCLAVE_TLS_KEY',
  trustedProxies: 'CONCLAVE_TRUSTED_PROXIES',
  tlsAtProxy: 'CONCLAVE_TLS_AT_PROXY',
  publicUrl: 'CONCLAVE_PUBLIC_URL',
  clientCa: 'CONCLAVE_CLIENT_CA',
  smtpUrlFile: 'CONCLAVE_SMTP_URL_FILE',
  smtpCa: 'CONCLAVE_SMTP_CA',
  mailFrom: 'CONCLAVE_MAIL_FROM',
  mailReplyTo: 'CONCLAVE_MAIL_REPLY_TO',
  publicLinksUrl: 'CONCLAVE_PUBLIC_LINKS_URL',
  publicListenHost: 'CONCLAVE_PUBLIC_LISTEN_HOST',
  publicListenPort: 'CONCLAVE_PUBLIC_LISTEN_PORT',
  publicTlsCertificate: 'CONCLAVE_PUBLIC_TLS_CERT',
  publicTlsKey: 'CONCLAVE_PUBLIC_TLS_KEY',
  publicTrustedProxies: 'CONCLAVE_PUBLIC_TRUSTED_PROXIES',
  publicTlsAtProxy: 'CONCLAVE_PUBLIC_TLS_AT_PROXY',
  publicRequestsPerMinute: 'CONCLAVE_PUBLIC_REQUESTS_PER_MINUTE',
  claim: 'CONCLAVE_CLAIM',
  delayHours: 'CONCLAVE_DELAY_HOURS',
  packageDays: 'CONCLAVE_PACKAGE_DAYS',
  drillDays: 'CONCLAVE_DRILL_DAYS',
  alertWaitingMinutes: 'CONCLAVE_ALERT_WAITING_MINUTES',
  bodyLimitBytes: 'CONCLAVE_BODY_LIMIT',
  requestsPerMinute: 'CONCLAVE_REQUESTS_PER_MINUTE',
  metricsHost: 'CONCLAVE_METRICS_HOST',
  metricsPort: 'CONCLAVE_METRICS_PORT',
  otlpEndpoint: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  logLevel: 'CONCLAVE_LOG_LEVEL',
} as const;

const known = z.partialRecord(
  z.enum(Object.keys(JSON_KEYS) as [keyof typeof JSON_KEYS, ...(keyof typeof JSON_KEYS)[]]),
  z.union([z.string(), z.number(), z.record(z.string(), z.number())]),
);

export type Settings = Readonly<Record<string, string | undefined>>;

/** The environment laid over the JSON file. Faults of the file itself are added to `faults`. */
export function gatherSettings(environment: Settings, faults: Fault[]): Settings {
  const path = present(environment['CONCLAVE_CONFIG']);
  const settings: Record<string, string | undefined> = {};
  if (path !== undefined) Object.assign(settings, fromJson(path, faults));
  for (const [name, value] of Object.entries(environment)) {
    if (present(value) !== undefined) settings[name] = value;
  }
  return settings;
}

function fromJson(path: string, faults: Fault[]): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'is not valid JSON' : 'cannot be read';
    faults.push({ setting: 'CONCLAVE_CONFIG', problem: `the file ${path} ${reason}.` });
    return {};
  }
  const parsed = known.safeParse(value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const key =
        issue.code === 'unrecognized_keys'
          ? issue.keys.join(', ')
          : issue.path.map(String).join('.');
      faults.push({
        setting: 'CONCLAVE_CONFIG',
        problem: `the key "${key}" in ${path} is not a setting of sync, or has the wrong type.`,
      });
    }
    return {};
  }
  const settings: Record<string, string> = {};
  for (const [key, entry] of Object.entries(parsed.data)) {
    if (entry === undefined) continue;
    const name = JSON_KEYS[key as keyof typeof JSON_KEYS];
    settings[name] =
      typeof entry === 'object'
        ? Object.entries(entry)
            .map(([kind, hours]) => `${kind}=${hours}`)
            .join(',')
        : String(entry);
  }
  return settings;
}

/** `undefined` for a setting that is absent or empty: an empty variable means "not set". */
export function present(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

/** Reads a small public file (a certificate). Adds a fault and returns undefined when it cannot. */
export function readText(setting: string, path: string, faults: Fault[]): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    faults.push({ setting, problem: `the file ${path} cannot be read.` });
    return undefined;
  }
}

/**
 * Reads a file that holds a secret. Others must not be able to read it (mode 600 or stricter).
 * Adds a fault and returns undefined when it cannot be used.
 */
export function readSecretText(setting: string, path: string, faults: Fault[]): string | undefined {
  // SECURITY: a secret that every account of this machine can read is not a secret.
  try {
    const mode = statSync(path).mode & 0o077;
    if (mode !== 0) {
      faults.push({
        setting,
        problem: `other accounts can read the file ${path}; run: chmod 600 ${path}`,
      });
      return undefined;
    }
  } catch {
    faults.push({ setting, problem: `the file ${path} cannot be read.` });
    return undefined;
  }
  const text = readText(setting, path, faults)?.trim();
  if (text === '') {
    faults.push({ setting, problem: `the file ${path} is empty.` });
    return undefined;
  }
  return text;
}
