/**
 * The numbers for Prometheus. What replicas share is counted in the database when it is asked for:
 * each replica says the same, and a restart forgets nothing. Alerts use `max`, never `sum`.
 * @module
 */
import type { Gauge } from 'prom-client';
import { z } from 'zod';
import { PACKAGE_KINDS } from '../../shared/bundle/package.ts';
import { OUTCOMES } from '../../shared/bundle/receipt.ts';
import { DUE_DAYS } from '../../shared/ledger/ledger.ts';
import { Refusal } from '../../shared/refusal.ts';
import { ALERT_KINDS } from '../alerts/kinds.ts';
import { openDismissals } from '../approvals/admin-actions.ts';
import { databaseTime, PRESENT } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Database } from '../database/database.ts';
import type { SyncConfig } from '../config/config.ts';
import { countSurveys, ESCROW_STATES } from '../escrows/counts.ts';
import { proofsToLookAt, stillProved } from '../escrows/still-proved.ts';
import { drills, leftOf } from '../versions/drills.ts';
import { programVersion } from '../shipped.ts';
import type { CertificateState } from '../http/certificates.ts';
import type { KvStore } from '../vault/kv.ts';
import { judgeSecretId } from '../vault/secret-id-state.ts';

/** Seconds. A commit that waits for scrypt and two servers takes about one. */
const BUCKETS = [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600];

const bundleRow = z.object({ kind: columns.text, state: columns.text, n: columns.integer });
const countRow = z.object({ subject: columns.text, n: columns.integer });
const ageRow = z.object({ version: columns.text, seconds: z.number() });
const secondsRow = z.object({ le: z.number().nullable(), n: columns.integer, sum: z.number() });

/** Of everything that is shared; the rows are few or indexed. */
const WAITING = `
  SELECT 'request' AS subject, count(*) AS n FROM public.surveys_recoveryrequest
   WHERE status IN ('awaiting_primary', 'awaiting_secondary')
  UNION ALL
  SELECT 'package', count(*) FROM conclave.packages
   WHERE kind IN ('recover', 'recover-member', 'adopt', 'rotate-shares', 'new-version', 'migrate-organisation', 'migrate-escrows', 'drill') AND state = 'requested' AND expires_at > ${PRESENT}
  UNION ALL SELECT 'bundle', count(*) FROM conclave.bundles WHERE state = 'verified'
  UNION ALL SELECT 'difference', count(*) FROM conclave.bundles b
   WHERE b.state = 'committing' AND b.kind IN ('recover', 'recover-member') AND EXISTS (SELECT FROM conclave.events e
          WHERE e.subject = b.digest AND e.type = 'difference-found')
  UNION ALL SELECT 'admin', count(*) FROM conclave.admins WHERE state = 'invited'`;

const ALERTS = `SELECT kind AS subject, count(*) AS n FROM conclave.alerts
  WHERE closed_at IS NULL GROUP BY kind`;

/** `le` NULL: all of them. */
const COMMITS = `
  WITH took AS (
    SELECT extract(epoch FROM b.finished_at - i.started_at)::float8 AS s
      FROM conclave.bundles b JOIN conclave.intents i
        ON i.bundle_digest = b.digest AND i.step = 'commit' WHERE b.state = 'committed')
  SELECT le, count(s) FILTER (WHERE le IS NULL OR s <= le) AS n, coalesce(sum(s), 0)::float8 AS sum
    FROM unnest($1::float8[] || NULL::float8) AS le LEFT JOIN took ON true GROUP BY le`;

/** Commit times as the database counted them, in the exposition format: no library takes counts. */
async function commitSeconds(database: Database): Promise<string> {
  const name = 'conclave_commit_seconds';
  const found = await database.rows(secondsRow, COMMITS, [`{${BUCKETS.join(',')}}`]);
  const rows = [...found].sort((a, b) => (a.le ?? Infinity) - (b.le ?? Infinity));
  const all = rows.at(-1);
  return [
    `# HELP ${name} From the intent of a commit to its receipt.`,
    `# TYPE ${name} histogram`,
    ...rows.map(({ le, n }) => `${name}_bucket{le="${le ?? '+Inf'}"} ${n}`),
    `${name}_sum ${all?.sum ?? 0}`,
    `${name}_count ${all?.n ?? 0}`,
    '',
  ].join('\n');
}

