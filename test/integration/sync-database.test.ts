import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { addAdmin } from '../../sync/people/add-admin.ts';
import { disableAdmin, listAdmins } from '../../sync/admins/admins.ts';
import { authenticate } from '../../sync/admins/token-rows.ts';
import {
  approvalsOf,
  recordApproval,
  twoDifferentApprovers,
} from '../../sync/approvals/approvals.ts';
import { fingerprint } from '../../sync/people/authenticators.ts';
import { databaseTime } from '../../sync/database/clock.ts';
import type { Database } from '../../sync/database/database.ts';
import { appendEvent, findDocument, saveDocument } from '../../sync/database/documents.ts';
import { migrate, migrationState, requireMigrated } from '../../sync/database/migrate.ts';
import { openDatabase } from '../../sync/database/open.ts';
import { raiseEpoch, readInstallation } from '../../sync/database/settings.ts';
import { startPostgres, type TestPostgres } from '../servers/postgres.ts';
import {
  DATABASES,
  postgresConfig,
  prepare,
  type TestDatabase,
} from '../support/sync-databases.ts';

const count = z.object({ n: z.coerce.number() });
const digest = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

describe.each(DATABASES)('sync’s database on %s', (_name, open) => {
  let test: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    test = await open('rehearsal');
    db = test.database;
  });
  afterAll(() => test.stop());

  it('migrates once, and belongs to one mode for ever', async () => {
    expect(await migrate(db, 'rehearsal')).toEqual([]);
    expect(await migrationState(db)).toEqual({ missing: 0, unknown: 0 });
    await expect(requireMigrated(db, 'production')).rejects.toMatchObject({
      code: 'database-mode',
    });
    await expect(migrate(db, 'production')).rejects.toMatchObject({ code: 'database-mode' });
    const before = await readInstallation(db);
    await expect(db.run(`UPDATE conclave.settings SET mode = 'production'`)).rejects.toThrow();
    expect(await readInstallation(db)).toEqual(before);
  });

  it('refuses a database that a newer version prepared', async () => {
    await db.run(`INSERT INTO conclave.migrations (name, run_on) VALUES ('9999_later', now())`);
    await expect(requireMigrated(db, 'rehearsal')).rejects.toMatchObject({
      code: 'database-newer',
    });
    await db.run(`DELETE FROM conclave.migrations WHERE name = '9999_later'`);
  });

  it('keeps all of a transaction or nothing', async () => {
    const save = async (fail: boolean): Promise<void> =>
      db.transaction(async (tx) => {
        await saveDocument(tx, { type: 'ticket', digest: digest(1), content: digest(9) });
        if (fail) throw new Error('in the middle');
      });
    await expect(save(true)).rejects.toThrow('in the middle');
    expect(await findDocument(db, digest(1))).toBeUndefined();
    await save(false);
    expect((await findDocument(db, digest(1)))?.content).toEqual(digest(9));
    expect(await saveDocument(db, { type: 'ticket', digest: digest(1), content: digest(8) })).toBe(
      false,
    );
    expect((await findDocument(db, digest(1)))?.content).toEqual(digest(9));
  });

  it('lets calls inside a transaction join it, and refuses to nest', async () => {
    await db.transaction(async () => {
      // Through `db`, not `tx`: with one connection this would wait for itself for ever.
      await saveDocument(db, { type: 'roster', digest: digest(2), content: digest(2) });
      await expect(db.transaction(async () => {})).rejects.toThrow('nest');
    });
    expect((await findDocument(db, digest(2)))?.type).toBe('roster');
  });

  it('reports a transaction that a caught error has doomed, instead of losing it in silence', async () => {
    await expect(
      db.transaction(async (tx) => {
        await tx.run('SELECT * FROM conclave.no_such_table').catch(() => {});
      }),
    ).rejects.toThrow('rolled back');
  });

  it('runs again what PostgreSQL asks to run again', async () => {
    let runs = 0;
    await db.transaction(async (tx) => {
      runs += 1;
      if (runs < 3) await tx.run(`DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$`);
    });
    expect(runs).toBe(3);
    const busy = db.transaction((tx) =>
      tx.run(`DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40P01'; END $$`),
    );
    await expect(busy).rejects.toMatchObject({ code: 'database-busy' });
  });

  it('never changes what is written once', async () => {
    await appendEvent(db, { type: 'signed-in', facts: { what: 'append only' } });
    await expect(db.run(`UPDATE conclave.events SET type = 'other'`)).rejects.toThrow(
      'never changed',
    );
    await expect(db.run('DELETE FROM conclave.documents')).rejects.toThrow('never changed');
  });

  it('has a clock and an epoch that never move back', async () => {
    await db.run(`UPDATE conclave.clock SET highest = clock_timestamp() + interval '1 hour'`);
    const { now, behindSeconds } = await databaseTime(db);
    expect(behindSeconds).toBeGreaterThan(3_500);
    await expect(db.run('UPDATE conclave.clock SET highest = clock_timestamp()')).rejects.toThrow();
    expect((await databaseTime(db)).now.getTime()).toBe(now.getTime());

    expect(await raiseEpoch(db, 0, 1)).toBe(true);
    expect(await raiseEpoch(db, 0, 1)).toBe(false);
    await expect(db.run('UPDATE conclave.settings SET epoch = 0')).rejects.toThrow();
  });

  it('knows an admin by the token only, until disabled', async () => {
    const { admin, token } = await addAdmin(db, {
      name: 'operator',
      userId: 1,
      roles: ['operator'],
    });
    expect(await authenticate(db, token)).toMatchObject({ id: admin.id, userId: 1 });
    const last = token.at(-1) === 'A' ? 'E' : 'A';
    expect(await authenticate(db, token.slice(0, -1) + last)).toBeUndefined();
    expect(await authenticate(db, 'ccs_00000000_' + token.slice(13))).toBeUndefined();
    const stored = await db.one(
      count,
      `SELECT count(*) AS n FROM conclave.admins a WHERE a::text LIKE '%' || $1 || '%'`,
      [token.slice(13)],
    );
    expect(stored.n).toBe(0);

    const again = { name: 'Operator', userId: 2, roles: ['operator'] } as const;
    await expect(addAdmin(db, again)).rejects.toMatchObject({
      code: 'admin-exists',
      culprit: 'name',
    });
    await expect(addAdmin(db, { ...again, name: 'other', userId: 1 })).rejects.toMatchObject({
      code: 'admin-exists',
      culprit: 'CheckTick user',
    });
    await expect(addAdmin(db, { ...again, name: 'other', userId: 77 })).rejects.toMatchObject({
      code: 'admin-no-such-user',
    });
    await disableAdmin(db, 'OPERATOR');
    expect(await authenticate(db, token)).toBeUndefined();
    await expect(disableAdmin(db, 'operator')).rejects.toMatchObject({ code: 'admin-unknown' });
  });

  it('counts two different people as approvers, and one person once', async () => {
    const keys = new Map<string, Uint8Array>();
    const add = async (name: string, userId: number) => {
      const identityKey = digest(100 + keys.size);
      const { admin } = await addAdmin(db, { name, userId, roles: ['approver'], identityKey });
      keys.set(admin.id, fingerprint(identityKey));
      return admin;
    };
    const first = await add('approver 1', 2);
    const second = await add('approver 2', 3);
    const about = { subject: digest(7), kind: 'bundle-approve' } as const;
    const approve = (adminId: string): Promise<boolean> =>
      recordApproval(db, {
        ...about,
        adminId,
        reason: 'seen',
        at: new Date(),
        statement: new Uint8Array([1]),
        proof: { kind: 'identity', signature: 'A'.repeat(86) + '==' },
        authenticatorId: keys.get(adminId) ?? new Uint8Array(),
      });
    const enough = async (...notAlso: { id: string; userId: number }[]) =>
      twoDifferentApprovers(await approvalsOf(db, about), {
        notAlso: notAlso.map(({ id, userId }) => ({ adminId: id, userId })),
      })?.map((approval) => approval.adminId);

    expect(await approve(first.id)).toBe(true);
    expect(await approve(first.id)).toBe(false);
    expect(await enough()).toBeUndefined();
    await approve(second.id);
    expect(await enough()).toEqual([first.id, second.id]);
    expect(await enough(second)).toBeUndefined();
    // The same person under a new account: the old approval no longer counts, nor does he twice.
    await disableAdmin(db, 'approver 1');
    expect(await enough()).toBeUndefined();
    const reborn = await add('approver 1b', 2);
    await approve(reborn.id);
    expect(await enough()).toEqual([second.id, reborn.id]);
    expect(await enough({ id: first.id, userId: 2 })).toBeUndefined();
    expect((await listAdmins(db)).filter((admin) => admin.disabledAt !== null)).toHaveLength(2);
  });
});

