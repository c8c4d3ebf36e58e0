/**
 * `conclave-sync check`: looks at everything sync needs, and changes nothing.
 * @module
 */
import { Refusal } from '../../../shared/refusal.ts';
import type { SyncConfig } from '../../config/config.ts';
import { certificateEnd } from '../../config/certificate.ts';
import type { Listener } from '../../config/listener.ts';
import { requireOwnKey } from '../../trust/sync-key.ts';
import { assertEpochsAgree, readTrust } from '../../trust/trust.ts';
import { checkTickLevel, JUDGED, unlikeCheckTick } from '../../database/checktick-tables.ts';
import { databaseTime } from '../../database/clock.ts';
import type { Database } from '../../database/database.ts';
import { missingRights } from '../../database/rights.ts';
import { requireMigrated } from '../../database/migrate.ts';
import { openDatabase } from '../../database/open.ts';
import { readInstallation } from '../../database/settings.ts';
import { openTransport } from '../../mail/transport.ts';
import { type Credentials, type KvStore, missingCapabilities } from '../../vault/kv.ts';
import { openKv } from '../../vault/open.ts';
import { secretIdState, type SecretIdState } from '../../vault/secret-id-state.ts';
import { type Cli, configOf } from '../cli.ts';

interface Finding {
  readonly what: string;
  readonly state: 'good' | 'bad' | 'note';
  readonly text: string;
  readonly code?: string;
  readonly next?: string;
}

/** Ends with 0 when all is well, 3 when a part is unreachable, 1 when something else is wrong. */
export async function check(cli: Cli, options: { readonly rehearsal: boolean }): Promise<void> {
  const config = configOf(cli, options);
  const findings: Finding[] = [good('settings', `complete, for ${config.mode}`)];
  const look = async (what: string, work: () => Promise<Finding[]>): Promise<boolean> => {
    cli.progress(`Looking at ${what} …`);
    try {
      const found = await work();
      findings.push(...found);
      return found.every((one) => one.state !== 'bad');
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      const { happened, next } = cause.sentences;
      findings.push({ what, state: 'bad', text: happened, code: cause.code, next });
      return false;
    }
  };

  const database = await openDatabase(config.database);
  try {
    const usable = await look('database', () => lookAtDatabase(database, config));
    // The rehearsal store lives in the database: without it there is nothing more to look at.
    if (usable || config.vault.kind === 'vault') {
      const kv = await openKv(config.vault, database);
      try {
        const open = await look('vault', () => lookAtVault(kv));
        if (usable && open) await look('both sides', () => lookAtBoth(database, kv));
      } finally {
        await kv.close();
      }
    }
  } finally {
    await database.close();
  }
  const { mail } = config;
  findings.push(...lookAtListener('listener', config.listen));
  if (mail !== undefined) findings.push(...lookAtListener('listener of links', mail.listen));
  if (mail === undefined) {
    findings.push({
      what: 'mail',
      state: 'note',
      text: 'is not set up: users are not told and cannot object; an admin hands over passphrases.',
    });
  } else {
    await look('mail', async () => {
      const transport = await openTransport(mail);
      await transport.verify().finally(() => transport.close());
      const way =
        mail.claim === 'link'
          ? 'users set their own passwords by link and code'
          : 'an admin hands over passphrases';
      return [good('mail', `${mail.smtp.host}, links lead to ${mail.linksUrl}; ${way}`)];
    });
  }
  if (config.mode === 'production' && config.delayHours.standard === 0) {
    findings.push({ what: 'delay', state: 'note', text: 'is 0 hours: nobody has time to object.' });
  }

  const bad = findings.filter((finding) => finding.state === 'bad');
  cli.result({ ready: bad.length === 0, findings }, findings.map(line).join('\n'));
  const down = bad.some((finding) => cli.meanings[finding.code ?? '']?.part !== undefined);
  if (bad.length > 0) cli.endWith(down ? 3 : 1);
}

async function lookAtDatabase(database: Database, config: SyncConfig): Promise<Finding[]> {
  await requireMigrated(database, config.mode);
  const { audience, epoch } = await readInstallation(database);
  const unlike = await unlikeCheckTick(database);
  // Whoever asks for rights on a table that is not there gets an error, and no answer.
  if (unlike.length > 0) return [notCheckTick(unlike)];
  const level = await checkTickLevel(database);
  const missing = await missingRights(database);
  const { behindSeconds } = await databaseTime(database);
  return [
    good('database', `${database.kind}, up to date, audience ${audience}, epoch ${epoch}`),
    good(
      'CheckTick',
      `the ${JUDGED.columns} columns of ${JUDGED.tables} tables that sync needs are there, each of its type; rows that sync adds need no other`,
    ),
    ...(level === null ? [] : [notJudged(level)]),
    missing.length === 0
      ? good('database rights', 'all there')
      : {
          what: 'database rights',
          state: 'bad',
          text: `missing: ${missing.join(', ')}`,
          code: 'database-permission',
          next: 'Let the owner run the output of: conclave-sync db grants.',
        },
    behindSeconds < 5
      ? good('database clock', 'runs forward')
      : {
          what: 'database clock',
          state: 'bad',
          text: `was set back by ${Math.round(behindSeconds)} seconds`,
          next: 'Correct the clock of the database server.',
        },
  ];
}

