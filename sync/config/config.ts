/**
 * Sync's configuration: read once at start, checked whole, then never changed.
 * @module
 */
import { z } from 'zod';
import { DUE_DAYS } from '../../shared/ledger/ledger.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { parseDatabaseUrl, type PostgresAddress } from './database-url.ts';
import { type EdgeConfig, edgeConfig } from './edge.ts';
import { ConfigRefusal, type Fault } from './faults.ts';
import { type Listener, listenerConfig } from './listener.ts';
import { mailConfig, type MailConfig } from './mail.ts';
import { type PeopleConfig, peopleConfig, type Site, siteConfig } from './people.ts';
import { gatherSettings, present, readSecretText, readText, type Settings } from './sources.ts';
import { mountSetting, vaultConfig, type VaultConfig } from './vault.ts';

/** PostgreSQL, or PGlite in a folder (rehearsal and development only). */
export type DatabaseConfig =
  | { readonly kind: 'postgres'; readonly address: PostgresAddress; readonly poolSize: number }
  | { readonly kind: 'pglite'; readonly folder: string };

export interface SyncConfig {
  readonly mode: Mode;
  readonly database: DatabaseConfig;
  readonly vault: VaultConfig;
  readonly listen: Listener;
  readonly people: PeopleConfig;
  readonly edge: EdgeConfig;
  /** Undefined: nobody is told by mail, and an admin hands over passphrases. */
  readonly mail: MailConfig | undefined;
  /** Hours between approval and commit, by bundle kind. A recover request carries its own. */
  readonly delayHours: {
    readonly standard: number;
    readonly byKind: Readonly<Record<string, number>>;
  };
  readonly packageLifetimeDays: number;
  /** Days after which a share is to be proved again. */
  readonly drillDays: number;
  /** Minutes that an approval may wait before those on call are told. */
  readonly alertWaitingMinutes: number;
  readonly bodyLimitBytes: number;
  /** Requests per minute and client address. */
  readonly requestsPerMinute: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

const number = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number.')
    .transform(Number)
    .refine((value) => value >= low && value <= high, `must lie between ${low} and ${high}.`);

const delay = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine(
    (parts) => parts.every((part) => /^(?:[a-z][a-z-]*=)?\d{1,4}$/.test(part)),
    'must be hours such as "48", or hours by kind such as "48,rotate-shares=72".',
  )
  .transform((parts) => {
    const byKind: Record<string, number> = {};
    let standard = 48;
    for (const part of parts) {
      const [kind, hours] = part.includes('=') ? part.split('=') : [undefined, part];
      if (kind === undefined || kind === 'default') standard = Number(hours);
      else byKind[kind] = Number(hours);
    }
    return { standard, byKind };
  });

const simple = z.object({
  CONCLAVE_MODE: z.enum(MODES, 'must be production or rehearsal.').default('production'),
  CONCLAVE_DATA: z.string().default('conclave-data'),
  DATABASE_POOL: number(2, 100).default(10),
  VAULT_MOUNT: mountSetting,
  CONCLAVE_LISTEN_HOST: z.string().default('127.0.0.1'),
  CONCLAVE_LISTEN_PORT: number(0, 65_535).default(8450),
  CONCLAVE_DELAY_HOURS: delay.optional(),
  CONCLAVE_PACKAGE_DAYS: number(1, 90).default(7),
  CONCLAVE_DRILL_DAYS: number(30, 3_650).default(DUE_DAYS),
  CONCLAVE_ALERT_WAITING_MINUTES: number(1, 10_080).default(30),
  CONCLAVE_BODY_LIMIT: number(1_024, 64 * 1_048_576).default(1_048_576),
  CONCLAVE_REQUESTS_PER_MINUTE: number(1, 1_000_000).default(600),
  CONCLAVE_LOG_LEVEL: z
    .enum(
      ['debug', 'info', 'warn', 'error', 'silent'],
      'must be debug, info, warn, error or silent.',
    )
    .default('info'),
});

/** What changes trust stands open for objections this long at least: a whole day and its night. */
const LEAST_TRUST_DELAY_HOURS = 24;
/** Kinds that change trust, the one that hands an organisation's surveys over, and the one that moves survey keys; the bundle that replaces every admin waits for the longest delay of all. */
const CHANGES_TRUST = [
  'setup',
  'roster',
  'adopt',
  'rotate-shares',
  'new-version',
  'activate',
  'retire',
  'refresh',
  'add-set',
  'migrate-organisation',
  'migrate-escrows',
] as const;
/** Those that wait as long as a setup, unless they have hours of their own. */
const LIKE_SETUP: readonly string[] = [
  'adopt',
  'rotate-shares',
  'new-version',
  'activate',
  'retire',
  'refresh',
  'add-set',
  'migrate-organisation',
  'migrate-escrows',
];
const IN_WORDS = {
  setup: 'a setup',
  roster: 'a roster',
  adopt: 'an adoption',
  'rotate-shares': 'new shares',
  'new-version': 'a new key version',
  activate: 'another active version',
  retire: 'the end of a version',
  refresh: 'refreshed shares',
  'add-set': 'a further share set',
  'migrate-organisation': 'an organisation’s new passphrase',
  'migrate-escrows': 'survey keys that move',
} as const;

export interface ConfigOptions {
  /** The flag `--rehearsal`, which wins over `CONCLAVE_MODE`. */
  readonly rehearsal?: boolean;
  /** In production, of what changes trust. Only tests give another one than 24. */
  readonly leastTrustDelayHours?: number;
}

/**
 * Reads and checks the whole configuration.
 * @param environment usually `process.env`
 * @throws ConfigRefusal with every fault at once; no value of a secret is in it
 */
export function loadConfig(environment: Settings, options: ConfigOptions = {}): SyncConfig {
  const faults: Fault[] = [];
  const gathered = gatherSettings(environment, faults);
  const settings =
    options.rehearsal === true ? { ...gathered, CONCLAVE_MODE: 'rehearsal' } : gathered;
  const parsed = simple.safeParse(trimmed(settings));
  addFaults(parsed.error, faults);
  // Later checks need a mode even when others failed; the strict one finds more faults.
  const mode = parsed.data?.CONCLAVE_MODE ?? 'production';
  const database = databaseConfig(settings, mode, parsed.data, faults);
  const vault = vaultConfig(settings, mode, parsed.data?.VAULT_MOUNT ?? 'secret', faults);
  const listen = listenerConfig(
    settings,
    parsed.data?.CONCLAVE_LISTEN_HOST,
    parsed.data?.CONCLAVE_LISTEN_PORT ?? 0,
    faults,
    'CONCLAVE',
  );
  const people = peopleConfig(settings, mode, listen, faults);
  const edge = edgeConfig(settings, faults);
  const mail = mailConfig(settings, mode, faults);
  // Nobody waits two days in a rehearsal, unless it is the waiting that is rehearsed.
  const delayHours = parsed.data?.CONCLAVE_DELAY_HOURS ?? {
    standard: mode === 'rehearsal' ? 0 : 48,
    byKind: {},
  };
  if (mode === 'production') {
    const { leastTrustDelayHours: least = LEAST_TRUST_DELAY_HOURS } = options;
    addShortDelays(delayHours, least, faults);
  }
  if (!parsed.success || database === undefined || vault === undefined || faults.length > 0) {
    throw new ConfigRefusal(faults);
  }
  const plain = parsed.data;
  return {
    mode,
    database,
    vault,
    listen,
    people,
    edge,
    mail,
    delayHours,
    packageLifetimeDays: plain.CONCLAVE_PACKAGE_DAYS,
    drillDays: plain.CONCLAVE_DRILL_DAYS,
    alertWaitingMinutes: plain.CONCLAVE_ALERT_WAITING_MINUTES,
    bodyLimitBytes: plain.CONCLAVE_BODY_LIMIT,
    requestsPerMinute: plain.CONCLAVE_REQUESTS_PER_MINUTE,
    logLevel: plain.CONCLAVE_LOG_LEVEL,
  };
}

/**
 * The part of the configuration that `db migrate` and `admin` need: whoever prepares the database
 * need not hold sync's Vault credentials.
 * @throws ConfigRefusal
 */
export function loadDatabaseConfig(
  environment: Settings,
  options: Pick<ConfigOptions, 'rehearsal'> = {},
): Pick<SyncConfig, 'mode' | 'database'> & { readonly site: Site | undefined } {
  const faults: Fault[] = [];
  const gathered = gatherSettings(environment, faults);
  const settings =
    options.rehearsal === true ? { ...gathered, CONCLAVE_MODE: 'rehearsal' } : gathered;
  const parsed = simple
    .pick({ CONCLAVE_MODE: true, CONCLAVE_DATA: true, DATABASE_POOL: true })
    .safeParse(trimmed(settings));
  addFaults(parsed.error, faults);
  const mode = parsed.data?.CONCLAVE_MODE ?? 'production';
  const database = databaseConfig(settings, mode, parsed.data, faults);
  const site = siteConfig(settings, mode, faults);
  if (database === undefined || faults.length > 0) throw new ConfigRefusal(faults);
  return { mode, database, site };
}

function addFaults(error: z.ZodError | undefined, faults: Fault[]): void {
  for (const issue of error?.issues ?? []) {
    faults.push({ setting: String(issue.path[0]), problem: issue.message });
  }
}

/** SECURITY: neither service nor console takes the custodians' time to object away. */
function addShortDelays(
  delayHours: SyncConfig['delayHours'],
  least: number,
  faults: Fault[],
): void {
  const short = CHANGES_TRUST.filter(
    // What has none of its own waits as long as a setup, which is named then.
    (kind) =>
      (!LIKE_SETUP.includes(kind) || kind in delayHours.byKind) &&
      delayHoursFor({ delayHours }, kind) < least,
  ).map((kind) => IN_WORDS[kind]);
  if (short.length === 0) return;
  faults.push({
    setting: 'CONCLAVE_DELAY_HOURS',
    problem: `leaves less than ${least} hours to object to ${short.join(' or ')}; give them more, such as "48,recover=24".`,
  });
}

/**
 * Hours to wait after approval for a bundle of this kind. An adoption and new shares put a set in
 * force like a setup, and wait as long unless they have hours of their own.
 */
export function delayHoursFor(
  { delayHours }: Pick<SyncConfig, 'delayHours'>,
  kind: string,
): number {
  const { byKind, standard } = delayHours;
  const asSetup = LIKE_SETUP.includes(kind) ? byKind['setup'] : undefined;
  return byKind[kind] ?? asSetup ?? standard;
}

/** The longest delay that is configured for anything, in hours. */
export function longestDelayHours({ delayHours }: SyncConfig): number {
  return Math.max(delayHours.standard, ...Object.values(delayHours.byKind));
}

function trimmed(settings: Settings): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name of Object.keys(simple.shape)) {
    const value = present(settings[name]);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function databaseConfig(
  settings: Settings,
  mode: Mode,
  plain: Pick<z.infer<typeof simple>, 'CONCLAVE_DATA' | 'DATABASE_POOL'> | undefined,
  faults: Fault[],
): DatabaseConfig | undefined {
  const file = present(settings['DATABASE_URL_FILE']);
  const url =
    present(settings['DATABASE_URL']) ??
    (file === undefined ? undefined : readSecretText('DATABASE_URL_FILE', file, faults));
  if (url === undefined) {
    if (file !== undefined) return undefined;
    if (mode === 'production') {
      faults.push({
        setting: 'DATABASE_URL',
        problem: 'is missing; production needs the address of CheckTick’s PostgreSQL.',
      });
      return undefined;
    }
    return { kind: 'pglite', folder: plain?.CONCLAVE_DATA ?? '' };
  }
  const caPath = present(settings['DATABASE_CA']);
  const ca = caPath === undefined ? undefined : readText('DATABASE_CA', caPath, faults);
  const address = parseDatabaseUrl(url, ca, faults);
  if (address === undefined) return undefined;
  return { kind: 'postgres', address, poolSize: plain?.DATABASE_POOL ?? 2 };
}
