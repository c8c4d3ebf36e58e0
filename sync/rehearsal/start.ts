/**
 * A whole sync for a rehearsal, in this process: CheckTick's tables with a few people and a survey,
 * admins for them, the service on a port of this machine.
 *
 * ```ts
 * const sync = await startRehearsalSync({ dataFolder });
 * // … a setup over sync.address with sync.tokens …
 * await sync.escrow(custodianComponent); // as CheckTick would have done with the new platform key
 * // … a recovery …
 * await sync.close();
 * ```
 * @module
 */
import type { FastifyInstance } from 'fastify';
import {
  checktickId,
  parsePlatformMasterKey,
  vaultPaths,
  xorComponents,
} from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import type { Signer } from '../../shared/encoding/dsse.ts';
import { createIdentity, identitySigner } from '../../shared/identity/identity.ts';
import { addAdmin } from '../people/add-admin.ts';
import type { Role } from '../admins/admins.ts';
import { loadConfig, type SyncConfig } from '../config/config.ts';
import type { Database } from '../database/database.ts';
import { openPlatform, type Platform } from '../platform.ts';
import { routeSets } from '../route-sets.ts';
import { createService } from '../server.ts';
import type { KvStore } from '../vault/kv.ts';
import { escrowSurvey, seedCheckTick, type SeededCheckTick, type SqlClient } from './seed.ts';

/** Bearer tokens by who holds them. Strings, because they go into HTTP headers. */
export interface RehearsalTokens {
  readonly operator: string;
  readonly approver1: string;
  readonly approver2: string;
  readonly auditor: string;
}

export interface RehearsalSync {
  /** Such as `http://127.0.0.1:41234`. */
  readonly address: string;
  readonly tokens: RehearsalTokens;
  /** The personal identities with which the admins of the rehearsal approve. */
  readonly signers: Readonly<Record<keyof RehearsalTokens, Signer>>;
  /** People and survey of the rehearsal's CheckTick; `kek` is what a recovery must bring back. */
  readonly checktick: SeededCheckTick;
  /**
   * Escrows the survey's key as CheckTick does, once a platform key exists. `custodianComponent`
   * is combined from the rehearsal's own shares.
   */
  escrow(custodianComponent: Uint8Array): Promise<void>;
  /** The survey's key columns, to be opened with the one-time passphrase. */
  surveyColumns(): Promise<{ readonly password: Uint8Array; readonly recovery: Uint8Array }>;
  readonly database: Database;
  readonly kv: KvStore;
  close(): Promise<void>;
}

/** Who an admin is in the seeded CheckTick. */
const ADMINS: readonly (readonly [
  keyof RehearsalTokens,
  string,
  keyof SeededCheckTick['people'],
  readonly Role[],
])[] = [
  ['operator', 'operator', 'operator', ['operator']],
  ['approver1', 'approver 1', 'approver-1', ['approver']],
  ['approver2', 'approver 2', 'approver-2', ['approver']],
  ['auditor', 'auditor', 'auditor', ['auditor']],
];

/** Runs `work` with a seeding client on any of sync's databases. */
async function withSqlClient<T>(
  database: Database,
  work: (client: SqlClient) => Promise<T>,
): Promise<T> {
  return database.withClient((client) =>
    work({
      query: async (text, values) => {
        const { rows } = await client.query<Record<string, unknown>>(text, values);
        return { rows };
      },
    }),
  );
}

/** People, a survey, and admins for them, in a rehearsal database that has its tables. */
async function prepareRehearsal(
  database: Database,
): Promise<Pick<RehearsalSync, 'checktick' | 'tokens' | 'signers'>> {
  const checktick = await withSqlClient(database, (client) => seedCheckTick(client));
  const tokens: Partial<Record<keyof RehearsalTokens, string>> = {};
  // They live as long as the process: nobody signs anything real with them.
  const someone = (name: string) => identitySigner(createIdentity('rehearsal', name));
  const signers = {
    operator: someone('operator'),
    approver1: someone('approver 1'),
    approver2: someone('approver 2'),
    auditor: someone('auditor'),
  };
  for (const [key, name, person, roles] of ADMINS) {
    const userId = checktick.people[person].id;
    const identityKey = hexToBytes(signers[key].keyid);
    tokens[key] = (await addAdmin(database, { name, userId, roles, identityKey })).token;
  }
  const { operator = '', approver1 = '', approver2 = '', auditor = '' } = tokens;
  return { checktick, signers, tokens: { operator, approver1, approver2, auditor } };
}