function notJudged(level: string): Finding {
  return {
    what: 'CheckTick’s level',
    state: 'note',
    text: `the last of its own migrations is ${level}. Sync goes by the columns and does not judge it.`,
  };
}

function notCheckTick(problems: readonly string[]): Finding {
  return {
    what: 'CheckTick',
    state: 'bad',
    text: `its tables are not those that this sync was made for: ${problems.join('; ')}`,
    next: 'Run the migrations of CheckTick, or use the sync that belongs to its version. Commit nothing before.',
  };
}

/** After a restore: do the two belong to the same moment? */
async function lookAtBoth(database: Database, kv: KvStore): Promise<Finding[]> {
  const installation = await readInstallation(database);
  await requireOwnKey(kv, installation);
  const { trust } = await readTrust(kv);
  assertEpochsAgree(trust, installation);
  return [good('both sides', `Vault and the database agree about epoch ${installation.epoch}`)];
}

async function lookAtVault(kv: KvStore): Promise<Finding[]> {
  const health = await kv.health();
  const missing = await missingCapabilities(kv);
  await kv.read('conclave/check');
  const credentials = await kv.credentials();
  return [
    good('vault', `${health.state}, ${health.serverVersion}`),
    ...(credentials === null ? [] : lookAtCredentials(credentials, await secretIdState({ kv }))),
    missing.length === 0
      ? good('vault rights', 'all there')
      : {
          what: 'vault rights',
          state: 'bad',
          text: `missing: ${missing.join(', ')}`,
          code: 'vault-denied',
          next: 'Run: conclave-sync vault setup.',
        },
  ];
}

function lookAtCredentials({ token }: Credentials, secretId: SecretIdState): Finding[] {
  const { state, endsAt, seconds } = secretId;
  const days = seconds === null ? '' : ` (in ${Math.floor(seconds / 86_400)} days)`;
  const next = 'Run: conclave-sync secret-id rotate.';
  const what = 'vault secret id';
  const tokenLine = good(
    'vault token',
    `ends in ${Math.round(token.seconds / 60)} minutes, renewed before`,
  );
  switch (state) {
    case 'ended':
      return [tokenLine, { what, state: 'bad', text: 'has ended', code: 'vault-login', next }];
    case 'due':
      return [tokenLine, { what, state: 'note', text: `ends on ${endsAt}${days}`, next }];
    case 'unknown':
      return [
        tokenLine,
        {
          what,
          state: 'note',
          text: 'the policy of sync does not let it ask when it ends',
          next: 'Run: conclave-sync vault setup.',
        },
      ];
    default:
      return [tokenLine, good(what, endsAt === null ? 'never ends' : `ends on ${endsAt}${days}`)];
  }
}

/** 14 days: time enough to have one made. */
const CERTIFICATE_DUE = 14;

function lookAtListener(what: string, { host, tls, tlsAtProxy }: Listener): Finding[] {
  if (tls === undefined) {
    const how = tlsAtProxy ? 'plain HTTP with the trusted proxies only' : 'this machine only';
    return [good(what, `${host}, ${how}`)];
  }
  const end = certificateEnd(tls.certificate);
  const days = Math.floor((end.getTime() - Date.now()) / 86_400_000);
  const text = `${host}, the certificate ${days < 0 ? 'ended' : 'ends'} on ${end.toISOString()}`;
  return days >= CERTIFICATE_DUE
    ? [good(what, text)]
    : [
        {
          what,
          state: days < 0 ? 'bad' : 'note',
          text,
          next: 'Put a new one in its place; sync takes it by itself.',
        },
      ];
}

function good(what: string, text: string): Finding {
  return { what, state: 'good', text };
}

function line(finding: Finding): string {
  const word = { good: 'good', bad: 'BAD ', note: 'note' }[finding.state];
  const next = finding.next === undefined ? '' : `\n      ${finding.next}`;
  return `${word}  ${finding.what}: ${finding.text}${next}`;
}