describe('PostgreSQL alone', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it('migrates once when two processes start together', async () => {
    const config = postgresConfig(await server.createDatabase());
    const [a, b] = [await openDatabase(config), await openDatabase(config)];
    await expect(migrate(a, 'production')).rejects.toMatchObject({ code: 'database-no-checktick' });
    await a.run('CREATE TABLE public.auth_user (id integer PRIMARY KEY)');
    const runs = await Promise.all([migrate(a, 'production'), migrate(b, 'production')]);
    expect(runs.filter((run) => run.length > 0)).toHaveLength(1);
    await Promise.all([requireMigrated(a, 'production'), requireMigrated(b, 'production')]);
    await Promise.all([a.close(), b.close()]);
  });

  it('repeats real serialization failures until both are counted', async () => {
    const config = postgresConfig(await server.createDatabase());
    const database = await openDatabase(config);
    await database.run('CREATE TABLE public.counter (n integer); ');
    await database.run('INSERT INTO public.counter VALUES (0)');
    const add = (): Promise<void> =>
      database.transaction(
        async (tx) => {
          const { n } = await tx.one(count, 'SELECT n FROM public.counter');
          await tx.run('UPDATE public.counter SET n = $1', [n + 1]);
        },
        { isolation: 'serializable' },
      );
    await Promise.all([add(), add(), add()]);
    expect(await database.one(count, 'SELECT n FROM public.counter')).toEqual({ n: 3 });
    await database.close();
  });

  it('says that a database is down, and works again when it is back', async () => {
    const database = await openDatabase(postgresConfig(await server.createDatabase()));
    await prepare(database, 'production', [1]);
    await server.kill9();
    // PostgreSQL's other processes notice its death one after the other.
    await vi.waitFor(() =>
      expect(readInstallation(database)).rejects.toMatchObject({ code: 'database-unreachable' }),
    );
    await expect(database.transaction(async () => {})).rejects.toMatchObject({
      code: 'database-unreachable',
    });
    await server.restart();
    expect((await readInstallation(database)).mode).toBe('production');
    await database.close();
  });

  it('outlives a connection that is cut in the middle of a transaction', async () => {
    const config = postgresConfig(await server.createDatabase());
    const [database, other] = [await openDatabase(config), await openDatabase(config)];
    const backend = z.object({ pid: z.number() });
    await expect(
      database.transaction(async (tx) => {
        const { pid } = await tx.one(backend, 'SELECT pg_backend_pid() AS pid');
        // Nothing is being asked: the driver tells of the loss by an event that somebody must hear.
        await other.run('SELECT pg_terminate_backend($1)', [pid]);
        await vi.waitFor(async () =>
          expect(
            await other.one(count, 'SELECT count(*) AS n FROM pg_stat_activity WHERE pid = $1', [
              pid,
            ]),
          ).toEqual({ n: 0 }),
        );
        await tx.run('SELECT 1');
      }),
    ).rejects.toMatchObject({ code: 'database-unreachable' });
    expect(await database.one(count, 'SELECT 1 AS n')).toEqual({ n: 1 });
    await Promise.all([database.close(), other.close()]);
  });

  it('tells a wrong password and a missing database apart', async () => {
    const url = new URL(await server.createDatabase());
    url.pathname = '/nothing_here';
    const database = await openDatabase(postgresConfig(url.href));
    await expect(readInstallation(database)).rejects.toMatchObject({
      code: 'database-unreachable',
    });
    await database.close();
  });
});

describe('PGlite alone', () => {
  it('refuses a second opener, and gives the folder back', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'conclave-pglite-'));
    const first = await openDatabase({ kind: 'pglite', folder });
    await expect(openDatabase({ kind: 'pglite', folder })).rejects.toMatchObject({
      code: 'database-folder-locked',
    });
    await first.close();
    const second = await openDatabase({ kind: 'pglite', folder });
    expect(await second.one(count, 'SELECT 1 AS n')).toEqual({ n: 1 });
    await second.close();
    await rm(folder, { recursive: true });
  });
});