/**
 * Escrows the rehearsal's survey through sync's own store.
 * @throws Refusal `components-differ` when the component is of another length
 */
async function escrowRehearsalSurvey(
  { database, kv }: { readonly database: Database; readonly kv: KvStore },
  checktick: SeededCheckTick,
  custodianComponent: Uint8Array,
  version = 'v1',
): Promise<void> {
  const found = await kv.read(vaultPaths.platformMasterKey);
  const { vaultComponent } = parsePlatformMasterKey(found.absent ? undefined : found.data);
  const pmk = xorComponents(vaultComponent, custodianComponent);
  try {
    await withSqlClient(database, async (client) => {
      let document: { path: string; data: Record<string, unknown> } | undefined;
      const path = await escrowSurvey(
        client,
        async (where, data) => {
          document = { path: where, data };
        },
        {
          pmk,
          userId: checktickId('user', checktick.people.requester.id),
          surveyId: checktick.survey.id,
          kek: checktick.kek,
          version,
        },
      );
      return { path, document };
    }).then(async ({ document }) => {
      // After the client is given back: the embedded database has one connection.
      if (document !== undefined) await kv.put(document.path, document.data, { cas: 0 });
    });
  } finally {
    pmk.fill(0);
    vaultComponent.fill(0);
  }
}

export interface RehearsalOptions {
  /** A new folder for the embedded database. */
  readonly dataFolder: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** More settings, by their environment names: `CONCLAVE_DELAY_HOURS`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly writeLog?: (line: string) => void;
}

/** Starts it all; an hour of rehearsal may pass between the calls. */
export async function startRehearsalSync(options: RehearsalOptions): Promise<RehearsalSync> {
  const config: SyncConfig = loadConfig(
    {
      CONCLAVE_DATA: options.dataFolder,
      CONCLAVE_LISTEN_PORT: String(options.port ?? 0),
      CONCLAVE_LOG_LEVEL: 'warn',
      ...options.settings,
    },
    { rehearsal: true },
  );
  const platform = await openPlatform(config);
  try {
    const prepared = await prepareRehearsal(platform.database);
    const app = await createService({
      ...platform,
      routes: routeSets(),
      writeLog: options.writeLog ?? (() => {}),
    });
    const address = await app.listen({ host: config.listen.host, port: config.listen.port });
    return running(platform, app, address, prepared);
  } catch (cause) {
    await platform.close();
    throw cause;
  }
}

function running(
  platform: Platform,
  app: FastifyInstance,
  address: string,
  prepared: Pick<RehearsalSync, 'checktick' | 'tokens' | 'signers'>,
): RehearsalSync {
  const { database, kv } = platform;
  const { checktick } = prepared;
  return {
    address,
    ...prepared,
    database,
    kv,
    escrow: (component) => escrowRehearsalSurvey(platform, checktick, component),
    surveyColumns: () => surveyColumns(database, checktick.survey.id),
    close: async () => {
      await app.close();
      await platform.close();
    },
  };
}

async function surveyColumns(database: Database, surveyId: number) {
  return withSqlClient(database, async (client) => {
    const { rows } = await client.query(
      `SELECT encrypted_kek_password AS password, encrypted_kek_recovery AS recovery
         FROM surveys_survey WHERE id = $1`,
      [surveyId],
    );
    const [row] = rows as { password: Uint8Array; recovery: Uint8Array }[];
    if (row === undefined) throw new Error('the rehearsal’s survey is gone');
    return { password: new Uint8Array(row.password), recovery: new Uint8Array(row.recovery) };
  });
}