/** Vault does not answer. */
function orUnknown(cause: unknown): null {
  if (cause instanceof Refusal) return null;
  throw cause;
}

/** A registry whose every reading looks at the database and Vault anew. */
export async function createMetrics(context: {
  readonly database: Database;
  readonly kv: KvStore;
  readonly config?: Pick<SyncConfig, 'drillDays'>;
  readonly certificates?: () => readonly CertificateState[];
}): Promise<{
  read(): Promise<string>;
  readonly contentType: string;
}> {
  const { collectDefaultMetrics, Counter, Gauge, Registry } = await import('prom-client');
  const { database, kv, config = { drillDays: DUE_DAYS }, certificates = () => [] } = context;
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name, help, labelNames, registers });
  collectDefaultMetrics({ register: registry });
  // They are gauges whose names say counter; promtool refuses them, and the same is told by type.
  for (const what of ['handles', 'requests', 'resources']) {
    registry.removeSingleMetric(`nodejs_active_${what}_total`);
  }
  const bundles = new Counter({
    name: 'conclave_bundles_total',
    help: 'Bundles that ended, by kind and outcome.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const open = gauge('conclave_bundles_open', 'Bundles not ended, by kind and state.', [
    'kind',
    'state',
  ]);
  const waiting = gauge('conclave_approvals_waiting', 'What waits for an approver.', ['subject']);
  const age = gauge('conclave_share_set_age_seconds', 'Since the shares were made.', [
    'key_version',
  ]);
  const drillDue = gauge(
    'conclave_drill_due_seconds',
    'Until the first share of all sets is due to be proved; below 0: overdue, or it failed.',
    ['key_version'],
  );
  const unproved = gauge(
    'conclave_shares_not_proved',
    'Shares that were not proved in their last drill.',
    ['key_version'],
  );
  const surveys = gauge('conclave_surveys', 'Surveys with a key, by what is stored of it.', [
    'escrow',
  ]);
  const alerts = gauge('conclave_alerts_open', 'Open alerts by kind; 0: none of it.', ['alert']);
  const behind = gauge('conclave_clock_behind_seconds', 'How far the database’s clock went back.');
  const databaseUp = gauge('conclave_database_up', '1 when the database answers.');
  const vaultUp = gauge('conclave_vault_up', '1 when Vault serves sync.');
  const sealed = gauge('conclave_vault_sealed', '1 when Vault says that it is sealed.');
  const tokenLeft = gauge('conclave_vault_token_ttl_seconds', 'Until the token of sync ends.');
  const secretLeft = gauge('conclave_vault_secret_id_expiry_seconds', 'Until the secret id ends.');
  const secretDue = gauge('conclave_vault_secret_id_due', '1 when the secret id must be rotated.');
  const certificateLeft = gauge(
    'conclave_tls_certificate_expiry_seconds',
    'Until the certificate in use ends.',
    ['listener'],
  );
  const certificateRefused = gauge(
    'conclave_tls_certificate_refused',
    '1 when the certificate in the files is not the one in use.',
    ['listener'],
  );
  gauge('conclave_build_info', 'Always 1.', ['version']).set({ version: programVersion() }, 1);

  async function lookAtDatabase(): Promise<void> {
    const ended = await database.rows(
      bundleRow,
      'SELECT kind, state, count(*) AS n FROM conclave.bundles GROUP BY kind, state',
    );
    // A series that begins at its first bundle hides that one from `increase`.
    for (const kind of PACKAGE_KINDS) {
      for (const outcome of OUTCOMES) bundles.inc({ kind, outcome }, 0);
    }
    for (const { kind, state, n } of ended) {
      if (['verified', 'waiting', 'committing'].includes(state)) open.set({ kind, state }, n);
      else bundles.inc({ kind, outcome: state }, n);
    }
    for (const { subject, n } of await database.rows(countRow, WAITING)) {
      waiting.set({ subject }, n);
    }
    waiting.set({ subject: 'disabling' }, (await openDismissals(database)).length);
    const ages = await database.rows(
      ageRow,
      `SELECT version, greatest(0, extract(epoch FROM ${PRESENT}
              - coalesce(shares_last_rotated, activated_at, created_at)))::float8 AS seconds
         FROM public.surveys_platformkeyversion WHERE retired_at IS NULL`,
    );
    for (const { version: key_version, seconds } of ages) age.set({ key_version }, seconds);
    await countKeys();
    for (const alert of ALERT_KINDS) alerts.set({ alert }, 0);
    for (const { subject: alert, n } of await database.rows(countRow, ALERTS)) {
      alerts.set({ alert }, n);
    }
    behind.set((await databaseTime(database)).behindSeconds);
  }

  /** Absent while Vault does not say whether it still holds what was proved. */
  async function countKeys(): Promise<void> {
    const still = await stillProved(kv, await proofsToLookAt(database)).catch(orUnknown);
    if (still === null) return;
    const counted = await countSurveys(database, still);
    for (const escrow of ESCROW_STATES) surveys.set({ escrow }, counted[escrow]);
  }

  /** Numbers that are not known are absent: no reset leaves a 0 that looks like an answer. */
  async function lookAtCredentials(): Promise<void> {
    for (const one of [tokenLeft, secretLeft, secretDue]) one.remove();
    const found = await kv.credentials().catch(orUnknown);
    if (found === null) return;
    tokenLeft.set(found.token.seconds);
    const { state, seconds } = judgeSecretId(found);
    if (seconds !== null) secretLeft.set(seconds);
    if (state !== 'unknown') secretDue.set(state === 'due' || state === 'ended' ? 1 : 0);
  }

  /** Which sets count, Vault says. */
  async function lookAtDrills(): Promise<void> {
    for (const one of [drillDue, unproved]) one.reset();
    const found = await drills({ database, kv, config }).catch(orUnknown);
    if (found === null) return;
    for (const version of new Set(found.sets.map((set) => set.version))) {
      const sets = found.sets.filter((set) => set.version === version);
      const labels = { key_version: version };
      const due = Math.min(...sets.map(({ dueAt }) => dueAt.getTime()));
      drillDue.set(labels, (due - found.now.getTime()) / 1_000);
      unproved.set(
        labels,
        sets.reduce((sum, set) => sum + set.count - leftOf(set), 0),
      );
    }
  }

  async function look(): Promise<string> {
    for (const one of [bundles, open, waiting, age, alerts, behind, surveys]) one.reset();
    let rows = '';
    try {
      await lookAtDatabase();
      rows = await commitSeconds(database);
      databaseUp.set(1);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      // What is not known is not said: no number is better than an old one or none at all.
      for (const one of [bundles, open, waiting, age, alerts, surveys]) one.reset();
      databaseUp.set(0);
    }
    const state = await kv.health().then(
      () => 'good',
      (cause: unknown) => (cause instanceof Refusal ? cause.code : 'fault'),
    );
    vaultUp.set(state === 'good' ? 1 : 0);
    sealed.set(state === 'vault-sealed' ? 1 : 0);
    await lookAtCredentials();
    await lookAtDrills();
    for (const { listener, endsAt, refused } of certificates()) {
      certificateLeft.set({ listener }, (endsAt.getTime() - Date.now()) / 1_000);
      certificateRefused.set({ listener }, refused === undefined ? 0 : 1);
    }
    return `${await registry.metrics()}\n${rows}`;
  }

  let reading: Promise<string> | undefined;
  return {
    contentType: registry.contentType,
    // Two readers at once share one look: the counters are set anew by each.
    read() {
      reading ??= look().finally(() => (reading = undefined));
      return reading;
    },
  };
}
